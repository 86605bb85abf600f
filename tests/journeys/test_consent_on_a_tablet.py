"""A device of the ward in a patient's hands: it is theirs, and nothing of the staff is on it.

In production mode, behind TLS, with a real second factor.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.cast import PASSWORD, PETRA
from tests.components import CHROMIUM
from tests.journeys.addresses import staff_addresses
from tests.journeys.asking import Asked
from tests.journeys.backstage import Backstage
from tests.journeys.conftest import Casting
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient
from tests.journeys.production import first_sign_in, production_hospital
from tests.journeys.proposing import Note, Proposer
from tests.journeys.proxy import Proxy

from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose

pytestmark = pytest.mark.browser

TABLET: dict[str, Any] = {
    "viewport": {"width": 834, "height": 1112},
    "has_touch": True,
    "ignore_https_errors": True,
}
IDENTIFIER = PETRA.identifiers[0].value
COOKIE = "__Host-safelight-visit"
AS_A_PAGE = {"Sec-Fetch-Mode": "navigate"}
AS_A_SCRIPT = {"Sec-Fetch-Mode": "cors", "Accept": "application/json"}


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    if CHROMIUM.find() is None:
        pytest.skip(CHROMIUM.left_out)
    with production_hospital(tmp_path_factory.mktemp("production")) as served:
        yield served


@pytest.fixture(scope="module")
def asked(hospital: Hospital) -> Iterator[Asked]:
    """Petra is asked about two pictures; nobody has told her yet."""
    with Backstage(hospital) as backstage:
        petra = backstage.cue("admit_petra", department="Dermatology")
        backstage.cue("put_a_form_in_use")
        pictures = backstage.cue("take", patient=petra, count=2)
        uses = [Purpose.ONE_TO_ONE_TEACHING.value, Purpose.LECTURE.value]
        made = backstage.cue("ask", patient=petra, photographs=pictures, purposes=uses)
        note = Note("", made["letters"], made["code"])
        yield Asked(backstage, petra, made["proposal"], pictures, note)


@pytest.fixture
def alice(casting: Casting, hospital: Hospital) -> Iterator[Proposer]:
    with Proxy(hospital.port, hospital.root) as proxy:
        alice = casting("alice", Proposer, TABLET)
        alice.url = proxy.url
        yield alice
        alice.context.close()


def test_a_tablet_is_handed_over_and_taken_back(alice: Proposer, asked: Asked) -> None:
    alice.ear.expect("423")
    alice.ear.expect("404")
    first_sign_in(alice)
    other_tab = open_the_timeline_in_another_tab(alice, asked)
    alice.goes_to(f"/clinic/proposals/{asked.proposal}/")
    alice.presses("Hand over this device")
    petra = in_the_hands_of_petra(alice)

    the_other_tab_hides(other_tab)
    no_address_of_the_staff_opens(petra, asked)
    nothing_stands_in_the_history(petra)
    she_signs_by_keyboard_alone(petra, asked)
    cookie = visit_cookie(petra)
    she_gives_it_back(petra)
    only_alice_gets_in_again(alice, asked)
    the_visit_is_over(petra, cookie, asked)


def open_the_timeline_in_another_tab(alice: Proposer, asked: Asked) -> Page:
    tab: Page = alice.context.new_page()
    answer = tab.goto(f"{alice.url}/clinic/patients/{asked.patient}/")
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    expect(tab.locator("main .tiles img").first).to_be_visible()
    return tab


def in_the_hands_of_petra(alice: Proposer) -> Patient:
    """The same browser, another person."""
    alice.page.wait_for_url("**/portal/")
    petra = Patient("petra", alice.hospital, alice.context, alice.ear, alice.page, alice.url)
    petra.reads("en")
    return petra


def the_other_tab_hides(tab: Page) -> None:
    expect(tab.get_by_role("dialog", name="Locked while you were away")).to_be_visible()
    for hidden in (tab.locator("main .tiles img").first, tab.get_by_text("Petra").first):
        expect(hidden).not_to_be_visible()
    tab.reload()
    expect(tab).to_have_url(re.compile("/accounts/locked/"))
    assert IDENTIFIER not in tab.content()
    tab.close()


def no_address_of_the_staff_opens(petra: Patient, asked: Asked) -> None:
    """Whatever is asked, and however: the lock, and not a word of anybody's record."""
    acts, standing = asked.backstage.cue("acts_of_alice"), asked.standing
    known = {
        "patient": asked.patient,
        "photograph": asked.pictures[0],
        "proposal": asked.proposal,
        "rendition": "display",
    }
    addresses = staff_addresses(known)
    assert len(addresses) > 50
    addresses += [f"/clinic/photographs/{item}/bytes/original" for item in asked.pictures]
    for path in addresses:
        for headers in (AS_A_PAGE, AS_A_SCRIPT):
            for method in ("GET", "POST"):
                is_refused(petra, method, path, headers)
        is_refused(petra, "PUT", path, AS_A_SCRIPT)
    since = asked.backstage.cue("acts_of_alice")[len(acts) :]
    assert set(since) == {EventTag.PHOTOGRAPH_REFUSED.value}
    assert asked.standing == standing


def is_refused(petra: Patient, method: str, path: str, headers: Mapping[str, str]) -> None:
    token = petra.page.locator("input[name='csrfmiddlewaretoken']").first.input_value()
    answer = petra.context.request.fetch(
        f"{petra.url}{path}",
        method=method,
        headers={**headers, "X-CSRFToken": token, "Referer": f"{petra.url}/portal/"},
        max_redirects=0,
    )
    said = f"{method} {path} {answer.status}"
    if answer.status == 302:
        assert answer.headers["location"].startswith("/accounts/locked/"), said
    else:
        assert answer.status in {404, 405, 423}, said
    assert IDENTIFIER not in answer.text(), said
    assert PETRA.family not in answer.text(), said


def nothing_stands_in_the_history(petra: Patient) -> None:
    """As far back as the button goes."""
    while petra.page.go_back() is not None:
        assert not petra.path.startswith("/clinic/"), petra.path
        assert IDENTIFIER not in petra.page.content(), petra.path
    petra.goes_to("/portal/")


def she_signs_by_keyboard_alone(petra: Patient, asked: Asked) -> None:
    page, keys = petra.page, petra.page.keyboard
    press(petra, "button[form='start']")
    press(petra, "a.button--primary[href='/portal/pictures/']")
    for _ in asked.pictures:
        petra.sees_it_large()
        press(petra, "[name='answer'][value='yes']")
    for use, answer in ((Purpose.ONE_TO_ONE_TEACHING, "Space"), (Purpose.LECTURE, "ArrowRight")):
        petra.tabs_to(petra.choice(use).locator("input").first)
        keys.press(answer)
    press(petra, "button[form='choices']")
    petra.tabs_to(page.locator("#typed"))
    keys.type("Petra Okonjo-Müller")
    press(petra, "button[form='sign']")
    petra.sees("Thank you. It is signed.")
    statuses = {Purpose.ONE_TO_ONE_TEACHING.value: "active", Purpose.LECTURE.value: "rejected"}
    assert asked.standing["statuses"] == statuses


def press(petra: Patient, selector: str) -> None:
    wanted = petra.page.locator(selector).first
    petra.tabs_to(wanted)
    with petra.page.expect_navigation():
        petra.page.keyboard.press("Enter")


def visit_cookie(petra: Patient) -> Any:  # what Playwright gives and takes again
    return next(item for item in petra.context.cookies() if item["name"] == COOKIE)


def she_gives_it_back(petra: Patient) -> None:
    press(petra, "a[href='/accounts/locked/']")
    petra.sees("handed over to a patient")


def only_alice_gets_in_again(alice: Proposer, asked: Asked) -> None:
    """Her factor, and she is where she was."""
    alice.page.get_by_label("Password").fill("a lamp of green glass")
    alice.presses("Unlock")
    alice.sees("not the password")
    assert alice.status_of(f"/clinic/patients/{asked.patient}/") == 302
    assert alice.status_of("/portal/mine/") == 200
    alice.page.get_by_label("Password").fill(PASSWORD)
    alice.presses("Unlock")
    alice.page.wait_for_url(f"**/clinic/proposals/{asked.proposal}/")
    alice.sees("What the patient decided")


def the_visit_is_over(petra: Patient, cookie: Any, asked: Asked) -> None:
    """Also for whoever kept its cookie."""
    assert COOKIE not in {item["name"] for item in petra.context.cookies()}
    assert petra.status_of("/portal/mine/") == 302
    petra.context.add_cookies([cookie])
    for path in ("/portal/", "/portal/mine/", "/portal/copy/", "/portal/sign/"):
        assert petra.status_of(path) == 302, path
    for picture in asked.pictures:
        assert petra.status_of(f"/portal/pictures/{picture}/bytes/display") == 404
    petra.goes_to("/portal/")
    petra.sees("We closed your pages")
