"""Labelling a batch of ten, from opening the page to the labelled timeline."""

import time

import pytest
from playwright.sync_api import expect
from tests.journeys.browsing import PHONE
from tests.journeys.camera import FOREARM, FakeCamera
from tests.journeys.clinicians import Clinician
from tests.journeys.conftest import Casting

pytestmark = pytest.mark.browser

TEN = 10
A_MINUTE = 60


def test_ten_pictures_are_labelled_in_under_a_minute(camera: FakeCamera, casting: Casting) -> None:
    alice = casting("alice", Clinician, PHONE)
    alice.signs_in()
    camera.sees(FOREARM)
    alice.opens_the_timeline_of("petra")
    alice.opens_the_camera()
    for _ in range(TEN):
        alice.takes_a_picture()
    alice.waits_until_verified(TEN)

    since = time.monotonic()
    alice.goes_on_to_label()
    alice.taps_the_body("front-forearm", "left")
    alice.chooses("Close-up")
    alice.saves_the_label()
    expect(alice.pictures).to_have_count(TEN)
    assert time.monotonic() - since < A_MINUTE
    expect(alice.page.locator("main").get_by_text("To label", exact=True)).to_have_count(0)
