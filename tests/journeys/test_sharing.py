"""A second opinion outside: Alice shares, Rhea looks and answers, Alice takes it back."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.clinicians import Clinician
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave, too_small, too_wide, zoomed
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person
from tests.sharing import ADDRESS, QUESTION, RHEA

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
NEUTRAL = "Nothing is open here"
SECONDS = 5.0  # a lease of four, and a look at it four times a second


class Recipient(Person):
    """Somebody outside, with a link in the mail and a telephone."""

    def opens(self, link: str, code: str) -> None:
        self.page.goto(link)
        self.page.get_by_label("Code").fill(code)
        self.presses("Go on")
        self.page.wait_for_url("**/shared/")

    def sees_every_picture(self) -> int:
        images = self.page.locator("[data-shared-picture] img")
        decode = "async (image) => (await image.decode(), image.naturalWidth)"
        return sum(bool(image.evaluate(decode)) for image in images.all())

    def answers(self, text: str) -> None:
        self.page.get_by_label("Your answer").fill(text)
        self.presses("Send the answer")
        self.sees("Your answer is with whoever asked you.")

    def waits_for_the_card(self) -> float:
        """How many seconds it took until nothing was to be seen any more."""
        begins = time.monotonic()
        expect(self.main).to_contain_text(NEUTRAL)
        expect(self.page.locator("[data-shared-picture] img:visible")).to_have_count(0)
        return time.monotonic() - begins


@pytest.fixture(scope="module")
def backstage(hospital: Hospital) -> Iterator[Backstage]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield backstage


@pytest.fixture
def pictures(hospital: Hospital, backstage: Backstage) -> list[str]:
    petra = hospital.patients["petra"]
    taken: list[str] = backstage.cue("take", patient=petra, count=2)
    backstage.cue("agree_to_second_opinion", patient=petra, photographs=taken)
    return taken


def shares(alice: Clinician) -> tuple[str, str]:
    """From the timeline to the page that shows the code once; the link and the code."""
    alice.opens_the_timeline_of("petra")
    alice.presses("Share")
    alice.presses("Share for a second opinion")
    alice.chooses_whom(done_by="Share and get the code")
    fit(alice)
    alice.page.get_by_label("Your question").fill(QUESTION)
    alice.page.get_by_label("Their e-mail address").fill(ADDRESS)
    alice.presses("Share and get the code")
    alice.page.wait_for_url("**/code/")
    fit(alice)
    code = alice.page.locator("[data-share-code]").inner_text()
    link = alice.page.locator("[data-share-link]").get_attribute("data-share-link")
    assert link
    return link, code


def fit(person: Person) -> None:
    assert grave(person.page) == []
    assert too_wide(person.page) == []


def goes_to_the_share(alice: Clinician) -> None:
    alice.goes_to("/sharing/")
    fit(alice)
    alice.page.locator(".task__who a").first.click()
    alice.page.wait_for_url("**/sharing/shares/**")
    fit(alice)


def test_alice_asks_rhea_who_answers_until_alice_takes_it_back(
    casting: Casting, pictures: list[str]
) -> None:
    alice, rhea = casting("alice", Clinician, DESKTOP), casting("rhea", Recipient, PHONE)
    alice.signs_in()
    link, code = shares(alice)
    the_mail_says_nothing(alice, link, code)

    rhea.page.goto(link)
    fit(rhea)
    assert too_small(rhea.page) == []
    rhea.opens(link, code)
    assert rhea.sees_every_picture() == len(pictures)
    fit(rhea)
    assert too_small(rhea.page) == []
    assert zoomed(rhea.page) == []
    for word in (RHEA, QUESTION, "50 to 59 years", "Female"):
        rhea.sees(word)
    assert not re.search("Petra|Okonjo|204817", rhea.page.content())
    rhea.answers("I would excise it.")

    goes_to_the_share(alice)
    alice.sees("I would excise it.")
    alice.sees("Looked at pictures 1, 2")
    assert rhea.sees_every_picture() == len(pictures)
    alice.page.locator("summary", has_text="Revoke").click()
    alice.presses("Revoke it now")
    alice.sees("Revoked.")
    rhea.ear.expect("404")
    picture = f"/shared/pictures/{pictures[0]}/bytes"
    assert rhea.status_of(picture) == 404
    assert rhea.waits_for_the_card() < SECONDS
    fit(rhea)
    rhea.page.go_back()
    expect(rhea.page.locator("[data-shared-picture]")).to_have_count(0)


def the_mail_says_nothing(alice: Clinician, link: str, code: str) -> None:
    """It carries the link and no word about anybody or anything."""
    alice.goes_to("/demo/mails/")
    alice.sees(link)
    said = alice.main.inner_text()
    assert not re.search("Petra|Okonjo|excise|Rhea L", said)
    assert code.replace("\n", "") not in said


def test_another_browser_takes_over_and_a_lost_network_shows_nothing(
    casting: Casting, pictures: list[str]
) -> None:
    alice = casting("alice", Clinician, PHONE)
    first, second = (casting(f"rhea {at}", Recipient, DESKTOP) for at in ("here", "there"))
    alice.signs_in()
    link, code = shares(alice)
    first.opens(link, code)
    assert first.sees_every_picture() == len(pictures)
    second.opens(link, code)
    first.ear.expect("404")
    assert first.waits_for_the_card() < SECONDS

    second.ear.expect("ERR_INTERNET_DISCONNECTED")
    second.page.get_by_label("Your answer").fill("Wait for")
    second.context.set_offline(offline=True)
    assert second.waits_for_the_card() < SECONDS
    second.context.set_offline(offline=False)
    expect(second.page.locator("[data-shared-picture] img").first).to_be_visible()
    assert second.sees_every_picture() == len(pictures)
    expect(second.page.get_by_label("Your answer")).to_have_value("Wait for")
    second.presses("Close")
    second.sees(NEUTRAL)
    goes_to_the_share(alice)


def test_a_passkey_opens_the_link_the_next_time(casting: Casting, pictures: list[str]) -> None:
    alice, rhea = casting("alice", Clinician, DESKTOP), casting("rhea", Recipient, PHONE)
    rhea.ear.expect("404")  # a picture that is still being marked when she closes
    devices = rhea.context.new_cdp_session(rhea.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    alice.signs_in()
    link, code = shares(alice)
    rhea.opens(link, code)
    rhea.page.locator("summary", has_text="Next time without the code").click()
    fit(rhea)
    rhea.presses("Add a passkey")
    rhea.sees("The code is void.")
    rhea.presses("Close")
    rhea.sees(NEUTRAL)
    rhea.page.goto(link)
    fit(rhea)
    rhea.presses("I have a passkey for this")
    rhea.page.wait_for_url("**/shared/")
    assert rhea.sees_every_picture() == len(pictures)
    goes_to_the_share(alice)
    alice.sees("They come in with a passkey.")
