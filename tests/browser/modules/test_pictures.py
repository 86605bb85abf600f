"""Looking at one picture, at two on each other, and labelling many."""

import json

import pytest
from playwright.sync_api import Page, expect
from tests.browser.modules.conftest import PATIENT, jpeg, photograph, render
from tests.browser.modules.hospital import Hospital

from safelight.vocabulary.body_sites import body_site_options

pytestmark = pytest.mark.browser

IMAGE = "[data-viewer-image]"
FOREARM = next(site for site in body_site_options() if site["laterality"] == "paired")
WORDS = {
    "views": [
        {"value": "overview", "label": "Overview"},
        {"value": "close-up", "label": "Close-up"},
    ],
    "sensitivities": [{"value": "ordinary", "label": "Ordinary"}],
    "chosen": {},
    "patient": PATIENT,
}


@pytest.fixture
def viewer(page: Page, hospital: Hospital) -> Page:
    hospital.show_image("/display.jpg", jpeg(800, 600))
    hospital.show_image("/original.jpg", jpeg(3000, 2000))
    hospital.show("/earlier/", "<!doctype html><title>Earlier</title>")
    shown = {"patient": PATIENT, "photograph": photograph(5), "previous_url": "/earlier/"}
    page.goto(hospital.show("/photograph/", render("photograph", **shown)))
    page.wait_for_load_state("networkidle")
    return page


def scale(page: Page, selector: str = IMAGE) -> float:
    shown = page.locator(selector)
    return float(shown.evaluate("(e) => new DOMMatrix(getComputedStyle(e).transform).a"))


def test_keys_zoom_in_out_and_back(viewer: Page) -> None:
    viewer.keyboard.press("+")
    viewer.keyboard.press("+")
    assert scale(viewer) == pytest.approx(1.96)
    viewer.keyboard.press("-")
    assert scale(viewer) == pytest.approx(1.4)
    viewer.keyboard.press("0")
    assert scale(viewer) == 1


def test_buttons_zoom(viewer: Page) -> None:
    viewer.click("[data-viewer-in]")
    assert scale(viewer) == pytest.approx(1.4)
    viewer.click("[data-viewer-reset]")
    assert scale(viewer) == 1


def test_the_original_is_fetched_once_and_only_for_a_close_look(
    viewer: Page, hospital: Hospital
) -> None:
    viewer.keyboard.press("+")
    viewer.wait_for_timeout(100)
    assert not hospital.asks("GET", "/original.jpg")
    for _ in range(3):
        viewer.keyboard.press("+")
    expect(viewer.locator(IMAGE).first).to_have_js_property("naturalWidth", 3000)
    viewer.keyboard.press("0")
    viewer.keyboard.press("+")
    viewer.keyboard.press("+")
    viewer.wait_for_timeout(100)
    assert len(hospital.asks("GET", "/original.jpg")) == 1


def test_a_double_tap_zooms_where_it_was_and_back(viewer: Page) -> None:
    box = viewer.locator("[data-viewer]").bounding_box()
    assert box
    viewer.mouse.dblclick(box["x"] + 50, box["y"] + 40)
    assert scale(viewer) == pytest.approx(2.5)
    corner = viewer.locator(IMAGE).bounding_box()
    assert corner
    assert corner["x"] - box["x"] == pytest.approx(50 - 2.5 * 50, abs=1)
    viewer.wait_for_timeout(400)
    viewer.mouse.dblclick(box["x"] + 50, box["y"] + 40)
    assert scale(viewer) == 1


def test_two_fingers_zoom(viewer: Page) -> None:
    wire = viewer.context.new_cdp_session(viewer)
    wire.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def touch(kind: str, *places: int) -> None:
        points = [{"x": x, "y": 300, "id": n} for n, x in enumerate(places)]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 180)
    touch("touchStart", 180, 220)
    for spread in (40, 60, 80):
        touch("touchMove", 200 - spread, 200 + spread)
    touch("touchEnd")
    assert scale(viewer) == pytest.approx(4, abs=0.3)


def test_a_zoomed_picture_is_moved_but_never_out_of_its_stage(viewer: Page) -> None:
    viewer.keyboard.press("+")
    for _ in range(40):
        viewer.keyboard.press("ArrowRight")
    stage = viewer.locator("[data-viewer]").bounding_box()
    image = viewer.locator(IMAGE).bounding_box()
    assert stage
    assert image
    assert image["x"] + image["width"] == pytest.approx(stage["x"] + stage["width"], abs=1)
    assert viewer.url.endswith("/photograph/")


def test_arrows_step_to_the_earlier_picture(viewer: Page) -> None:
    viewer.keyboard.press("ArrowLeft")
    viewer.wait_for_url("**/earlier/")


@pytest.fixture
def comparison(page: Page, hospital: Hospital) -> Page:
    hospital.show_image("/left.jpg", jpeg(800, 600, "red"))
    hospital.show_image("/right.jpg", jpeg(800, 600, "blue"))
    shown = {
        "patient": PATIENT,
        "left": photograph(1, image_url="/left.jpg"),
        "right": photograph(2, image_url="/right.jpg"),
    }
    page.goto(hospital.show("/compare/", render("compare", **shown)))
    page.wait_for_load_state("networkidle")
    return page


def line(page: Page) -> float:
    return float(page.input_value("[data-compare-split]"))


def test_the_divider_follows_the_keyboard(comparison: Page) -> None:
    comparison.locator("[data-compare-split]").focus()
    comparison.keyboard.press("ArrowLeft")
    assert line(comparison) == 49
    split = "getComputedStyle(document.querySelector('[data-compare]')).getPropertyValue('--split')"
    assert comparison.evaluate(split) == "49%"


def test_the_divider_follows_the_finger(comparison: Page) -> None:
    box = comparison.locator("[data-compare-stage]").bounding_box()
    assert box
    comparison.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
    comparison.mouse.down()
    comparison.mouse.move(box["x"] + box["width"] / 4, box["y"] + 100, steps=4)
    comparison.mouse.up()
    assert line(comparison) == pytest.approx(25, abs=1)


def test_both_pictures_are_zoomed_together_and_cut_at_the_same_line(comparison: Page) -> None:
    comparison.locator("[data-compare-split]").focus()
    comparison.keyboard.press("+")
    assert scale(comparison, "[data-compare-under]") == pytest.approx(1.4)
    assert scale(comparison, "[data-compare-over]") == pytest.approx(1.4)
    comparison.locator("[data-compare-split]").fill("20")
    own = comparison.evaluate(
        """() => {
          const stage = document.querySelector('[data-compare-stage]').clientWidth;
          const image = document.querySelector('[data-compare-over]');
          const cut = parseFloat(image.style.getPropertyValue('--split')) / 100;
          const matrix = new DOMMatrix(image.style.transform);
          return (cut * stage * matrix.a + matrix.e) / stage;
        }"""
    )
    assert own == pytest.approx(0.2, abs=0.01)


@pytest.fixture
def labels(page: Page, hospital: Hospital) -> Page:
    hospital.show_image("/display.jpg", jpeg(96, 96))
    previous = {
        "body_site": FOREARM["code"],
        "laterality": "left",
        "view": "close-up",
        "sensitivity": "ordinary",
    }
    shown = WORDS | {
        "photographs": [photograph(n) for n in (1, 2, 3)],
        "sites_json": body_site_options(),
        "previous": json.dumps(previous),
    }
    page.goto(hospital.show("/label/", render("label", **shown)))
    page.wait_for_load_state("networkidle")
    return page


def save_text(page: Page) -> str:
    return page.inner_text("[data-label-save]").strip()


def test_the_button_says_what_is_missing(labels: Page) -> None:
    assert save_text(labels) == "Choose a body site"
    assert labels.is_disabled("[data-label-save]")


def test_the_same_as_last_time_fills_everything(labels: Page) -> None:
    labels.click("[data-label-same]")
    assert save_text(labels) == "Label 3 pictures"
    assert labels.is_enabled("[data-label-save]")
    chosen = labels.evaluate("Object.fromEntries(new FormData(document.querySelector('#label')))")
    assert chosen["body_site"] == FOREARM["code"]
    assert chosen["laterality"] == "left"
    assert chosen["view"] == "close-up"


def test_choosing_pictures_is_counted(labels: Page) -> None:
    labels.click("[data-label-same]")
    labels.locator("[data-label-photograph]").first.uncheck()
    labels.locator("[data-label-photograph]").nth(1).uncheck()
    assert labels.inner_text("[data-label-count]") == "1"
    assert save_text(labels) == "Label 1 picture"
    labels.locator("[data-label-photograph]").nth(2).uncheck()
    assert save_text(labels) == "Choose a picture"
    labels.click("[data-label-all]")
    assert labels.inner_text("[data-label-count]") == "3"


def test_the_keyboard_is_enough(labels: Page, hospital: Hospital) -> None:
    labels.keyboard.press("Alt+s")
    labels.keyboard.press("Alt+1")
    assert labels.locator("input[name='view']:checked").input_value() == "overview"
    with labels.expect_response("**/label/"):
        labels.keyboard.press("Control+Enter")
    (sent,) = hospital.asks("POST")
    assert b"view=overview" in sent.body
    assert sent.body.count(b"photograph=") == 3
