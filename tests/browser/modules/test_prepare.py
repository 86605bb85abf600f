"""Preparing a picture: what is found is covered, what is decided is sent, what fails says so."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.modules.conftest import PATIENT, jpeg, render
from tests.browser.modules.hospital import Hospital
from tests.journeys.fitness import grave, too_wide
from tests.journeys.keyboard import walk

from safelight.vocabulary.coded import Coded
from safelight.vocabulary.identifiability import Fill, Identifying, MaskShape, Overlooked

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 4000, 3000
FACE: dict[str, Any] = {"id": "1", "kind": "face", "region": [1000, 600, 800, 1000]}
BAND: dict[str, Any] = {"id": "2", "kind": "text", "region": [2400, 2000, 900, 300]}
FOUND = (200, {"findings": [FACE, BAND]})
ANSWERS = [
    {"value": "none", "label": "Not there"},
    {"value": "covered", "label": "Covered"},
    {"value": "stays", "label": "Stays visible"},
]
WISH = {"text": "My ring too, please", "wished_at": datetime(2025, 3, 1, 9, 30, tzinfo=UTC)}
DONE = (200, {"location": "/after/"})


def box(region: list[int]) -> dict[str, int]:
    """A region as plans write it; findings write it as a list."""
    return dict(zip(("left", "top", "width", "height"), region, strict=True))


def covered(*region: int, fill: str = "solid", shape: str = "box") -> dict[str, Any]:
    return {"region": box(list(region)), "fill": fill, "shape": shape}


FLOOR = {"masks": [covered(0, 0, 500, 500)], "crop": None}


def options(words: type[Coded]) -> list[dict[str, str]]:
    return [{"value": word.value, "label": word.display} for word in words]


def prepare_page(hospital: Hospital, **facts: Any) -> str:
    told = {
        "picture_url": "/display.jpg",
        "original_url": "/original.jpg",
        "width": WIDTH,
        "height": HEIGHT,
        "findings": None,
        "draft": None,
        "floor": {"masks": [], "crop": None},
        "fills": [fill.value for fill in Fill],
        "look_url": "/look/",
        "save_url": "/save/",
    }
    shown = {
        "patient": PATIENT,
        "photograph_id": UUID(int=5),
        "picture_alt": "Forearm",
        "wishes": facts.pop("wishes", []),
        "kinds": options(Identifying),
        "fills": options(Fill),
        "shapes": options(MaskShape),
        "answers": ANSWERS,
        "questions": options(Overlooked),
        "facts": told | facts,
    }
    hospital.show_image("/display.jpg", jpeg(1600, 1200))
    hospital.show_image("/original.jpg", jpeg(4000, 3000))
    return hospital.show("/prepare/", render("prepare", **shown))


@pytest.fixture
def prepared(page: Page, hospital: Hospital) -> Page:
    """A page on which two things were found."""
    hospital.scan_answers.append(FOUND)
    page.goto(prepare_page(hospital))
    expect(lines(page)).to_have_count(2)
    return page


@pytest.fixture
def desk(page: Page) -> Iterator[Page]:
    page.set_viewport_size({"width": 1280, "height": 800})
    return page


def lines(page: Page) -> Locator:
    return page.locator(".region")


def masks(page: Page) -> Locator:
    return page.locator("[data-mask]")


def next_step(page: Page) -> Locator:
    return page.locator("[data-prepare-next]")


def answer_everything(page: Page, answer: str = "none") -> None:
    for question in page.locator("[data-mask-question]").all():
        question.locator(f"input[value={answer}]").check()


def sent(page: Page, hospital: Hospital) -> dict[str, Any]:
    """What goes to the server when nothing is missing any more."""
    hospital.scan_answers.append(DONE)
    answer_everything(page)
    next_step(page).click()
    page.wait_for_url("**/after/")
    draft: dict[str, Any] = json.loads(hospital.asks("POST", "/save/")[-1].body)
    return draft


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the picture is shown while nothing is zoomed."""
    box = page.locator("[data-mask-stage]").bounding_box()
    assert box
    fit = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    left = box["x"] + (box["width"] - WIDTH * fit) / 2
    top = box["y"] + (box["height"] - HEIGHT * fit) / 2
    return left + x * fit, top + y * fit


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *end), steps=4)
    page.mouse.up()


def near(region: dict[str, int], *wanted: int) -> bool:
    """Within what a screen pixel is worth here."""
    meant = box(list(wanted))
    return all(abs(region[name] - meant[name]) < 40 for name in meant)


# What was found


def test_while_it_looks_it_says_so_and_the_next_step_waits(page: Page, hospital: Hospital) -> None:
    page.route("**/look/", lambda route: None)
    page.goto(prepare_page(hospital))
    expect(page.get_by_role("status")).to_have_text("Looking for faces and writing…")
    expect(next_step(page)).to_be_disabled()


def test_everything_found_is_covered_at_first(prepared: Page) -> None:
    expect(masks(prepared)).to_have_count(2)
    expect(prepared.get_by_role("status")).to_contain_text("2 things were found")
    assert lines(prepared).locator("strong").all_inner_texts() == ["Face", "Writing or numbers"]


def test_what_was_found_is_sent_to_the_pixel(prepared: Page, hospital: Hospital) -> None:
    draft = sent(prepared, hospital)
    assert [mask["region"] for mask in draft["masks"]] == [box(FACE["region"]), box(BAND["region"])]
    assert {mask["fill"] for mask in draft["masks"]} == {"solid"}
    assert {mask["shape"] for mask in draft["masks"]} == {"box"}
    assert (draft["crop"], draft["kept"]) == (None, [])
    assert draft["answers"] == {w.value: {"answer": "none", "reason": ""} for w in Overlooked}


def test_what_was_found_before_is_not_searched_for_again(page: Page, hospital: Hospital) -> None:
    page.goto(prepare_page(hospital, findings=[FACE]))
    expect(masks(page)).to_have_count(1)
    assert not hospital.asks("POST", "/look/")


def test_a_failed_look_says_so_and_nothing_goes_on(page: Page, hospital: Hospital) -> None:
    sentence = "The picture could not be searched for faces and writing."
    hospital.scan_answers.append((503, {"code": "scan-failed", "sentence": sentence}))
    page.goto(prepare_page(hospital))
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    answer_everything(page)
    expect(next_step(page)).to_have_text("Try again")
    assert not hospital.asks("POST", "/save/")


def test_after_a_failed_look_one_may_draw_and_try_again(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers.append((503, {"sentence": "It took too long."}))
    page.goto(prepare_page(hospital))
    drag(page, (3000, 300), (3500, 800))
    hospital.scan_answers.append(FOUND)
    page.get_by_role("button", name="Try again").click()
    expect(masks(page)).to_have_count(3)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_without_a_connection_it_says_what_that_means(page: Page, hospital: Hospital) -> None:
    page.route("**/look/", lambda route: route.abort())
    page.goto(prepare_page(hospital))
    expect(page.get_by_role("alert")).to_contain_text("it stays unapproved")


def test_an_answer_that_is_none_is_a_failed_look(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers.append((200, {}))
    page.goto(prepare_page(hospital))
    expect(page.get_by_role("alert")).to_be_visible()
    expect(next_step(page)).to_have_text("Try again")


# Deciding


def test_leaving_something_visible_wants_a_reason(prepared: Page, hospital: Hospital) -> None:
    lines(prepared).nth(1).get_by_text("Leave visible").click()
    expect(masks(prepared)).to_have_count(1)
    answer_everything(prepared)
    expect(next_step(prepared)).to_have_text("Decide about one")
    next_step(prepared).click()
    prepared.keyboard.type("The lot number is what is taught")
    kept = [{"finding": "2", "reason": "The lot number is what is taught"}]
    assert sent(prepared, hospital)["kept"] == kept


def test_a_covering_that_is_removed_asks_why(prepared: Page) -> None:
    lines(prepared).first.locator("[data-mask-choose]").click()
    prepared.keyboard.press("Delete")
    line = lines(prepared).first
    expect(line.get_by_role("radio", name="Leave visible")).to_be_checked()
    expect(line.get_by_role("textbox")).to_be_visible()


def test_what_is_no_longer_covered_wants_a_decision(prepared: Page, hospital: Hospital) -> None:
    drag(prepared, (1400, 1100), (1900, 1100))
    answer_everything(prepared)
    expect(lines(prepared).first).to_contain_text("no longer covered")
    expect(next_step(prepared)).to_have_text("Decide about one")
    lines(prepared).first.get_by_text("Cover", exact=True).click()
    face = next(m for m in sent(prepared, hospital)["masks"] if m["region"]["left"] == 1000)
    assert near(face["region"], 1000, 600, 1300, 1000)


def test_a_person_may_cover_less_than_was_proposed(prepared: Page, hospital: Hospital) -> None:
    lines(prepared).first.locator("[data-mask-choose]").click()
    for _ in range(5):
        prepared.keyboard.press("Shift+ArrowUp")
    expect(lines(prepared).first).to_contain_text("Covered in part")
    answer_everything(prepared)
    expect(next_step(prepared)).to_have_text("See the result")
    draft = sent(prepared, hospital)
    assert (draft["masks"][0]["region"], draft["kept"]) == (box([1000, 600, 800, 800]), [])


def test_every_question_wants_an_answer(prepared: Page, hospital: Hospital) -> None:
    expect(next_step(prepared)).to_have_text("Answer 6 questions")
    answer_everything(prepared)
    expect(next_step(prepared)).to_have_text("See the result")
    assert not hospital.asks("POST", "/save/")


def test_what_stays_visible_wants_a_reason(prepared: Page, hospital: Hospital) -> None:
    answer_everything(prepared)
    tattoo = prepared.locator("[data-mask-question=tattoo]")
    tattoo.get_by_text("Stays visible").click()
    expect(next_step(prepared)).to_have_text("Answer one question")
    next_step(prepared).click()
    expect(tattoo.get_by_role("textbox")).to_be_focused()
    prepared.keyboard.type("It is what is taught")
    hospital.scan_answers.append(DONE)
    next_step(prepared).click()
    prepared.wait_for_url("**/after/")
    draft = json.loads(hospital.asks("POST", "/save/")[-1].body)
    assert draft["answers"]["tattoo"] == {"answer": "stays", "reason": "It is what is taught"}


def test_a_refusal_is_shown_and_nothing_is_lost(prepared: Page, hospital: Hospital) -> None:
    hospital.scan_answers.append((422, {"sentence": "One thing is neither covered nor kept."}))
    answer_everything(prepared)
    next_step(prepared).click()
    expect(prepared.get_by_role("alert")).to_have_text("One thing is neither covered nor kept.")
    expect(masks(prepared)).to_have_count(2)
    expect(next_step(prepared)).to_be_enabled()


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


# Redaction only grows


def test_what_was_approved_as_covered_cannot_be_uncovered(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers.append(FOUND)
    page.goto(prepare_page(hospital, floor=FLOOR))
    expect(lines(page)).to_have_count(3)
    locked = lines(page).nth(2)
    expect(locked).to_contain_text("Covered in the approved version")
    locked.locator("[data-mask-choose]").click()
    expect(page.get_by_role("button", name="Remove", exact=True)).to_be_disabled()
    for key in ("Delete", "ArrowRight", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    drag(page, (250, 250), (2000, 1500))
    page.keyboard.press("Escape")
    page.locator("[data-mask-fill-all][value=mosaic]").check()
    assert FLOOR["masks"][0] in sent(page, hospital)["masks"]


def test_a_crop_never_grows_beyond_the_approved_one(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers.append((200, {"findings": []}))
    floor = {"masks": [], "crop": box([1000, 1000, 2000, 1000])}
    page.goto(prepare_page(hospital, floor=floor))
    page.get_by_role("button", name="Crop").click()
    drag(page, (3000, 2000), (3900, 2900))
    page.get_by_role("button", name="Remove", exact=True).click()
    assert sent(page, hospital)["crop"] == floor["crop"]


def test_a_draft_comes_back_as_it_was_left(page: Page, hospital: Hospital) -> None:
    draft = {
        "masks": [
            covered(*FACE["region"], fill="mosaic"),
            covered(10, 20, 300, 400, shape="ellipse"),
        ],
        "crop": box([0, 0, 3900, 2900]),
        "kept": [{"finding": "2", "reason": "Taught"}],
        "answers": {"room": {"answer": "stays", "reason": "It is a bare wall"}},
    }
    page.goto(prepare_page(hospital, findings=[FACE, BAND], draft=draft))
    expect(next_step(page)).to_have_text("Answer 5 questions")
    saved = sent(page, hospital)
    assert [saved[name] for name in ("masks", "crop", "kept")] == [
        draft[name] for name in ("masks", "crop", "kept")
    ]


def test_what_the_patient_wishes_stands_in_their_words(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers.append(FOUND)
    page.goto(prepare_page(hospital, wishes=[WISH]))
    expect(page.get_by_role("region", name="The patient wishes")).to_contain_text(WISH["text"])


# Everybody


def test_leaving_with_something_unsaved_is_asked_about(prepared: Page) -> None:
    asked: list[str] = []
    prepared.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    drag(prepared, (3000, 300), (3500, 800))
    prepared.get_by_role("link", name="Cancel").click()
    prepared.wait_for_timeout(300)
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("size", [(390, 844), (320, 568), (844, 390), (1280, 800)])
def test_the_page_is_fit_for_everybody(prepared: Page, size: tuple[int, int]) -> None:
    prepared.set_viewport_size({"width": size[0], "height": size[1]})
    lines(prepared).first.locator("[data-mask-choose]").click()
    lines(prepared).nth(1).get_by_text("Leave visible").click()
    assert [*grave(prepared), *too_wide(prepared)] == []


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
def test_the_tab_key_reaches_everything(prepared: Page, size: tuple[int, int]) -> None:
    prepared.set_viewport_size({"width": size[0], "height": size[1]})
    assert walk(prepared) == []
