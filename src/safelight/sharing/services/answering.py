"""The recipient answers; whoever asked reads it."""

from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.people.asker import Asker
from safelight.sharing.errors import AnswerRefusedError, ShareOverError
from safelight.sharing.guests import Guest, living_opening
from safelight.sharing.models import ShareAnswer
from safelight.sharing.services.standing import lock_share, record_share, require_share
from safelight.sharing.words import seal_answer
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.events import EventTag

LONGEST_ANSWER: Final = 8000
MOST_ANSWERS: Final = 20


def answer(guest: Guest, text: str) -> UUID:
    """Kept beside the share and never changed; a later thought is another answer.

    Raises AnswerRefusedError for nothing or too much, ShareOverError when the share is over.
    """
    words = text.strip()
    if not words or len(words) > LONGEST_ANSWER:
        raise AnswerRefusedError
    with transaction.atomic():
        share = lock_share(guest.share)
        if living_opening(guest, timezone.now()) is None:
            raise ShareOverError
        if share.answers.count() >= MOST_ANSWERS:
            raise AnswerRefusedError
        row = ShareAnswer(
            id=uuid4(), share=share, opening_id=guest.opening, answered_at=timezone.now()
        )
        try:
            row.sealed_text = seal_answer(row, words)
        except KeyMissingError as error:
            raise ShareOverError from error
        row.save(force_insert=True)
        record_share(EventTag.SHARING_ANSWER_GIVEN, share, guest.opening, row.id)
    return row.id


def note_read(asker: Asker, share: UUID) -> None:
    """The answers are before the eyes of whoever gave the share; a colleague's look leaves them new."""
    require_share(asker, share)
    with transaction.atomic():
        row = lock_share(share)
        if row.given_by_id != asker.staff:
            return
        unread = list(row.answers.filter(read_at=None).values_list("id", flat=True))
        if row.answers.filter(id__in=unread).update(read_at=timezone.now()):
            record_share(EventTag.SHARING_ANSWER_READ, row, asker.staff, *unread)
