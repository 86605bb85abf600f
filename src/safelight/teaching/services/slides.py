"""Slides: written, put in order, given pictures by reference."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.release.errors import AccessRefusedError
from safelight.teaching.errors import NoPictureThereError, SlideRefusedError
from safelight.teaching.models import Deck, Slide, SlidePicture
from safelight.teaching.owning import own_deck, own_slide
from safelight.teaching.rules import (
    LONGEST_CAPTION,
    MOST_PICTURES,
    MOST_SLIDES,
    SHORTEST_REASON,
    Words,
    moved,
)
from safelight.teaching.services.decks import changed
from safelight.teaching.words import Pen


def add_slide(
    asker: Asker, deck: UUID, words: Words | None = None, *, after: UUID | None = None
) -> UUID:
    """A new slide behind `after`, or at the end."""
    with transaction.atomic():
        row = own_deck(asker, deck, lock=True)
        slide = _new_slide(row, (words or Words()).checked(), Pen())
        order = _order(row)
        order.insert(order.index(after) + 1 if after in order else len(order), slide.id)
        slide.save(force_insert=True)
        _put_in_order(order)
        changed(asker, row)
    return slide.id


def _new_slide(deck: Deck, words: Words, pen: Pen) -> Slide:
    if deck.slides.count() >= MOST_SLIDES:
        raise SlideRefusedError(f"A deck has at most {MOST_SLIDES} slides.")
    slide = Slide(deck=deck, place=MOST_SLIDES)
    slide.sealed_words = pen.seal_words(slide.id, words)
    return slide


def _order(deck: Deck) -> list[UUID]:
    return list(deck.slides.order_by("place", "id").values_list("id", flat=True))


def _put_in_order(order: list[UUID]) -> None:
    for place, slide in enumerate(order):
        Slide.objects.filter(id=slide).exclude(place=place).update(place=place)


def write_slide(
    asker: Asker,
    deck: UUID,
    slide: UUID,
    words: Words,
    captions: Mapping[UUID, str] | None = None,
) -> None:
    """What stands on it, and under each of its pictures. Raises SlideRefusedError."""
    pen, told = Pen(), words.checked()
    with transaction.atomic():
        row = own_slide(asker, deck, slide)
        row.sealed_words = pen.seal_words(row.id, told)
        row.save(update_fields=["sealed_words"])
        for picture in row.pictures.filter(id__in=list(captions or ())):
            said = _checked_caption((captions or {})[picture.id])
            picture.sealed_caption = pen.seal_caption(picture.id, said)
            picture.save(update_fields=["sealed_caption"])
        changed(asker, row.deck)


def _checked_caption(caption: str) -> str:
    said = " ".join(caption.split())
    if len(said) > LONGEST_CAPTION:
        raise SlideRefusedError(f"A caption has at most {LONGEST_CAPTION} letters.")
    return said


def move_slide(asker: Asker, deck: UUID, slide: UUID, by: int) -> None:
    """So many places on, or back where `by` is below nought."""
    with transaction.atomic():
        row = own_slide(asker, deck, slide)
        order = _order(row.deck)
        _put_in_order(moved(order, order.index(slide), by))
        changed(asker, row.deck)


def duplicate_slide(asker: Asker, deck: UUID, slide: UUID) -> UUID:
    """The same slide once more, right behind it; a picture is referred to twice, not copied."""
    pen = Pen()
    with transaction.atomic():
        row = own_slide(asker, deck, slide)
        twin = _new_slide(row.deck, pen.words(row), pen)
        order = _order(row.deck)
        twin.save(force_insert=True)
        for item in row.pictures.all():
            copy = _refer(twin, item.photograph_id, item.place, pen.caption(item), pen)
            _state(copy, pen.reason(item), pen)
        order.insert(order.index(slide) + 1, twin.id)
        _put_in_order(order)
        changed(asker, row.deck)
    return twin.id


def remove_slide(asker: Asker, deck: UUID, slide: UUID) -> None:
    """A deck keeps one slide at least."""
    with transaction.atomic():
        row = own_slide(asker, deck, slide)
        if row.deck.slides.count() == 1:
            raise SlideRefusedError("A deck has at least one slide.")
        parent = row.deck
        row.delete()
        _put_in_order(_order(parent))
        changed(asker, parent)


def refer_to(asker: Asker, deck: UUID, slide: UUID, photograph: UUID, caption: str = "") -> UUID:
    """Put a picture in by reference; whether it may be shown is asked at each look.

    Raises NoPictureThereError, SlideRefusedError.
    """
    pen = Pen()
    with transaction.atomic():
        row = own_slide(asker, deck, slide)
        if not Photograph.objects.filter(id=photograph).exists():
            raise NoPictureThereError
        there = list(row.pictures.values_list("photograph", flat=True))
        if photograph in there:
            raise SlideRefusedError("This picture is on the slide already.")
        if len(there) >= MOST_PICTURES:
            raise SlideRefusedError(f"A slide has at most {MOST_PICTURES} pictures.")
        made = _refer(row, photograph, len(there), _checked_caption(caption), pen)
        changed(asker, row.deck)
    return made.id


def _refer(slide: Slide, photograph: UUID, place: int, caption: str, pen: Pen) -> SlidePicture:
    row = SlidePicture(slide=slide, photograph_id=photograph, place=place)
    row.sealed_caption = pen.seal_caption(row.id, caption)
    row.save(force_insert=True)
    return row


def take_out(asker: Asker, deck: UUID, slide: UUID, picture: UUID) -> None:
    """The reference goes; the picture stays where it is kept."""
    with transaction.atomic():
        row = own_slide(asker, deck, slide)
        row.pictures.filter(id=picture).delete()
        for place, item in enumerate(row.pictures.order_by("place", "id")):
            SlidePicture.objects.filter(id=item.id).update(place=place)
        changed(asker, row.deck)


def state_why(asker: Asker, deck: UUID, slide: UUID, picture: UUID, reason: str) -> None:
    """Why an intimate or forensic picture is taught with, in the teacher's own words.

    Raises SlideRefusedError for no reason worth the name.
    """
    said = " ".join(reason.split())
    if not SHORTEST_REASON <= len(said) <= LONGEST_CAPTION:
        raise SlideRefusedError("Write one sentence: why this picture, and for whom.")
    with transaction.atomic():
        row = own_slide(asker, deck, slide)
        item = row.pictures.filter(id=picture).first()
        if item is None:
            raise AccessRefusedError
        _state(item, said, Pen())
        changed(asker, row.deck)


def _state(item: SlidePicture, reason: str, pen: Pen) -> None:
    if reason:
        item.sealed_reason = pen.seal_reason(item, reason)
        item.save(update_fields=["sealed_reason"])
