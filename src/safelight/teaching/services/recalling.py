"""Withdrawal reaches decks and lectures: screens are dark already; here the references go."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.teaching.models import Deck, Lecture, SlidePicture
from safelight.teaching.permitted import allowed_for
from safelight.teaching.standing import use_of
from safelight.teaching.words import Pen
from safelight.vocabulary.events import EventTag


def decks_reached(photographs: Collection[UUID]) -> list[UUID]:
    """Decks with one of these pictures that their audience may see no more."""
    rows = SlidePicture.objects.filter(
        photograph__in=photographs, taken_back_at=None, slide__deck__removed_at=None
    ).select_related("slide__deck")
    dark = {row.slide.deck_id for row in rows.order_by("id") if not _is_allowed(row)}
    return sorted(dark)


def lectures_reached(photographs: Collection[UUID], at: datetime) -> list[UUID]:
    """Lectures under way or planned whose slides have one of these pictures, dark by now."""
    live = Lecture.objects.filter(
        ended_at=None, ends_at__gt=at, deck__slides__pictures__photograph__in=photographs
    )
    return [row.id for row in live.distinct().order_by("id") if _is_darkened(row, photographs)]


def _is_darkened(lecture: Lecture, photographs: Collection[UUID]) -> bool:
    rows = SlidePicture.objects.filter(slide__deck=lecture.deck_id, photograph__in=photographs)
    use = use_of(lecture.purpose, lecture.people)
    return any(not allowed_for(lecture.id, use, row).is_allowed for row in rows)


def _is_allowed(row: SlidePicture) -> bool:
    deck = row.slide.deck
    return allowed_for(deck.id, use_of(deck.purpose, deck.people), row).is_allowed


def prune_deck(deck: UUID, photographs: Collection[UUID]) -> None:
    """A neutral card where each was: neither caption nor reason stays, and a later yes revives none."""
    with transaction.atomic():
        row = Deck.objects.select_for_update().get(id=deck)
        listed = SlidePicture.objects.filter(
            slide__deck=row, photograph__in=photographs, taken_back_at=None
        ).select_related("slide__deck")
        dark = [item for item in listed if not _is_allowed(item)]
        if not dark:
            return
        _empty(dark)
        Deck.objects.filter(id=deck).update(version=F("version") + 1)
        objects = (deck, *{item.photograph_id for item in dark})
        record(Entry(tag=EventTag.TEACHING_DECK_CHANGED, actor=None, objects=objects))


def _empty(dark: Collection[SlidePicture]) -> None:
    pen = Pen()
    for item in dark:
        item.taken_back_at = timezone.now()
        item.sealed_caption, item.sealed_reason = pen.seal_caption(item.id, ""), b""
        item.save(update_fields=["taken_back_at", "sealed_caption", "sealed_reason"])
