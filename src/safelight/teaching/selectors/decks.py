"""Decks as their owner reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from safelight.people.asker import Asker
from safelight.photos.selectors import photograph
from safelight.release.access import can_open_record
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use
from safelight.release.opened import Opened
from safelight.teaching.models import Deck, Slide, SlidePicture
from safelight.teaching.owning import own_deck, require_teacher
from safelight.teaching.permitted import Allowed, allowed_for, preview
from safelight.teaching.rules import Block, Words, blocks
from safelight.teaching.standing import use_of
from safelight.teaching.words import Pen, is_reason_stated
from safelight.vocabulary.errors import SafelightError


@dataclass(frozen=True)
class DeckLine:
    """One deck in the list of them. PHI: the title."""

    id: UUID
    title: str
    use: Use
    slides: int
    changed_at: datetime


@dataclass(frozen=True)
class SlidePictureView:
    """A reference on a slide, and what the gate would say of it. PHI: caption, reason, patient.

    `patient` is given only to whoever may open that patient's record, so that they can ask;
    `ask` names whom everybody else should ask.
    """

    id: UUID
    photograph: UUID
    caption: str
    reason: str
    allowed: Allowed
    patient: UUID | None
    ask: str


@dataclass(frozen=True)
class SlideView:
    """One slide. PHI: all of it."""

    id: UUID
    place: int
    words: Words
    text: tuple[Block, ...]
    pictures: tuple[SlidePictureView, ...]

    @property
    def number(self) -> int:
        return self.place + 1

    @property
    def is_blocked(self) -> bool:
        return any(not item.allowed.is_allowed for item in self.pictures)


@dataclass(frozen=True)
class DeckView:
    """A deck before one audience. PHI: title and slides."""

    id: UUID
    title: str
    use: Use
    version: int
    slides: tuple[SlideView, ...]

    @property
    def blocked(self) -> int:
        """How many slides have a picture that this audience may not see."""
        return sum(slide.is_blocked for slide in self.slides)

    def slide(self, wanted: UUID | None) -> SlideView:
        """The wanted one, or the first."""
        return next((item for item in self.slides if item.id == wanted), self.slides[0])


def decks_of(asker: Asker) -> list[DeckLine]:
    """The asker's decks, the one they worked on last first."""
    require_teacher(asker)
    rows = Deck.objects.filter(owner=asker.staff, removed_at=None)
    rows = rows.annotate(total=Count("slides")).order_by("-changed_at", "id")
    pen = Pen()
    return [
        DeckLine(row.id, pen.title(row), use_of(row.purpose, row.people), row.total, row.changed_at)
        for row in rows
    ]


def deck_view(asker: Asker, deck: UUID) -> DeckView:
    """The asker's deck, before the audience that it is usually shown to."""
    row = own_deck(asker, deck)
    return view_before(asker, row, use_of(row.purpose, row.people))


def view_before(asker: Asker, row: Deck, use: Use, at: datetime | None = None) -> DeckView:
    pen = Pen()
    slides = row.slides.prefetch_related("pictures").order_by("place", "id")
    return DeckView(
        id=row.id,
        title=pen.title(row),
        use=use,
        version=row.version,
        slides=tuple(_slide(asker, slide, use, at, pen) for slide in slides),
    )


def _slide(asker: Asker, row: Slide, use: Use, at: datetime | None, pen: Pen) -> SlideView:
    words = pen.words(row)
    pictures = tuple(_pictures(asker, row, use, at, pen))
    return SlideView(row.id, row.place, words, tuple(blocks(words.text)), pictures)


def _pictures(
    asker: Asker, row: Slide, use: Use, at: datetime | None, pen: Pen
) -> Iterator[SlidePictureView]:
    for item in row.pictures.all():
        allowed = allowed_for(row.deck_id, use, item, at)
        patient, ask = (None, "") if allowed.is_allowed else _whom_to_ask(asker, item.photograph_id)
        yield SlidePictureView(
            id=item.id,
            photograph=item.photograph_id,
            caption=pen.caption(item),
            reason=pen.reason(item),
            allowed=allowed,
            patient=patient,
            ask=ask,
        )


def _whom_to_ask(asker: Asker, wanted: UUID) -> tuple[UUID | None, str]:
    """The patient, for whoever treats them; for anybody else the name of who took the picture."""
    try:
        found = photograph(wanted)
    except SafelightError:
        return None, ""
    if can_open_record(asker, found.patient):
        return found.patient, ""
    return None, found.taken_by_name


def deck_picture(asker: Asker, deck: UUID, wanted: UUID, *, small: bool) -> Opened:
    """A picture of the asker's own deck, as its usual audience would see it.

    Raises as `show_by_reference`.
    """
    row = own_deck(asker, deck)
    item = picture_in(row, wanted)
    return preview(asker, row.id, use_of(row.purpose, row.people), item, small=small)


def picture_in(row: Deck, wanted: UUID) -> SlidePicture:
    found = SlidePicture.objects.filter(slide__deck=row, photograph=wanted)
    item = max(found.order_by("id"), key=_worth, default=None)
    if item is None:
        raise AccessRefusedError
    return item


def _worth(item: SlidePicture) -> tuple[bool, bool]:
    """Of several references: one that stands goes before a card of what was taken back, and one that
    says why it is shown before one that does not.
    """
    return item.taken_back_at is None, is_reason_stated(item)
