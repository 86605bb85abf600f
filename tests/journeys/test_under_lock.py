"""From the rules to the look: an administrator decides, a hold is placed, two people open a picture.

On a phone and at a desk, with axe at every page on the way.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave, too_wide
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person

pytestmark = pytest.mark.browser

GROUND = "The hospital law of the land, section 12, makes us keep them."
REASON = "The regional court asked us to keep everything of this stay."
WORDS = "Order 14 of the regional court, of last Monday."
NUMBERS = {"petra": "H-204817", "pablo": "H-318802"}
PEOPLE = {True: "petra", False: "pablo"}
DRAWN = "(e) => e.complete && e.naturalWidth > 0"


def fit(person: Person) -> None:
    assert [*grave(person.page), *too_wide(person.page)] == []


def decides(ada: Person, years: int) -> None:
    ada.presses("Retention")
    ada.sees("What becomes of pictures that are taken back")
    fit(ada)
    ada.page.locator("a[href$='/retention/decide/']").click()
    ada.page.get_by_label("The legal ground, as the patient reads it").nth(1).fill(GROUND)
    ada.page.get_by_label("Years that it is locked away").nth(1).fill(str(years))
    fit(ada)
    ada.presses("See what a patient reads")
    ada.sees("This is what a patient would read")
    ada.sees(GROUND)
    fit(ada)
    ada.presses("Decide it so")
    ada.sees("counts for what is taken back from now on")
    ada.sees("All versions")
    fit(ada)


def holds(priya: Person, number: str) -> None:
    priya.presses("Under lock")
    fit(priya)
    priya.page.locator("input[name=number]").fill(number)
    priya.presses("Open")
    priya.sees("1 picture under lock")
    fit(priya)
    priya.presses("Place a legal hold")
    priya.page.get_by_label("Why?").fill(REASON)
    day = datetime.now(UTC).date() + timedelta(days=7)
    priya.page.get_by_label("Last day").fill(day.isoformat())
    fit(priya)
    priya.presses("Place it now")
    priya.sees("The hold stands.")
    fit(priya)


def asks(priya: Person) -> str:
    priya.presses("Ask to open pictures")
    priya.chooses("An order of a court")
    priya.page.get_by_label("What is it about?").fill(WORDS)
    priya.page.locator("label:has(input[name=photograph])").first.click()
    fit(priya)
    priya.presses("Ask for it")
    priya.sees("You cannot do that yourself.")
    fit(priya)
    return priya.path


def looks(priya: Person) -> None:
    priya.page.reload()
    fit(priya)
    priya.page.get_by_role("link", name="Look at it").first.click()
    picture = priya.page.locator("img.kept-picture")
    expect(picture).to_be_visible()
    assert picture.evaluate(DRAWN)
    fit(priya)


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_the_way_to_what_is_under_lock(
    hospital: Hospital, casting: Casting, device: dict[str, Any]
) -> None:
    who = PEOPLE[device is PHONE]
    with Backstage(hospital) as backstage:
        backstage.cue("lock_a_picture", patient=hospital.patients[who])
    ada, priya = casting("ada", Person, device), casting("priya", Person, device)
    ada.signs_in()
    priya.signs_in()
    decides(ada, 30 if device is PHONE else 40)
    holds(priya, NUMBERS[who])
    opening = asks(priya)
    ada.goes_to("/privacy/openings/")
    fit(ada)
    ada.presses("An order of a court")
    ada.sees("You are the second person.")
    fit(ada)
    ada.presses("Confirm as the second person")
    ada.sees("Confirmed.")
    looks(priya)
    priya.goes_to(opening)
    priya.presses("Close it now")
    priya.sees("It is closed.")
    priya.goes_to("/privacy/kept/")
    priya.sees("These holds end within 14 days")
    fit(priya)
