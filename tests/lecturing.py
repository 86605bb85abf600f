"""Decks, lectures and screens, by the real verbs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from safelight.people.asker import Asker
from safelight.teaching.bound import lecture_binding
from safelight.teaching.models import Lecture, Slide
from safelight.teaching.rules import Plan, Words
from safelight.teaching.services.decks import make_deck
from safelight.teaching.services.lectures import plan_lecture
from safelight.teaching.services.screens import OpenedScreen, find_screen, let_in, open_screen
from safelight.teaching.services.slides import add_slide, refer_to
from safelight.vocabulary.purposes import Purpose

PLACE = "Hall 2"


def deck_with(asker: Asker, *slides: tuple[UUID, ...], purpose: Purpose = Purpose.LECTURE) -> UUID:
    """A deck with one slide for each of these lists of pictures, behind its first."""
    people = 4 if purpose is Purpose.SMALL_GROUP_TEACHING else None
    deck = make_deck(asker, "How wounds heal", purpose, people)
    for number, pictures in enumerate(slides):
        slide = add_slide(asker, deck, Words(f"Slide {number}", "What to see", "Ask them first"))
        for picture in pictures:
            refer_to(asker, deck, slide, picture, "Day 14")
    return deck


def slides_of(deck: UUID) -> list[UUID]:
    return list(Slide.objects.filter(deck=deck).order_by("place").values_list("id", flat=True))


def lecture_on(
    asker: Asker,
    deck: UUID,
    *,
    purpose: Purpose = Purpose.LECTURE,
    people: int | None = None,
    begins: timedelta = timedelta(minutes=-5),
    lasts: timedelta = timedelta(hours=1),
) -> UUID:
    starts_at = timezone.now() + begins
    plan = Plan(purpose, people, starts_at, starts_at + lasts, PLACE)
    return plan_lecture(asker, deck, plan)


def shows(lecture: UUID, slide: UUID) -> None:
    """The lecture is at this slide, whoever turned to it."""
    Lecture.objects.filter(id=lecture).update(slide=slide)


def at_time(lecture: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """The lecture as if it had been planned for then."""
    row = Lecture.objects.get(id=lecture)
    row.starts_at, row.ends_at = starts_at, ends_at
    row.binding = lecture_binding(row)
    row.save(update_fields=["starts_at", "ends_at", "binding"])


@dataclass(frozen=True)
class PairedScreen:
    id: UUID
    cookie: str


def paired_screen(asker: Asker, lecture: UUID) -> PairedScreen:
    """A screen that was opened, compared and let in."""
    opened: OpenedScreen = open_screen()
    found = find_screen(asker, lecture, opened.code)
    assert found.name == opened.name
    let_in(asker, lecture, found.id, opened.code)
    return PairedScreen(found.id, opened.secret)
