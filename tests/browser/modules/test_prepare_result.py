"""The result of covering: before and after together, and what is left must be spoken for."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.modules.conftest import PATIENT, jpeg, render
from tests.browser.modules.hospital import Hospital
from tests.journeys.fitness import grave, too_wide
from tests.journeys.keyboard import walk

from safelight.redaction.selectors import FormInUse
from safelight.vocabulary.identifiability import Region
from safelight.web.clinic.prepared import AnswerLine, FindingLine, LeftLine

pytestmark = pytest.mark.browser

AT = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
LEFT = [LeftLine("1", 1, "Writing or numbers", Region(200, 300, 400, 100), "")]
RESULT: dict[str, Any] = {
    "patient": PATIENT,
    "photograph_id": UUID(int=5),
    "before_url": "/before.jpg",
    "after_url": "/after.jpg",
    "before": {"width": 1600, "height": 1200},
    "after": {"width": 1600, "height": 1200},
    "is_cropped": False,
    "seen": Region(0, 0, 1600, 1200),
    "mask_count": 2,
    "findings": [FindingLine(1, "Face", is_covered=True, reason="")],
    "answers": [AnswerLine("Room", "Stays visible", "A bare wall", is_visible=True)],
    "leftovers": LEFT,
    "prepared_by": "Alice",
    "approved_by": "Alice",
    "approved_at": AT,
    "second_for": "Lecture",
    "methods": [{"code": "113101", "name": "Clean Pixel Data Option"}],
    "version": 3,
}
SECOND = {"in_use": FormInUse("Alice", AT, False, False), "is_mine_to_confirm": True, "why": ""}
Opens = Callable[..., Page]


@pytest.fixture
def opens(page: Page, hospital: Hospital) -> Opens:
    hospital.show_image("/before.jpg", jpeg(1600, 1200))
    hospital.show_image("/after.jpg", jpeg(1600, 1200, "black"))

    def opened(template: str = "prepare_check", **facts: Any) -> Page:
        html = render(template, **RESULT | SECOND | facts)
        page.goto(hospital.show(f"/{template}/", html))
        page.wait_for_load_state("networkidle")
        return page

    return opened


def layer(page: Page, one: str) -> Locator:
    return page.locator(f"[data-one={one}] [data-result-layer]")


def transform(page: Page, one: str) -> str:
    return str(layer(page, one).evaluate("(e) => e.style.transform"))


def test_on_a_phone_one_tap_shows_what_it_was_before(opens: Opens) -> None:
    page = opens()
    expect(page.get_by_alt_text("The picture with what is covered")).to_be_visible()
    expect(page.get_by_alt_text("The picture as it was taken")).to_be_hidden()
    page.get_by_text("Before", exact=True).last.click()
    expect(page.get_by_alt_text("The picture as it was taken")).to_be_visible()
    expect(page.get_by_alt_text("The picture with what is covered")).to_be_hidden()


def test_at_a_desk_both_are_shown(opens: Opens) -> None:
    page = opens()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_alt_text("The picture with what is covered")).to_be_visible()
    expect(page.get_by_alt_text("The picture as it was taken")).to_be_visible()


def test_both_are_zoomed_and_moved_together(opens: Opens) -> None:
    page = opens()
    page.get_by_role("button", name="Larger").click()
    page.keyboard.press("ArrowRight")
    assert "scale(1.4)" in transform(page, "after")
    assert placed(page, "before", WHOLE) == pytest.approx(placed(page, "after", WHOLE), abs=0.1)


WHOLE, CROPPED = Region(0, 0, 1600, 1200), Region(800, 300, 400, 600)
PLACED = """(layer, [left, top, width, height]) => {
  const stage = layer.parentElement.getBoundingClientRect();
  const box = layer.getBoundingClientRect();
  const fit = Math.min(box.width / width, box.height / height);
  const x = box.x - stage.x + (box.width - width * fit) / 2;
  const y = box.y - stage.y + (box.height - height * fit) / 2;
  return [x - left * fit, y - top * fit, fit];
}"""


def placed(page: Page, one: str, seen: Region) -> tuple[float, float, float]:
    """Where the original's upper left corner lies in the stage, and how large its pixels are."""
    box = [seen.left, seen.top, seen.width, seen.height]
    x, y, fit = layer(page, one).evaluate(PLACED, box)
    return x, y, fit


def opened_cropped(opens: Opens) -> Page:
    page = opens(is_cropped=True, seen=CROPPED, after={"width": 400, "height": 600})
    page.set_viewport_size({"width": 1280, "height": 900})
    assert placed(page, "after", CROPPED)[2] > 1.3 * placed(page, "before", WHOLE)[2]
    return page


@pytest.mark.parametrize("one", ["after", "before"])
def test_a_cropped_picture_shows_the_same_place_as_large_as_before(opens: Opens, one: str) -> None:
    page = opened_cropped(opens)
    stage = page.locator(f"[data-one={one}]").bounding_box()
    assert stage
    at = stage["x"] + stage["width"] * 0.55, stage["y"] + stage["height"] * 0.45
    for _ in range(2):
        page.mouse.move(*at)
        page.mouse.wheel(0, -600)
    page.mouse.down()
    page.mouse.move(at[0] - 25, at[1] + 15)
    page.mouse.up()
    before, after = placed(page, "before", WHOLE), placed(page, "after", CROPPED)
    assert before == pytest.approx(after, abs=0.5)
    assert before[2] > 0.5


def test_what_a_crop_leaves_shown_whole_shows_the_whole_before(opens: Opens) -> None:
    page = opened_cropped(opens)
    begun = placed(page, "before", WHOLE)
    page.get_by_role("button", name="Larger").click()
    assert placed(page, "before", WHOLE)[2] > begun[2]
    page.get_by_role("button", name="Smaller").click()
    assert placed(page, "before", WHOLE) == pytest.approx(begun, abs=0.1)


def test_what_is_left_is_drawn_where_it_is(opens: Opens) -> None:
    page = opens()
    stage = page.locator("[data-one=after]").bounding_box()
    ring = page.locator(".left-ring").bounding_box()
    assert stage
    assert ring
    fit = stage["width"] / 1600
    assert ring["x"] - stage["x"] == pytest.approx(200 * fit, abs=4)
    assert ring["width"] == pytest.approx(400 * fit, abs=8)


def test_nothing_is_approved_while_something_left_has_no_reason(
    opens: Opens, hospital: Hospital
) -> None:
    page = opens()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("textbox")).to_be_focused()
    assert not hospital.asks("POST")
    page.keyboard.type("A word of the teaching text")
    with page.expect_request("**/prepare_check/") as asked:
        page.get_by_role("button", name="Approve").click()
    sent = asked.value.post_data or ""
    assert "version=3" in sent
    assert "reason-1=A+word+of+the+teaching+text" in sent


@pytest.mark.parametrize("template", ["prepare_check", "prepare_second"])
@pytest.mark.parametrize("left", [LEFT, []], ids=["left", "nothing-left"])
@pytest.mark.parametrize("size", [(390, 844), (320, 568), (1280, 800)])
def test_the_pages_are_fit_for_everybody(
    opens: Opens, template: str, size: tuple[int, int], left: list[LeftLine]
) -> None:
    page = opens(template, leftovers=left, is_mine_to_confirm=bool(left))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert [*grave(page), *too_wide(page)] == []
    assert walk(page) == []
