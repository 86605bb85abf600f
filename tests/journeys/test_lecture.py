"""A lecture on a screen: shown for as long as it may be, and dark within five seconds of any no."""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bench.processes import family
from playwright.sync_api import Browser, expect
from tests.journeys.asking import Asked, ask
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP
from tests.journeys.conftest import Casting
from tests.journeys.fitness import faint_in_the_dark, grave, too_wide
from tests.journeys.hospital import Hospital
from tests.journeys.keyboard import walk
from tests.journeys.patients import Patient, heading_of, own_phone
from tests.journeys.teachers import Screen, Teacher

from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.purposes import Purpose

pytestmark = pytest.mark.browser

HALL = {"viewport": {"width": 1920, "height": 1080}}
USES = (Purpose.LECTURE,)


@pytest.fixture(scope="module")
def backstage(hospital: Hospital) -> Iterator[Backstage]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield backstage


@dataclass
class Lecture:
    """It is on, at the slide with Petra's picture, and one screen shows it."""

    theo: Teacher
    screen: Screen
    petra: Patient
    asked: Asked
    backstage: Backstage
    deck: str
    id: str


@pytest.fixture
def lecture(casting: Casting, hospital: Hospital, backstage: Backstage) -> Lecture:
    return begin(casting, hospital, backstage)


def begin(casting: Casting, hospital: Hospital, backstage: Backstage) -> Lecture:
    asked = ask(hospital, backstage, purposes=USES)
    petra = casting("petra", Patient, own_phone("en"))
    petra.comes_in(asked.note)
    agree(petra)
    made = backstage.cue("teach", photographs=asked.pictures)
    theo, screen = casting("theo", Teacher, DESKTOP), casting("screen", Screen, HALL)
    theo.signs_in()
    theo.opens_the_lecture(made["lecture"])
    screen.opens()
    theo.lets_in(screen)
    theo.speaks()
    theo.page.keyboard.press("PageDown")
    screen.shows_a_picture()
    return Lecture(theo, screen, petra, asked, backstage, made["deck"], made["lecture"])


def agree(petra: Patient) -> None:
    petra.starts()
    petra.goes_to_the_pictures()
    petra.sees_it_large()
    petra.says_to_the_picture(Answer.YES)
    petra.says(Purpose.LECTURE, Answer.YES)
    petra.goes_to_sign()
    petra.types_the_name()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()


def take_back(lecture: Lecture) -> float:
    """On her own phone; from when the button is hit."""
    petra = lecture.petra
    petra.goes_to("/portal/mine/")
    agreed = petra.page.locator(".agreement", has_text=heading_of(Purpose.LECTURE, "en")).first
    agreed.locator("a[href$='/take-back/']").click()
    since = time.monotonic()
    petra.page.locator("button[form='take-back']").click()
    return since


def end_it(lecture: Lecture) -> float:
    since = time.monotonic()
    lecture.theo.presses("End")
    return since


def blank_it(lecture: Lecture) -> float:
    since = time.monotonic()
    lecture.theo.page.keyboard.press("b")
    return since


def time_is_over(lecture: Lecture) -> float:
    lecture.backstage.cue("end_in", lecture=lecture.id, seconds=3)
    return time.monotonic() + 3


def entered_in_error(lecture: Lecture) -> float:
    since = time.monotonic()
    lecture.backstage.cue("enter_in_error", photograph=lecture.asked.pictures[0])
    return since


def picture_erased(lecture: Lecture) -> float:
    since = time.monotonic()
    lecture.backstage.cue("erase", photograph=lecture.asked.pictures[0])
    return since


def network_gone(lecture: Lecture) -> float:
    since = time.monotonic()
    lecture.screen.ear.expect("net::ERR_INTERNET_DISCONNECTED")
    lecture.screen.context.set_offline(True)
    return since


ENDS: list[Callable[[Lecture], float]] = [
    *(take_back, end_it, blank_it, time_is_over, entered_in_error, picture_erased, network_gone)
]


@pytest.mark.parametrize("happens", ENDS)
def test_the_screen_is_dark_within_five_seconds(
    lecture: Lecture, happens: Callable[[Lecture], float]
) -> None:
    for person in (lecture.screen, lecture.theo):
        person.ear.expect("404")  # a picture that was asked for at the very moment
    took = lecture.screen.goes_dark(happens(lecture))
    print(f"\n{happens.__name__}: dark after {took:.2f} s")


def test_a_slide_that_shows_nothing_claims_no_agreement(lecture: Lecture) -> None:
    lecture.screen.ear.expect("404")
    foot = lecture.screen.page.locator("[data-stage] .slide__foot")
    expect(foot).to_contain_text("agreement. Please do not photograph it.")
    lecture.screen.goes_dark(take_back(lecture))
    expect(foot).not_to_contain_text("agreement")


def test_the_network_comes_back_and_so_does_the_slide(lecture: Lecture) -> None:
    lecture.screen.goes_dark(network_gone(lecture))
    lecture.screen.tells("Nothing is shown now")
    lecture.screen.context.set_offline(False)
    lecture.screen.shows_a_picture()


def test_the_server_stands_still_and_then_dies(
    browser: Browser, tmp_path: Path, made: Path
) -> None:
    with Hospital(tmp_path / "hospital", made=made) as hospital, Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        casting = Casting(hospital, browser)
        lecture = begin(casting, hospital, backstage)
        processes = family(hospital.pid)
        since = time.monotonic()
        for process in processes:
            process.pause()
        try:
            took = lecture.screen.goes_dark(since)
        finally:
            for process in processes:
                process.go_on()
        print(f"\nserver stopped: dark after {took:.2f} s")
        lecture.screen.shows_a_picture()
        since = time.monotonic()
        for process in processes:
            process.tell(signal.SIGKILL)
        print(f"server killed: dark after {lecture.screen.goes_dark(since):.2f} s")
        for person in casting.people:
            person.context.close()


def test_nothing_of_a_picture_is_left_in_the_browser(lecture: Lecture) -> None:
    """No cache, no service worker, no address in the history, nothing on paper."""
    page = lecture.screen.page
    assert page.evaluate("async () => (await caches.keys()).length") == 0
    workers = "async () => (await navigator.serviceWorker.getRegistrations()).length"
    assert page.evaluate(workers) == 0
    assert page.evaluate("() => history.length") <= 2
    picture = f"/screen/pictures/{lecture.asked.pictures[0]}/"
    kept = f"""async () => fetch('{picture}', {{ cache: 'only-if-cached', mode: 'same-origin' }})
      .then((answer) => answer.status, () => 0)"""
    lecture.screen.ear.expect("ERR_CACHE_MISS")
    lecture.screen.ear.expect("504")
    assert page.evaluate(kept) in {0, 504}
    page.emulate_media(media="print")
    assert not page.locator("canvas").first.is_visible()


def test_a_page_that_was_left_shows_nothing_to_who_goes_back(lecture: Lecture) -> None:
    screen = lecture.screen
    lecture.theo.presses("End")
    screen.tells("The lecture is over")
    screen.goes_to("/verify/")
    screen.page.go_back()
    assert screen.page.locator("canvas").count() == 0


def test_a_code_that_is_guessed_or_has_run_out_lets_nothing_in(
    casting: Casting, hospital: Hospital, backstage: Backstage
) -> None:
    made = backstage.cue("teach", photographs=[])
    theo, screen = casting("theo", Teacher, DESKTOP), casting("screen", Screen, HALL)
    theo.ear.expect("422")
    theo.signs_in()
    theo.opens_the_lecture(made["lecture"])
    screen.opens()
    code = screen.code
    theo.types_the_code("000000")
    theo.sees("No screen shows this code now")
    theo.loads_it_again()
    backstage.cue("codes_run_out")
    theo.types_the_code(code)
    theo.sees("No screen shows this code now")
    expect(screen.page.locator(".display__code")).not_to_have_text(code)  # a new one by itself
    mallorys = casting("mallory", Screen, HALL)
    mallorys.opens()
    theo.types_the_code(mallorys.code)
    assert theo.page.locator(".screen-name").inner_text() != screen.called
    theo.presses("No")
    assert mallorys.page.locator(".display__code").is_visible()


def test_a_small_group_has_no_room_for_one_more(
    casting: Casting, hospital: Hospital, backstage: Backstage
) -> None:
    made = backstage.cue("teach", photographs=[], purpose="one-to-one-teaching")
    theo, screen = casting("theo", Teacher, DESKTOP), casting("screen", Screen, HALL)
    theo.signs_in()
    theo.opens_the_lecture(made["lecture"])
    screen.opens()
    theo.lets_in(screen)
    theo.sees("As many screens are in as this audience has people.")
    assert theo.page.get_by_label("Code on the screen").count() == 0


def test_the_speaker_turns_by_keys_and_by_hand(lecture: Lecture) -> None:
    theo, title = lecture.theo, lecture.screen.page.locator("[data-stage] .slide__title")
    expect(title).to_have_text("Slide 0")
    theo.page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Slide 1")
    theo.page.keyboard.press("PageUp")
    expect(title).to_have_text("Slide 0")
    expect(theo.page.locator("[data-notes]")).to_have_text("Ask them first")
    expect(theo.page.locator("[data-screens]")).not_to_contain_text("No screen")
    theo.presses("Next slide")
    expect(title).to_have_text("Slide 1")
    theo.presses("Blank")
    expect(title).to_be_hidden()
    theo.presses("Blank")
    expect(title).to_be_visible()


def test_every_page_of_a_lecture_is_fit_for_everybody(lecture: Lecture) -> None:
    found = {}
    pages = [
        *("/teaching/decks/", f"/teaching/decks/{lecture.deck}/"),
        *(f"/teaching/decks/{lecture.deck}/plan/", f"/teaching/lectures/{lecture.id}/"),
        f"/teaching/lectures/{lecture.id}/speak/",
    ]
    theo = lecture.theo
    makes_the_deck_longer_than_a_phone_is_wide(theo, lecture.deck)
    for width in (360, 1280):
        theo.page.set_viewport_size({"width": width, "height": 740})
        for path in pages:
            assert theo.goes_to(path) == 200
            theo.page.wait_for_load_state("networkidle")
            wrong = [*grave(theo.page), *too_wide(theo.page), *faint_in_the_dark(theo.page)]
            if width > 1000 and not path.endswith("speak/"):  # where keys turn slides
                wrong += walk(theo.page)
            if wrong:
                found[f"{path} at {width}"] = wrong
    screen = lecture.screen.page
    if wrong := [*grave(screen), *too_wide(screen), *faint_in_the_dark(screen)]:
        found["screen"] = wrong
    assert found == {}


def makes_the_deck_longer_than_a_phone_is_wide(theo: Teacher, deck: str) -> None:
    theo.goes_to(f"/teaching/decks/{deck}/")
    theo.page.locator(".deck__link").nth(1).click()
    for count in range(3, 6):
        theo.presses("Duplicate")
        expect(theo.page.locator(".deck__link")).to_have_count(count + 1)
