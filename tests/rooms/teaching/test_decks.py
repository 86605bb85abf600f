"""Decks and lectures as a teacher makes them: words, order, pictures by reference, audiences."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import agreement_to, as_if_signed, signed
from tests.lecturing import deck_with, lecture_on, slides_of
from tests.rooms.release.test_marking import number_in
from tests.taking import take

from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.release.staff_marks import mark_of_staff
from safelight.teaching.errors import LectureRefusedError, NoPictureThereError, SlideRefusedError
from safelight.teaching.models import Deck, Slide
from safelight.teaching.rules import Block, Plan, Words, blocks
from safelight.teaching.selectors.decks import deck_picture, deck_view, decks_of
from safelight.teaching.selectors.lectures import deck_before_audience, lectures_of
from safelight.teaching.services.decks import make_deck, name_deck, remove_deck
from safelight.teaching.services.lectures import end_lecture, plan_lecture
from safelight.teaching.services.slides import (
    add_slide,
    duplicate_slide,
    move_slide,
    refer_to,
    remove_slide,
    take_out,
    write_slide,
)
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def theo(cast: Cast) -> Asker:
    return cast.theo


def test_a_deck_is_its_owners_alone(cast: Cast) -> None:
    deck = deck_with(cast.theo)
    assert [item.id for item in decks_of(cast.theo)] == [deck]
    assert decks_of(cast.alice) == []
    with pytest.raises(AccessRefusedError):
        deck_view(cast.alice, deck)


@pytest.mark.parametrize("who", ["priya", "ada"])
def test_only_teachers_and_clinicians_teach(cast: Cast, who: str) -> None:
    with pytest.raises(AccessRefusedError):
        make_deck(getattr(cast, who), "Wounds", Purpose.LECTURE)


def test_nothing_that_was_written_stands_in_clear(theo: Asker) -> None:
    deck = deck_with(theo, ())
    kept = repr([*Deck.objects.values(), *Slide.objects.values()])
    assert "wounds" not in kept
    assert "Ask them" not in kept
    slide = deck_view(theo, deck).slides[1]
    assert slide.words == Words("Slide 0", "What to see", "Ask them first")


def test_slides_are_moved_doubled_and_removed(cast: Cast, theo: Asker) -> None:
    picture = take(cast.alice, cast.petra)
    deck = deck_with(theo, (picture,), ())
    first, second, third = slides_of(deck)
    move_slide(theo, deck, third, -2)
    assert slides_of(deck) == [third, first, second]
    move_slide(theo, deck, third, 99)
    assert slides_of(deck) == [first, second, third]
    twin = duplicate_slide(theo, deck, second)
    assert slides_of(deck) == [first, second, twin, third]
    doubled = deck_view(theo, deck).slides[2]
    assert [(item.photograph, item.caption) for item in doubled.pictures] == [(picture, "Day 14")]
    remove_slide(theo, deck, second)
    assert slides_of(deck) == [first, twin, third]
    assert add_slide(theo, deck, after=first) == slides_of(deck)[1]


def test_a_slide_is_written_with_its_captions(cast: Cast, theo: Asker) -> None:
    deck = deck_with(theo, (take(cast.alice, cast.petra),))
    slide = deck_view(theo, deck).slides[1]
    write_slide(theo, deck, slide.id, Words("New", "", ""), {slide.pictures[0].id: " Day  42 "})
    written = deck_view(theo, deck).slides[1]
    assert (written.words.title, written.pictures[0].caption) == ("New", "Day 42")
    take_out(theo, deck, slide.id, slide.pictures[0].id)
    assert deck_view(theo, deck).slides[1].pictures == ()


def test_every_change_is_counted_so_that_screens_learn_of_it(theo: Asker) -> None:
    deck = deck_with(theo, ())
    before = deck_view(theo, deck).version
    write_slide(theo, deck, slides_of(deck)[0], Words("Other"))
    assert deck_view(theo, deck).version == before + 1


def too_many_pictures(cast: Cast, deck: UUID) -> None:
    for _ in range(5):
        refer_to(cast.theo, deck, slides_of(deck)[0], take(cast.alice, cast.petra))


def the_same_twice(cast: Cast, deck: UUID) -> None:
    picture = take(cast.alice, cast.petra)
    for _ in range(2):
        refer_to(cast.theo, deck, slides_of(deck)[0], picture)


def too_long(cast: Cast, deck: UUID) -> None:
    write_slide(cast.theo, deck, slides_of(deck)[0], Words("x" * 121))


def no_slide_left(cast: Cast, deck: UUID) -> None:
    remove_slide(cast.theo, deck, slides_of(deck)[0])


def no_title(cast: Cast, deck: UUID) -> None:
    name_deck(cast.theo, deck, "  ", Purpose.LECTURE)


@pytest.mark.parametrize(
    "does", [too_many_pictures, the_same_twice, too_long, no_slide_left, no_title]
)
def test_what_no_slide_can_be_is_refused(cast: Cast, does: Callable[[Cast, UUID], None]) -> None:
    deck = deck_with(cast.theo)
    with pytest.raises(SlideRefusedError):
        does(cast, deck)


def test_a_picture_that_never_was_is_not_referred_to(theo: Asker) -> None:
    deck = deck_with(theo)
    with pytest.raises(NoPictureThereError):
        refer_to(theo, deck, slides_of(deck)[0], uuid4())


def test_a_blocked_picture_says_why_and_whom_to_ask(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    theirs = deck_view(cast.theo, deck_with(cast.theo, (picture,))).slides[1].pictures[0]
    assert theirs.allowed.sentence == "No agreement of the patient permits this use."
    assert (theirs.patient, theirs.ask) == (None, "Alice clinician")
    own = deck_view(cast.alice, deck_with(cast.alice, (picture,))).slides[1].pictures[0]
    assert own.allowed.can_be_asked
    assert own.patient == cast.petra


def test_the_audience_of_the_lecture_decides_and_not_that_of_the_deck(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    deck = deck_with(cast.theo, (picture,))
    assert deck_view(cast.theo, deck).blocked == 0
    conference = lecture_on(cast.theo, deck, purpose=Purpose.CONFERENCE)
    assert deck_before_audience(cast.theo, conference).blocked == 1


def test_a_lecture_next_month_is_measured_by_next_month(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    today = timezone.now().date()
    agreement = agreement_to(visit, Purpose.LECTURE)
    as_if_signed(agreement, ends_on=today + timedelta(days=10))
    deck = deck_with(cast.theo, (picture,))
    soon = lecture_on(cast.theo, deck, begins=timedelta(days=3))
    later = lecture_on(cast.theo, deck, begins=timedelta(days=30))
    assert deck_before_audience(cast.theo, soon).blocked == 0
    assert deck_before_audience(cast.theo, later).blocked == 1


def test_the_teacher_previews_what_the_audience_will_see_and_no_more(cast: Cast) -> None:
    shown, hidden = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [shown], [Purpose.LECTURE])
    deck = deck_with(cast.theo, (shown, hidden))
    for small in (True, False):
        preview = deck_picture(cast.theo, deck, shown, small=small)
        assert number_in(preview) == mark_of_staff(cast.theo.staff).number
    with pytest.raises(AccessRefusedError):
        deck_picture(cast.theo, deck, hidden, small=True)
    with pytest.raises(AccessRefusedError):
        deck_picture(cast.alice, deck, shown, small=True)


def test_a_removed_deck_takes_its_words_and_its_lectures_with_it(theo: Asker) -> None:
    deck = deck_with(theo, ())
    lecture_on(theo, deck)
    remove_deck(theo, deck)
    assert (decks_of(theo), lectures_of(theo)) == ([], [])
    assert not Slide.objects.exists()


HOUR = timedelta(hours=1)
WRONG: list[dict[str, Any]] = [
    {"begins": -2 * HOUR, "lasts": HOUR},
    {"begins": timedelta(0), "lasts": -HOUR},
    {"begins": timedelta(0), "lasts": 5 * HOUR},
    {"begins": timedelta(days=400)},
    {"purpose": Purpose.SMALL_GROUP_TEACHING},
    {"purpose": Purpose.SMALL_GROUP_TEACHING, "people": 13},
    {"purpose": Purpose.RESEARCH},
]


@pytest.mark.parametrize("details", WRONG)
def test_a_lecture_that_cannot_be_is_not_planned(theo: Asker, details: dict[str, Any]) -> None:
    deck = deck_with(theo)
    with pytest.raises(LectureRefusedError):
        lecture_on(theo, deck, **details)


ONE, GROUP = Purpose.ONE_TO_ONE_TEACHING, Purpose.SMALL_GROUP_TEACHING


@pytest.mark.parametrize("first", [ONE, GROUP])
@pytest.mark.parametrize("begins", [HOUR - timedelta(minutes=30), HOUR, HOUR * 1.9])
def test_lessons_side_by_side_are_no_hall(theo: Asker, first: Purpose, begins: timedelta) -> None:
    deck, other = deck_with(theo), deck_with(theo)
    lecture_on(theo, deck, purpose=first, people=4, begins=HOUR)
    with pytest.raises(LectureRefusedError, match="another lesson at that time"):
        lecture_on(theo, other, purpose=ONE, begins=begins)
    assert len(lectures_of(theo)) == 1


@pytest.mark.parametrize("number", [-1, 1])
def test_a_lesson_begins_when_another_ends(theo: Asker, number: int) -> None:
    deck, starts_at = deck_with(theo), timezone.now() + 2 * HOUR
    for begins in (starts_at, starts_at + number * HOUR):
        plan_lecture(theo, deck, Plan(ONE, None, begins, begins + HOUR, "Room 3"))
    assert len(lectures_of(theo)) == 2


def test_a_lesson_that_was_ended_a_hall_and_a_colleagues_lesson_are_in_nobodys_way(
    cast: Cast,
) -> None:
    theo, deck = cast.theo, deck_with(cast.theo)
    end_lecture(theo, lecture_on(theo, deck, purpose=ONE))
    lecture_on(theo, deck)
    lecture_on(cast.alice, deck_with(cast.alice), purpose=ONE)
    lecture_on(theo, deck, purpose=ONE)
    lecture_on(theo, deck)
    assert len(lectures_of(theo)) == 3


def test_a_lecture_has_a_place(theo: Asker) -> None:
    now = timezone.now()
    with pytest.raises(LectureRefusedError):
        plan_lecture(theo, deck_with(theo), Plan(Purpose.LECTURE, None, now, now + HOUR, " "))


def test_dashes_make_a_list_and_empty_lines_a_paragraph() -> None:
    assert blocks("One\ntwo\n\nthree\n- a\n- b\nfour") == [
        Block(is_list=False, lines=("One", "two")),
        Block(is_list=False, lines=("three",)),
        Block(is_list=True, lines=("a", "b")),
        Block(is_list=False, lines=("four",)),
    ]
