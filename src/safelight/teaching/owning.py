"""Whose decks and lectures they are. What is somebody else's looks like what never was."""

from uuid import UUID

from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.teaching.models import Deck, Lecture, Slide
from safelight.vocabulary.roles import AGREEMENT_ROLES


def require_teacher(asker: Asker) -> None:
    """Raises AccessRefusedError for whoever may not teach with pictures, or not now."""
    if asker.role not in AGREEMENT_ROLES or not asker.is_usable:
        raise AccessRefusedError


def own_deck(asker: Asker, deck: UUID, *, lock: bool = False) -> Deck:
    """The asker's own deck; with `lock` held until the open transaction ends."""
    require_teacher(asker)
    rows = Deck.objects.select_for_update() if lock else Deck.objects.all()
    row = rows.filter(id=deck, owner=asker.staff, removed_at=None).first()
    if row is None:
        raise AccessRefusedError
    return row


def own_slide(asker: Asker, deck: UUID, slide: UUID) -> Slide:
    """A slide of the asker's own deck, which is locked until the open transaction ends."""
    row = own_deck(asker, deck, lock=True).slides.filter(id=slide).first()
    if row is None:
        raise AccessRefusedError
    return row


def own_lecture(asker: Asker, lecture: UUID, *, lock: bool = False) -> Lecture:
    """The asker's own lecture, whatever its time."""
    require_teacher(asker)
    rows = Lecture.objects.select_related("deck")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(id=lecture, given_by=asker.staff).first()
    if row is None:
        raise AccessRefusedError
    return row
