"""From the picture as taken to the form that others may see: found, adjusted, approved, confirmed."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave, too_wide
from tests.journeys.preparing import FACE_AT, Preparer

pytestmark = pytest.mark.browser

# How far the page scrolls, though only its panel should.
BELOW_THE_SCREEN = "() => document.documentElement.scrollHeight - innerHeight"


def test_a_face_and_a_wristband_are_covered_before_anybody_else_sees_them(
    casting: Casting, tmp_path: Path
) -> None:
    alice = casting("alice", Preparer, PHONE)
    bob = casting("bob", Preparer, DESKTOP)

    photograph = finds_and_covers(alice, tmp_path)
    approves(alice, photograph)
    confirms(bob, photograph)
    can_only_cover_more(alice, photograph)


def finds_and_covers(alice: Preparer, folder: Path) -> str:
    """On a phone. The path of the picture."""
    alice.signs_in()
    alice.brings_a_portrait(folder)
    photograph = alice.path
    assert alice.begins_to_prepare() == {"face"}
    assert alice.lines("Face").count() >= 1
    assert alice.lines("Writing or numbers").count() >= 1
    assert [*grave(alice.page), *too_wide(alice.page)] == []
    alice.covers_more()
    expect(alice.lines("Covered by you")).to_have_count(1)
    alice.answers_that_nothing_else_is_there()
    assert alice.page.evaluate(BELOW_THE_SCREEN) == 0
    return photograph


def approves(alice: Preparer, photograph: str) -> None:
    alice.sees_the_result()
    assert [*grave(alice.page), *too_wide(alice.page)] == []
    assert alice.status_of(f"{photograph}bytes/redacted") == 404
    alice.approves()
    alice.sees("A second person looks at it before it is used for")
    alice.sees("Beyond care, a covered form is used")
    red, green, blue = alice.pixel_of(photograph, "redacted", FACE_AT)
    assert max(red, green, blue) - min(red, green, blue) < 6
    red, _, blue = alice.pixel_of(photograph, "display", FACE_AT)
    assert red - blue > 30


def confirms(bob: Preparer, photograph: str) -> None:
    """At a desk, from the list of what waits."""
    bob.signs_in()
    bob.goes_to("/clinic/consents/")
    bob.presses("Look and decide")
    bob.page.wait_for_url(f"**{photograph}prepare/second/")
    bob.sees_a_picture("[data-one=after] img")
    assert [*grave(bob.page), *too_wide(bob.page)] == []
    bob.presses("I have looked: confirm")
    bob.page.wait_for_url(f"**{photograph}")
    bob.sees("confirmed by a second person")


def can_only_cover_more(alice: Preparer, photograph: str) -> None:
    alice.goes_to(photograph)
    alice.presses("Cover more")
    alice.page.wait_for_url("**/prepare/")
    alice.waits_for_the_search()
    alice.lines("Face").first.locator("[data-mask-choose]").click()
    expect(alice.page.get_by_role("button", name="Remove", exact=True)).to_be_disabled()
