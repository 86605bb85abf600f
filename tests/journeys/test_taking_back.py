"""Petra takes everything back on her own phone; what Alice has open closes; by telephone it is the same."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.asking import Asked, ask
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.clinicians import Clinician
from tests.journeys.conftest import Casting
from tests.journeys.fitness import clipped, grave, too_small, too_wide, unsaid, zoomed
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, own_phone

pytestmark = pytest.mark.browser

AGAIN = "async (image) => (await fetch(image.src, { cache: 'reload' })).status"
DEVICES: dict[str, tuple[str, dict[str, Any]]] = {
    "phone": ("en", own_phone("en")),
    "phone in Arabic": ("ar", own_phone("ar")),
    "desk": ("en", DESKTOP | {"locale": "en"}),
}
Ask = Callable[..., Asked]


@pytest.fixture(scope="module")
def asks(hospital: Hospital) -> Iterator[Ask]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield lambda **details: ask(hospital, backstage, **details)


def misfits(page: Page, *, is_patients: bool = True) -> list[str]:
    wrong = [*grave(page), *too_wide(page), *clipped(page), *unsaid(page), *zoomed(page)]
    return wrong + (too_small(page) if is_patients else [])


def signed(petra: Patient, asked: Asked, language: str) -> None:
    petra.comes_in(asked.note)
    petra.goes_all_the_way(len(asked.pictures), language)
    petra.types_the_name()
    petra.signs()
    petra.page.locator(".code").wait_for()


@pytest.mark.parametrize("device", DEVICES)
def test_everything_is_taken_back_and_what_is_open_elsewhere_closes(
    casting: Casting, asks: Ask, device: str
) -> None:
    language, kind = DEVICES[device]
    asked = asks(pictures=2, language=language)
    alice = casting("alice", Clinician, DESKTOP)
    alice.ear.expect("404")
    alice.signs_in()
    alice.goes_to(f"/clinic/patients/{asked.patient}/")
    small = alice.page.locator(f".tile__image[href*='{asked.pictures[0]}'] img")
    assert small.evaluate(AGAIN) == 200

    petra = casting("petra", Patient, kind)
    signed(petra, asked, language)
    petra.goes_to("/portal/mine/")
    petra.page.locator("a[href='/portal/take-back-all/']").click()
    petra.reads(language)
    assert misfits(petra.page) == []
    petra.page.locator("input[value='everything']").check()
    petra.page.locator("button[form='take-back']").click()
    petra.page.wait_for_url("**/portal/taken-back/*/")

    assert small.evaluate(AGAIN) == 404
    alice.page.reload()
    for picture in asked.pictures:
        expect(alice.page.locator(f"[href*='{picture}']")).to_have_count(0)
    petra.reads(language)
    expect(petra.page.locator("#stopped")).to_be_visible()
    expect(petra.page.locator("#kept")).to_be_visible()
    assert misfits(petra.page) == []
    told = petra.path
    petra.goes_to("/portal/mine/")
    expect(petra.page.locator(f"a[href='{told}']")).to_be_visible()
    expect(petra.page.locator(".thumb")).to_have_count(0)
    assert misfits(petra.page) == []


def test_one_picture_and_one_use_are_taken_back_from_their_own_pages(
    casting: Casting, asks: Ask
) -> None:
    petra = casting("petra", Patient, own_phone("en"))
    signed(petra, asks(pictures=2), "en")
    petra.goes_to("/portal/mine/")
    petra.page.locator("#pictures ~ ul a[href^='/portal/mine/pictures/']").first.click()
    petra.page.locator("a[href$='/take-back/']").click()
    assert misfits(petra.page) == []
    petra.page.locator("input[value='picture-uses']").check()
    petra.page.locator("button[form='take-back']").click()
    petra.page.wait_for_url("**/portal/taken-back/*/")
    petra.goes_to("/portal/mine/")
    petra.page.locator(".agreement a[href$='/take-back/']").first.click()
    assert misfits(petra.page) == []
    petra.page.locator("button[form='take-back']").click()
    petra.page.wait_for_url("**/portal/taken-back/*/")
    petra.sees("No more: Teaching one learner")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_who_takes_the_call_needs_three_clicks(
    casting: Casting, asks: Ask, device: dict[str, Any]
) -> None:
    asked = asks(pictures=1)
    signed(casting("petra", Patient, own_phone("en")), asked, "en")
    alice = casting("alice", Clinician, device)
    alice.signs_in()
    alice.goes_to(f"/clinic/patients/{asked.patient}/")
    alice.presses("Take back for the patient")
    assert misfits(alice.page, is_patients=False) == []
    alice.page.locator("label", has_text="All uses, and all pictures").click()
    alice.page.locator("#identified-by").fill("Birth date and address, called back")
    alice.presses("Take it back now")
    alice.sees("Say to the patient")
    assert misfits(alice.page, is_patients=False) == []
    alice.presses("Done")
    expect(alice.page.locator(f"[href*='{asked.pictures[0]}']")).to_have_count(0)
    alice.sees("No pictures any more")
