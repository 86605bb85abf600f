"""Every page, on a phone and at a desk, light and dark: axe, no sideways scrolling, the keyboard."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.camera import FOREARM, FakeCamera
from tests.journeys.clinicians import Clinician
from tests.journeys.conftest import Casting
from tests.journeys.fitness import faint_in_the_dark, grave, too_wide
from tests.journeys.hospital import Hospital
from tests.journeys.keyboard import walk
from tests.journeys.people import Person
from tests.journeys.preparing import Preparer
from tests.pictures import jpeg

pytestmark = pytest.mark.browser

DEVICES = {"phone": PHONE, "desk": DESKTOP}
ACCOUNT = ("", "password/", "app/", "passkeys/add/", "sign-out/")
TAUGHT = "/teaching/photographs/00000000-0000-4000-8000-000000000000/?use=lecture"

Paths = Mapping[str, list[str]]


@pytest.fixture(scope="module")
def paths(
    hospital: Hospital, browser: Browser, camera: FakeCamera, tmp_path_factory: Any
) -> Iterator[Paths]:
    """By who goes there. Petra has labelled pictures, one of them intimate, and one to label."""
    camera.sees(FOREARM)
    alice = Preparer.at("alice", hospital, browser.new_context(**DESKTOP))
    alice.signs_in()
    take_pictures(alice, tmp_path_factory.mktemp("card"))
    pictures = [link.get_attribute("href") for link in alice.pictures.all()]
    shown = next(path for path in pictures if path and "reveal" not in path)
    petra = f"/clinic/patients/{hospital.patients['petra']}/"
    prepare(alice, shown)
    work = register_a_work(alice, hospital.patients["petra"], shown.split("/")[3])
    parts = ("", "?by=site", "compare/", "capture/", "import/", "label/", "move/")
    charlie = Clinician.at("charlie", hospital, browser.new_context(**DESKTOP))
    charlie.signs_in()
    charlie.breaks_glass("H-318802", "Emergency: the patient needs care now", "Called to him")
    taught = library(hospital)
    draft = begin_a_form(Person.at("ada", hospital, browser.new_context(**DESKTOP)))
    yield {
        "": ["/accounts/login/", "/verify/", "/verify/?language=ar"],
        "alice": [
            *("/clinic/", "/clinic/find/", "/clinic/scan/", "/clinic/to-label/"),
            *("/clinic/questions-asked/", f"{petra}colleague/"),
            *(f"{petra}{part}" for part in parts),
            *(path for path in pictures if path),
            f"{shown}looks/",
            *("/clinic/publications/", f"{petra}publications/new/", work),
            f"{petra}everything/",
            f"{petra}import/?layout={work.split('/')[3]}",
            *(f"{shown}prepare/{part}" for part in ("", "check/", "second/")),
            f"{petra}move/?photograph={shown.split('/')[3]}&target={hospital.patients['pablo']}",
            *(f"/accounts/{part}" for part in ACCOUNT),
        ],
        "charlie": [
            f"{petra}break-glass/",
            f"/clinic/patients/{hospital.patients['pablo']}/",
            shown,
        ],
        "priya": [
            "/privacy/break-glass/",
            "/privacy/everything/",
            "/privacy/recalls/",
            "/forms/",
            f"{draft}approve/",
        ],
        "ada": [
            *("/forms/", "/forms/import/", draft, f"{draft}?language=ar&style=easy-read"),
            *(f"{draft}edit/", f"{draft}edit/ar/easy-read/", f"{draft}edit/en/standard/"),
        ],
        "theo": ["/teaching/", TAUGHT, *taught],
    }
    alice.context.close()
    charlie.context.close()


def register_a_work(alice: Clinician, patient: str, photograph: str) -> str:
    """A publication of one picture, whose layout is still to come; where it stands."""
    alice.goes_to(f"/clinic/patients/{patient}/publications/new/?photograph={photograph}")
    alice.chooses("Publication online")
    alice.page.get_by_label("The work, by name").fill("A page about wounds")
    alice.page.get_by_label("Journal, site or channel").fill("The ward's site")
    alice.page.get_by_label("Who gets the file").fill("Rhea")
    alice.presses("Register")
    alice.page.wait_for_url("**/clinic/publications/*/")
    return alice.path


def library(hospital: Hospital) -> list[str]:
    """The shelf with a picture on it, its page, and a case that it is in."""
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        petra = hospital.patients["petra"]
        photograph, case = backstage.cue("fill_a_case", patient=petra)
    shelf = "/library/"
    return [
        *(shelf, f"{shelf}?text=nothing", f"{shelf}pictures/{photograph}/"),
        *(f"{shelf}collections/", f"{shelf}collections/{case}/"),
    ]


def begin_a_form(ada: Person) -> str:
    """Where a new draft of the consent form is read."""
    ada.signs_in()
    ada.presses("New draft")
    ada.page.wait_for_url("**/edit/")
    draft = ada.path.removesuffix("edit/")
    ada.context.close()
    return draft


def take_pictures(alice: Clinician, card: Path) -> None:
    for number in range(4):
        (card / f"{number}.jpg").write_bytes(jpeg(number))
    alice.opens_the_timeline_of("petra")
    alice.opens_the_import()
    alice.hands_over(card)
    alice.waits_until_verified(4)
    for sensitivity, count in (("Ordinary", 2), ("Intimate", 1)):
        alice.opens_the_timeline_of("petra")
        alice.page.locator("main a.nag").click()
        for box in alice.page.locator("label.pick").all()[count:]:
            box.click()
        alice.taps_the_body("front-forearm", "left")
        alice.chooses("Overview")
        alice.chooses(sensitivity)
        alice.saves_the_label()
    alice.opens_the_timeline_of("petra")
    expect(alice.pictures).to_have_count(4)


def prepare(alice: Preparer, photograph: str) -> None:
    """One form is approved, and waits for a second person; another one stands at its result."""
    for version in range(2):
        alice.goes_to(f"{photograph}prepare/")
        alice.waits_for_the_search()
        alice.covers_more()
        alice.answers_that_nothing_else_is_there()
        alice.sees_the_result()
        if version == 0:
            alice.approves()


@pytest.mark.parametrize("device", DEVICES)
def test_every_page_is_fit_for_everybody(casting: Casting, paths: Paths, device: str) -> None:
    """Nothing grave by axe, light and dark; nothing scrolls sideways; the Tab key goes everywhere."""
    found = {}
    for person, path in visits(casting, paths, device):
        wrong = [*grave(person.page), *too_wide(person.page)]
        wrong += [*faint_in_the_dark(person.page), *walk(person.page)]
        if wrong:
            found[path] = wrong
    assert found == {}


def visits(casting: Casting, paths: Paths, device: str) -> Iterator[tuple[Clinician, str]]:
    for name, theirs in paths.items():
        person = casting(name, Clinician, DEVICES[device])
        person.ear.expect("404")
        if name:
            person.signs_in()
        for path in theirs:
            is_refused = (name == "charlie" and "photographs" in path) or path == TAUGHT
            assert person.goes_to(path) == (404 if is_refused else 200), path
            if path.endswith("capture/"):  # the camera is ready a little later than the page
                expect(person.page.locator("[data-capture-shutter]")).to_be_enabled()
            if path.endswith("prepare/"):  # and its buttons, once all was looked for
                expect(person.page.locator("[data-prepare-next]")).to_be_enabled()
            yield person, path


def test_a_batch_is_labelled_with_the_keyboard_alone(
    casting: Casting, paths: Paths, tmp_path: Path
) -> None:
    alice = casting("alice", Clinician, DESKTOP)
    alice.signs_in()
    (tmp_path / "one.jpg").write_bytes(jpeg(77))
    (tmp_path / "two.jpg").write_bytes(jpeg(78))
    alice.opens_the_timeline_of("pablo")
    alice.opens_the_import()
    alice.hands_over(tmp_path)
    alice.waits_until_verified(2)
    keys = alice.page.keyboard

    alice.tabs_to(alice.page.get_by_role("link", name="Label these pictures"))
    keys.press("Enter")
    alice.page.wait_for_url("**/label/")
    alice.tabs_to(alice.page.get_by_role("combobox", name="Search for a body site"))
    keys.type("left thumb")
    keys.press("Enter")
    keys.press("Alt+2")
    keys.press("Control+Enter")
    alice.page.wait_for_url(f"**/patients/{alice.hospital.patients['pablo']}/")
    expect(alice.main.get_by_text("Thumb, left")).to_have_count(2)
