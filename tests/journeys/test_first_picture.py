"""The first picture: from the shutter to the sealed record and back."""

import re

import pytest
from playwright.sync_api import expect
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.camera import FOREARM, FakeCamera, wristband
from tests.journeys.clinicians import Clinician
from tests.journeys.conftest import Casting
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person

pytestmark = pytest.mark.browser

PETRAS_BAND = wristband("Petra Okonjo-Müller", "9 March 1971", "H-204817")
ORIGINAL = re.compile("/original$")
WHY = "Called to the resuscitation room, she is bleeding"


def test_the_first_picture(hospital: Hospital, camera: FakeCamera, casting: Casting) -> None:
    alice = casting("alice", Clinician, PHONE)
    bob = casting("bob", Clinician, DESKTOP)
    charlie = casting("charlie", Clinician, PHONE)
    priya = casting("priya", Person, DESKTOP)

    take_and_label(alice, camera)
    photograph = look_at_one(bob)
    both_stand_in_who_looked(alice, photograph)
    is_refused_everywhere(charlie, photograph)
    breaks_glass_and_is_marked(charlie, photograph)
    sees_who_broke_glass(priya)
    moves_one_to_pablo(alice, photograph)


def take_and_label(alice: Clinician, camera: FakeCamera) -> None:
    camera.sees(PETRAS_BAND)
    alice.signs_in()
    alice.scans_a_wristband()
    assert alice.path == f"/clinic/patients/{alice.hospital.patients['petra']}/"

    camera.sees(FOREARM)
    alice.opens_the_camera()
    for _ in range(3):
        alice.takes_a_picture()
    alice.waits_until_verified(3)

    alice.goes_on_to_label()
    alice.taps_the_body("front-forearm", "left")
    alice.chooses("Close-up")
    alice.saves_the_label()
    expect(alice.pictures).to_have_count(3)
    alice.sees("Forearm, front, left")


def look_at_one(bob: Clinician) -> str:
    """Bob was called to Petra by name. The path of what he opened."""
    bob.signs_in()
    bob.opens_the_timeline_of("petra")
    bob.opens_the_picture()
    for _ in range(4):
        bob.page.keyboard.press("+")
    assert bob.zoom > 3
    expect(bob.page.locator("[data-viewer-image]")).to_have_attribute("src", ORIGINAL)
    return bob.path


def both_stand_in_who_looked(alice: Clinician, photograph: str) -> None:
    alice.goes_to(photograph)
    who = alice.asks_who_looked()
    assert {name.split()[0] for name in who} == {"Alice", "Bob"}
    alice.sees("Opened it in full detail")


def is_refused_everywhere(charlie: Clinician, photograph: str) -> None:
    charlie.signs_in()
    charlie.ear.expect("404")
    charlie.goes_to(photograph)
    charlie.sees("There is nothing here that you can open")
    for rendition in ("thumbnail", "display", "original"):
        assert charlie.status_of(f"{photograph}bytes/{rendition}") == 404
    assert charlie.status_of(f"{photograph}looks/") == 404


def breaks_glass_and_is_marked(charlie: Clinician, photograph: str) -> None:
    charlie.breaks_glass("H-204817", "Emergency: the patient needs care now", WHY)
    expect(charlie.page.get_by_role("region", name="Break-glass access")).to_be_visible()
    charlie.goes_to(photograph)
    charlie.sees_a_picture("[data-viewer-image]")
    expect(charlie.page.get_by_role("region", name="Break-glass access")).to_be_visible()


def sees_who_broke_glass(priya: Person) -> None:
    priya.signs_in()
    priya.sees("Charlie")
    priya.sees(WHY)
    priya.sees("Still open")


def moves_one_to_pablo(alice: Clinician, photograph: str) -> None:
    alice.ear.expect("404")
    alice.goes_to(photograph)
    alice.moves_the_picture("H-318802", "Another patient's record was open")
    expect(alice.pictures).to_have_count(2)
    assert alice.status_of(f"{photograph}bytes/display") == 404
    alice.opens_the_timeline_of("pablo")
    expect(alice.pictures).to_have_count(1)
    alice.sees_a_picture("main .tiles img")
