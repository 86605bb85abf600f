"""Letting a screen in: by a short code that runs out, and a name that is compared."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.lecturing import deck_with, lecture_on, paired_screen

from safelight.audit.models import Event
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.teaching.errors import LectureOverError, ScreensFullError, ScreenUnknownError
from safelight.teaching.models import Screen
from safelight.teaching.selectors.lectures import speaker_now
from safelight.teaching.services.lectures import end_lecture
from safelight.teaching.services.screens import find_screen, let_in, open_screen, send_away
from safelight.teaching.showing import ScreenState, lease_for
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def theo(cast: Cast) -> Asker:
    return cast.theo


@pytest.fixture
def lecture(theo: Asker) -> UUID:
    return lecture_on(theo, deck_with(theo))


def test_a_screen_is_let_in_by_its_code_and_is_named(theo: Asker, lecture: UUID) -> None:
    screen = paired_screen(theo, lecture)
    assert lease_for(screen.cookie).state is ScreenState.SHOWING
    listed = speaker_now(theo, lecture).screens
    assert [(item.id, item.is_there) for item in listed] == [(screen.id, True)]


def test_only_hashes_of_cookie_and_code_are_kept() -> None:
    opened = open_screen()
    row = Screen.objects.values().get()
    kept = repr(row)
    assert opened.secret not in kept
    assert opened.code not in kept


@pytest.mark.parametrize("typed", ["{}{}", " {}-{} ", "{} {}"])
def test_the_code_may_be_typed_as_people_type(theo: Asker, lecture: UUID, typed: str) -> None:
    opened = open_screen()
    code = typed.format(opened.code[:3], opened.code[3:]).lower()
    assert find_screen(theo, lecture, code).name == opened.name


def test_finding_a_screen_lets_nothing_in(theo: Asker, lecture: UUID) -> None:
    opened = open_screen()
    find_screen(theo, lecture, opened.code)
    assert lease_for(opened.secret).state is ScreenState.WAITING


@pytest.mark.parametrize("typed", ["", "AAAAAA", "A", "é€", "0" * 400])
def test_a_wrong_code_finds_nothing_and_is_written_down(
    theo: Asker, lecture: UUID, typed: str
) -> None:
    open_screen()
    with pytest.raises(ScreenUnknownError):
        find_screen(theo, lecture, typed)
    event = Event.objects.get(tag=EventTag.TEACHING_SCREEN_REFUSED)
    assert (event.actor, event.outcome) == (theo.staff, "denied")


def test_a_code_runs_out(theo: Asker, lecture: UUID) -> None:
    opened = open_screen()
    Screen.objects.update(code_ends_at=timezone.now())
    with pytest.raises(ScreenUnknownError):
        find_screen(theo, lecture, opened.code)
    assert lease_for(opened.secret).state is ScreenState.UNKNOWN


def test_a_code_works_once(theo: Asker, lecture: UUID) -> None:
    opened = open_screen()
    found = find_screen(theo, lecture, opened.code)
    let_in(theo, lecture, found.id, opened.code)
    with pytest.raises(ScreenUnknownError):
        find_screen(theo, lecture, opened.code)
    with pytest.raises(ScreenUnknownError):
        let_in(theo, lecture, found.id, opened.code)


def test_a_screen_is_not_let_in_with_the_code_of_another(theo: Asker, lecture: UUID) -> None:
    mallorys, theirs = open_screen(), open_screen()
    found = find_screen(theo, lecture, mallorys.code)
    with pytest.raises(ScreenUnknownError):
        let_in(theo, lecture, found.id, theirs.code)
    with pytest.raises(ScreenUnknownError):
        let_in(theo, lecture, uuid4(), theirs.code)


def test_nobody_lets_a_screen_into_somebody_elses_lecture(cast: Cast, lecture: UUID) -> None:
    opened = open_screen()
    with pytest.raises(AccessRefusedError):
        find_screen(cast.alice, lecture, opened.code)


def test_a_lecture_that_is_over_takes_nobody_in(theo: Asker, lecture: UUID) -> None:
    end_lecture(theo, lecture)
    with pytest.raises(LectureOverError):
        find_screen(theo, lecture, open_screen().code)


@pytest.mark.parametrize(
    ("purpose", "people", "most"),
    [(Purpose.ONE_TO_ONE_TEACHING, None, 1), (Purpose.SMALL_GROUP_TEACHING, 3, 3)],
)
def test_each_screen_takes_the_place_of_a_learner(
    theo: Asker, purpose: Purpose, people: int | None, most: int
) -> None:
    lecture = lecture_on(theo, deck_with(theo), purpose=purpose, people=people)
    for _ in range(most):
        paired_screen(theo, lecture)
    assert speaker_now(theo, lecture).places_left == 0
    with pytest.raises(ScreensFullError):
        find_screen(theo, lecture, open_screen().code)


def test_a_screen_that_saw_nothing_gives_its_place_back(theo: Asker) -> None:
    lecture = lecture_on(theo, deck_with(theo), purpose=Purpose.ONE_TO_ONE_TEACHING)
    send_away(theo, lecture, paired_screen(theo, lecture).id)
    paired_screen(theo, lecture)


def test_a_screen_that_saw_a_picture_was_a_viewer_and_stays_one(theo: Asker) -> None:
    lecture = lecture_on(theo, deck_with(theo), purpose=Purpose.ONE_TO_ONE_TEACHING)
    screen = paired_screen(theo, lecture)
    Screen.objects.filter(id=screen.id).update(shown_at=timezone.now())
    send_away(theo, lecture, screen.id)
    with pytest.raises(ScreensFullError):
        find_screen(theo, lecture, open_screen().code)


def test_screens_that_nobody_wanted_are_forgotten() -> None:
    open_screen()
    Screen.objects.update(code_ends_at=timezone.now() - timedelta(minutes=6))
    open_screen()
    assert Screen.objects.count() == 1


def test_a_screen_that_fell_silent_is_told_as_lost(theo: Asker, lecture: UUID) -> None:
    screen = paired_screen(theo, lecture)
    Screen.objects.update(last_seen_at=timezone.now() - timedelta(minutes=1))
    assert [(item.id, item.is_there) for item in speaker_now(theo, lecture).screens] == [
        (screen.id, False)
    ]
