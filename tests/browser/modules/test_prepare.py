"""Preparing a picture: what is found is covered, what is decided is sent, what fails says so."""

import json

import pytest
from playwright.sync_api import Dialog, Page, expect
from tests.browser.modules.hospital import Hospital
from tests.browser.modules.preparing import (
    BAND,
    DONE,
    FACE,
    FLOOR,
    FOUND,
    FOUND_SO_FAR,
    WISH,
    answer_everything,
    box,
    covered,
    drag,
    hold_looks,
    lines,
    masks,
    near,
    next_step,
    open_prepared,
    prepare_page,
    sent,
)
from tests.journeys.fitness import grave, too_wide
from tests.journeys.keyboard import walk

from safelight.vocabulary.identifiability import Overlooked

pytestmark = pytest.mark.browser


@pytest.fixture
def prepared(page: Page, hospital: Hospital) -> Page:
    """A page on which two things were found."""
    return open_prepared(page, hospital)


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


# Found in two steps


@pytest.mark.parametrize("scrolled", [0, 60])
def test_a_question_that_is_answered_meanwhile_stays_where_it_is(
    page: Page, hospital: Hospital, scrolled: int
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    held = hold_looks(page)
    page.goto(prepare_page(hospital, is_done=False, findings=[FACE]))
    expect(lines(page)).to_have_count(1)
    page.locator("[data-mask-panel]").evaluate("(e, top) => (e.scrollTop = top)", scrolled)
    question = page.locator("[data-mask-question]").first
    question.get_by_text("Not there").hover()
    before = question.bounding_box()
    status, body = FOUND
    held[0].fulfill(status=status, json=body)
    expect(lines(page)).to_have_count(2)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert question.bounding_box() == before


def test_what_is_found_first_is_shown_while_writing_is_looked_for(
    page: Page, hospital: Hospital
) -> None:
    held = hold_looks(page)
    page.goto(prepare_page(hospital, is_done=False, findings=[FACE]))
    expect(masks(page)).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("Still looking for writing and small faces")
    expect(next_step(page)).to_have_text("Answer 6 questions")
    answer_everything(page)
    expect(next_step(page)).to_have_text("Still looking for writing and small faces…")
    expect(next_step(page)).to_be_disabled()
    held[0].fulfill(json=FOUND[1])
    expect(masks(page)).to_have_count(2)
    expect(page.get_by_role("status")).to_contain_text("2 things were found")
    expect(next_step(page)).to_have_text("See the result")


def test_the_page_asks_until_it_is_done(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers += [FOUND_SO_FAR, FOUND]
    page.goto(prepare_page(hospital))
    expect(masks(page)).to_have_count(2)
    assert len(hospital.asks("POST", "/look/")) == 2


def test_what_was_decided_meanwhile_stays_and_undoing_uncovers_nothing_that_came(
    page: Page, hospital: Hospital
) -> None:
    held = hold_looks(page)
    page.goto(prepare_page(hospital, is_done=False, findings=[FACE]))
    lines(page).first.get_by_text("Leave visible").click()
    lines(page).first.get_by_role("textbox").fill("Taught")
    drag(page, (3000, 300), (3500, 800))
    held[0].fulfill(json=FOUND[1])
    expect(masks(page)).to_have_count(2)
    expect(lines(page).first.get_by_role("textbox")).to_have_value("Taught")
    page.get_by_role("button", name="Undo").click()
    expect(masks(page)).to_have_count(1)
    draft = sent(page, hospital)
    assert [mask["region"] for mask in draft["masks"]] == [box(BAND["region"])]
    assert draft["kept"] == [{"finding": "1", "reason": "Taught"}]


def test_a_covering_nobody_touched_grows_with_what_was_found(
    page: Page, hospital: Hospital
) -> None:
    wider = {**FACE, "region": [900, 600, 900, 1000]}
    hospital.scan_answers += [FOUND_SO_FAR, (200, {"findings": [wider], "is_done": True})]
    page.goto(prepare_page(hospital))
    expect(page.get_by_role("status")).to_contain_text("One thing was found and is covered")
    assert [m["region"] for m in sent(page, hospital)["masks"]] == [box(wider["region"])]


def test_a_second_look_that_fails_says_so_and_nothing_goes_on(
    page: Page, hospital: Hospital
) -> None:
    hospital.scan_answers += [FOUND_SO_FAR, (503, {"sentence": "It took too long."})]
    page.goto(prepare_page(hospital))
    expect(page.get_by_role("alert")).to_contain_text("It took too long.")
    expect(masks(page)).to_have_count(1)
    answer_everything(page)
    expect(next_step(page)).to_have_text("Try again")
    hospital.scan_answers.append(FOUND)
    next_step(page).click()
    expect(masks(page)).to_have_count(2)
    expect(next_step(page)).to_have_text("See the result")
    assert not hospital.asks("POST", "/save/")


def test_answers_that_never_end_are_a_failed_look(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers += [FOUND_SO_FAR] * 5
    page.goto(prepare_page(hospital))
    expect(page.get_by_role("alert")).to_be_visible()
    assert len(hospital.asks("POST", "/look/")) == 2


# Deciding


def test_leaving_something_visible_wants_a_reason(prepared: Page, hospital: Hospital) -> None:
    lines(prepared).nth(1).get_by_text("Leave visible").click()
    expect(masks(prepared)).to_have_count(1)
    answer_everything(prepared)
    expect(next_step(prepared)).to_have_text("Decide about one")
    next_step(prepared).click()
    prepared.keyboard.type("Ta")
    expect(next_step(prepared)).to_have_text("Decide about one")
    prepared.keyboard.type("ught")
    kept = [{"finding": "2", "reason": "Taught"}]
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
    expect(lines(prepared).first).to_contain_text("It is not covered")
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
    tattoo.get_by_text("Visible", exact=True).click()
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
    hospital.scan_answers.append((200, {"findings": [], "is_done": True}))
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

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    prepared.on("dialog", note)
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
