"""Decks as a whole: made, renamed, removed."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.teaching.bound import UNBOUND
from safelight.teaching.errors import SlideRefusedError
from safelight.teaching.models import Deck, Lecture, Slide
from safelight.teaching.owning import own_deck, require_teacher
from safelight.teaching.rules import LONGEST_TITLE, Words, people_for
from safelight.teaching.words import Pen
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose


def make_deck(asker: Asker, title: str, purpose: Purpose, people: int | None = None) -> UUID:
    """A deck with one empty slide. Raises SlideRefusedError, LectureRefusedError."""
    require_teacher(asker)
    counted = people_for(purpose, people, current_policy().small_group_people)
    now, pen = timezone.now(), Pen()
    row = Deck(
        owner_id=asker.staff,
        purpose=purpose.value,
        people=counted,
        made_at=now,
        changed_at=now,
    )
    row.sealed_title = pen.seal_title(row.id, checked_title(title))
    slide = Slide(deck=row, place=0)
    slide.sealed_words = pen.seal_words(slide.id, Words(title=checked_title(title)))
    with transaction.atomic():
        row.save(force_insert=True)
        slide.save(force_insert=True)
        tell(EventTag.TEACHING_DECK_MADE, asker, row)
    return row.id


def checked_title(title: str) -> str:
    said = " ".join(title.split())
    if not said or len(said) > LONGEST_TITLE:
        raise SlideRefusedError(f"Give the deck a title of at most {LONGEST_TITLE} letters.")
    return said


def name_deck(
    asker: Asker, deck: UUID, title: str, purpose: Purpose, people: int | None = None
) -> None:
    """Another title, or another audience that it is usually shown to."""
    counted = people_for(purpose, people, current_policy().small_group_people)
    with transaction.atomic():
        row = own_deck(asker, deck, lock=True)
        row.sealed_title = Pen().seal_title(row.id, checked_title(title))
        row.purpose, row.people = purpose.value, counted
        changed(asker, row)


def remove_deck(asker: Asker, deck: UUID) -> None:
    """The slides go, and with them what was written on them; its lectures end."""
    now = timezone.now()
    with transaction.atomic():
        row = own_deck(asker, deck, lock=True)
        Lecture.objects.filter(deck=row, ended_at=None).update(ended_at=now, binding=UNBOUND)
        row.slides.all().delete()
        row.removed_at = row.changed_at = now
        row.version += 1
        row.save()
        tell(EventTag.TEACHING_DECK_REMOVED, asker, row)


def changed(asker: Asker, row: Deck) -> None:
    """Count the change, so that screens learn of it, and write it down; in the open transaction."""
    row.version += 1
    row.changed_at = timezone.now()
    row.save()
    tell(EventTag.TEACHING_DECK_CHANGED, asker, row)


def tell(tag: EventTag, asker: Asker, row: Deck) -> None:
    record(Entry(tag=tag, actor=asker.staff, objects=(row.id,)))
