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
    assert transform(page, "before") == transform(page, "after")


def test_a_cropped_picture_is_moved_on_its_own(opens: Opens) -> None:
    page = opens(is_cropped=True)
    box = page.locator("[data-one=after]").bounding_box()
    assert box
    page.mouse.dblclick(box["x"] + 60, box["y"] + 200)
    assert "scale(2.5)" in transform(page, "after")
    assert "scale(2.5)" not in transform(page, "before")


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
