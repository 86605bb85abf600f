"""Covering by hand: by mouse, finger and keyboard, with a way back."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.modules.hospital import Hospital
from tests.browser.modules.preparing import (
    FACE,
    HEIGHT,
    WIDTH,
    answer_everything,
    box,
    drag,
    lines,
    masks,
    near,
    next_step,
    on_screen,
    open_prepared,
    prepare_page,
    sent,
)

from safelight.engines.imaging import Mask, RedactionPlan, covers_at_least
from safelight.vocabulary.identifiability import MaskShape, Region

pytestmark = pytest.mark.browser


@pytest.fixture
def prepared(page: Page, hospital: Hospital) -> Page:
    """A page on which two things were found."""
    return open_prepared(page, hospital)


# Covering by hand


def test_a_region_is_drawn_with_the_mouse(prepared: Page, hospital: Hospital) -> None:
    drag(prepared, (3000, 300), (3500, 800))
    expect(lines(prepared).nth(2)).to_contain_text("Covered by you")
    assert near(sent(prepared, hospital)["masks"][2]["region"], 3000, 300, 500, 500)


def test_a_region_is_taken_and_moved(prepared: Page, hospital: Hospital) -> None:
    drag(prepared, (3000, 300), (3500, 800))
    drag(prepared, (3250, 550), (3250, 1550))
    assert near(sent(prepared, hospital)["masks"][2]["region"], 3000, 1300, 500, 500)


def test_a_region_is_resized_at_its_corner(prepared: Page, hospital: Hospital) -> None:
    drag(prepared, (3000, 300), (3500, 800))
    drag(prepared, (3500, 800), (3900, 1000))
    assert near(sent(prepared, hospital)["masks"][2]["region"], 3000, 300, 900, 700)


def test_no_region_reaches_beyond_the_picture(prepared: Page, hospital: Hospital) -> None:
    drag(prepared, (3000, 300), (3500, 800))
    drag(prepared, (3250, 550), (4500, -400))
    region = sent(prepared, hospital)["masks"][2]["region"]
    assert region["left"] + region["width"] == WIDTH
    assert near(region, WIDTH - 500, 0, 500, 500)


def touch(page: Page) -> Any:
    """A finger: its moves, in pixels of the picture."""
    wire = page.context.new_cdp_session(page)
    wire.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})

    def act(kind: str, *places: tuple[float, float]) -> None:
        shown = [on_screen(page, *place) for place in places]
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(shown)]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return act


def test_a_finger_draws_after_draw_was_pressed(prepared: Page, hospital: Hospital) -> None:
    finger = touch(prepared)
    prepared.get_by_role("button", name="Draw").click()
    finger("touchStart", (3000, 300))
    finger("touchMove", (3300, 500))
    finger("touchMove", (3500, 800))
    finger("touchEnd")
    expect(lines(prepared)).to_have_count(3)
    expect(prepared.locator("[data-mask-stage]")).not_to_have_attribute("data-drawing", "")
    assert near(sent(prepared, hospital)["masks"][2]["region"], 3000, 300, 500, 500)


def test_a_finger_that_strays_over_the_picture_covers_nothing(prepared: Page) -> None:
    finger = touch(prepared)
    finger("touchStart", (3000, 300))
    finger("touchMove", (3500, 800))
    finger("touchEnd")
    expect(lines(prepared)).to_have_count(2)


def test_two_fingers_zoom_and_move_no_region(prepared: Page, hospital: Hospital) -> None:
    finger = touch(prepared)
    finger("touchStart", (1400, 1100))
    finger("touchStart", (1400, 1100), (1800, 1100))
    for spread in (100, 300, 600):
        finger("touchMove", (1400 - spread, 1100), (1800 + spread, 1100))
    finger("touchEnd")
    scale = prepared.locator("[data-mask-layer]").evaluate(
        "(e) => new DOMMatrix(getComputedStyle(e).transform).a"
    )
    assert scale > 2
    assert sent(prepared, hospital)["masks"][0]["region"] == box(FACE["region"])


def test_small_writing_is_searched_for_in_the_original(prepared: Page, hospital: Hospital) -> None:
    assert not hospital.asks("GET", "/original.jpg")
    for _ in range(3):
        prepared.get_by_role("button", name="Larger").click()
    expect(prepared.locator("[data-mask-picture]")).to_have_js_property("naturalWidth", 4000)
    assert len(hospital.asks("GET", "/original.jpg")) == 1


def test_what_is_drawn_while_zoomed_lies_where_it_was_drawn(
    prepared: Page, hospital: Hospital
) -> None:
    for _ in range(2):
        prepared.get_by_role("button", name="Larger").click()
    prepared.get_by_role("button", name="Add").click()
    region = sent(prepared, hospital)["masks"][2]["region"]
    half = region["width"] // 2
    assert near(region, WIDTH // 2 - half, HEIGHT // 2 - half, 2 * half, 2 * half)


def test_an_original_whose_way_up_is_in_doubt_is_not_shown(
    prepared: Page, hospital: Hospital
) -> None:
    hospital.pages["/original.jpg"] = ("image/png", hospital.pages["/original.jpg"][1])
    for _ in range(3):
        prepared.get_by_role("button", name="Larger").click()
    prepared.wait_for_timeout(200)
    expect(prepared.locator("[data-mask-picture]")).to_have_js_property("naturalWidth", 1600)
    assert len(hospital.asks("GET", "/original.jpg")) == 1


def test_two_hundred_regions_are_enough_and_stay_quick(page: Page, hospital: Hospital) -> None:
    places = [(200 * (n % 20), 300 * (n // 20)) for n in range(199)]
    found = [
        {"id": str(n), "kind": "text", "region": [x, y, 90, 60]} for n, (x, y) in enumerate(places)
    ]
    page.goto(prepare_page(hospital, findings=found))
    page.get_by_role("button", name="Add").click()
    expect(masks(page)).to_have_count(200)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status")).to_contain_text("No more regions can be covered one by one")
    page.locator("[data-mask-choose]").last.click()
    took = page.evaluate(
        """() => {
          const stage = document.querySelector("[data-mask-stage]");
          const begun = performance.now();
          for (let n = 0; n < 10; n += 1) {
            stage.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
          }
          return (performance.now() - begun) / 10;
        }"""
    )
    assert took < 250


# With the keyboard alone


def test_the_keyboard_adds_moves_and_resizes(prepared: Page, hospital: Hospital) -> None:
    add = prepared.get_by_role("button", name="Add")
    add.focus()
    prepared.keyboard.press("Enter")
    expect(prepared.locator("[data-mask-stage]")).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowUp"):
        prepared.keyboard.press(key)
    assert sent(prepared, hospital)["masks"][2]["region"] == box([1780, 1160, 640, 560])


def test_enter_takes_one_region_after_the_other(prepared: Page) -> None:
    prepared.locator("[data-mask-stage]").focus()
    chosen = prepared.locator(".region[data-chosen] strong")
    for name in ("Face", "Writing or numbers", "Face"):
        prepared.keyboard.press("Enter")
        expect(chosen).to_have_text(name)
    prepared.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
    expect(lines(prepared).first.locator("[data-mask-choose]")).to_be_focused()


def test_a_row_of_nudges_is_one_step_back(prepared: Page, hospital: Hospital) -> None:
    lines(prepared).first.locator("[data-mask-choose]").click()
    for _ in range(5):
        prepared.keyboard.press("ArrowLeft")
    prepared.keyboard.press("Control+z")
    assert sent(prepared, hospital)["masks"][0]["region"] == box(FACE["region"])


def test_what_was_undone_can_be_done_again(prepared: Page) -> None:
    drag(prepared, (3000, 300), (3500, 800))
    prepared.keyboard.press("Control+z")
    expect(lines(prepared)).to_have_count(2)
    prepared.keyboard.press("Control+Shift+z")
    expect(lines(prepared)).to_have_count(3)
    prepared.get_by_role("button", name="Undo").click()
    expect(lines(prepared)).to_have_count(2)
    expect(prepared.get_by_role("button", name="Undo")).to_be_disabled()
    prepared.get_by_role("button", name="Redo").click()
    expect(lines(prepared)).to_have_count(3)


def test_typing_a_reason_moves_nothing(prepared: Page, hospital: Hospital) -> None:
    lines(prepared).nth(1).get_by_text("Leave visible").click()
    lines(prepared).first.locator("[data-mask-choose]").click()
    lines(prepared).nth(1).get_by_role("textbox").fill("Taught")
    prepared.keyboard.press("ArrowLeft")
    prepared.keyboard.press("Backspace")
    draft = sent(prepared, hospital)
    assert draft["masks"][0]["region"] == box(FACE["region"])
    assert draft["kept"][0]["reason"] == "Taugt"


# Fill, shape and crop


def test_one_region_is_filled_with_a_mosaic(prepared: Page, hospital: Hospital) -> None:
    lines(prepared).first.locator("[data-mask-choose]").click()
    prepared.locator("[data-mask-fill][value=mosaic]").check()
    filled = [mask.evaluate("(e) => getComputedStyle(e).fill") for mask in masks(prepared).all()]
    assert filled == ['url("#mosaic") rgb(56, 56, 56)', "rgb(56, 56, 56)"]
    assert [m["fill"] for m in sent(prepared, hospital)["masks"]] == ["mosaic", "solid"]


def test_all_are_filled_alike_and_those_to_come(prepared: Page, hospital: Hospital) -> None:
    prepared.locator("[data-mask-fill-all][value=mosaic]").check()
    drag(prepared, (3000, 300), (3500, 800))
    assert [m["fill"] for m in sent(prepared, hospital)["masks"]] == ["mosaic"] * 3


def test_an_ellipse_still_covers_what_was_found(prepared: Page, hospital: Hospital) -> None:
    lines(prepared).first.locator("[data-mask-choose]").click()
    prepared.locator("[data-mask-shape][value=ellipse]").check()
    expect(lines(prepared).first.get_by_role("radio", name="Cover", exact=True)).to_be_checked()
    mask = sent(prepared, hospital)["masks"][0]
    assert mask["shape"] == "ellipse"
    assert near(mask["region"], 834, 393, 1132, 1414)


def shape_of(page: Page, shape: str) -> Locator:
    return page.locator(f"[data-mask-shape][value={shape}]")


def drawn(page: Page) -> RedactionPlan:
    """What is covered on the screen, in pixels of the picture."""
    shown = masks(page).evaluate_all(
        """(all) => all.map((e) => {
          const { x, y, width, height } = e.getBBox();
          return [[x, y, width, height], e.tagName === "ellipse" ? "ellipse" : "box"];
        })"""
    )
    return RedactionPlan(
        tuple(Mask(Region(*map(round, box)), shape=MaskShape(shape)) for box, shape in shown)
    )


@pytest.mark.parametrize("to", [(3500, 800), (3999, 800), (3500, 5)])
def test_another_shape_covers_no_less(prepared: Page, to: tuple[int, int]) -> None:
    """In the middle, at the right edge and at the upper one."""
    drag(prepared, (3000, 300), to)
    before = drawn(prepared)
    shape_of(prepared, "ellipse").click()
    assert covers_at_least(drawn(prepared), before, WIDTH, HEIGHT)


def test_at_the_edge_a_box_stays_one_and_it_is_said_why(prepared: Page, hospital: Hospital) -> None:
    drag(prepared, (3000, 300), (3999, 800))
    shape_of(prepared, "ellipse").click()
    expect(prepared.locator("[data-prepare-status]")).to_contain_text("The box stays.")
    expect(shape_of(prepared, "box")).to_be_checked()
    assert sent(prepared, hospital)["masks"][2]["shape"] == "box"


def test_a_box_that_was_an_ellipse_covers_all_of_it(prepared: Page) -> None:
    drag(prepared, (3000, 500), (3400, 900))
    before = drawn(prepared)
    shape_of(prepared, "ellipse").click()
    shape_of(prepared, "box").click()
    assert drawn(prepared) == before, "nothing was done to it meanwhile"
    shape_of(prepared, "ellipse").click()
    prepared.locator("[data-mask-stage]").focus()
    prepared.keyboard.press("ArrowRight")
    moved = drawn(prepared)
    shape_of(prepared, "box").click()
    assert drawn(prepared).masks[2].shape is MaskShape.BOX
    assert covers_at_least(drawn(prepared), moved, WIDTH, HEIGHT)


def test_what_is_cut_off_needs_no_covering(prepared: Page, hospital: Hospital) -> None:
    prepared.get_by_role("button", name="Crop").click()
    drag(prepared, (3800, 2850), (3800, 1900))
    prepared.get_by_role("button", name="Done").click()
    lines(prepared).nth(1).locator("[data-mask-choose]").click()
    prepared.keyboard.press("Delete")
    answer_everything(prepared)
    expect(next_step(prepared)).to_have_text("See the result")
    draft = sent(prepared, hospital)
    assert near(draft["crop"], 200, 150, 3600, 1750)
    assert len(draft["masks"]) == 1


def test_a_crop_is_taken_back(prepared: Page, hospital: Hospital) -> None:
    prepared.get_by_role("button", name="Crop").click()
    prepared.get_by_role("button", name="Remove", exact=True).click()
    assert sent(prepared, hospital)["crop"] is None
