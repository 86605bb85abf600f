"""Pictures that leave the record take the questions about them along.

INVARIANT: an end reaches every question. One that somebody altered shows nothing already; it is ended
as well, and so keeps no withdrawal and no restore from theirs.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.seals import is_unaltered, pictures_of, seal_terms
from safelight.vocabulary.events import EventTag


def questions_reached(photographs: Collection[UUID], at: datetime) -> list[UUID]:
    """Questions that showed one of these pictures to a colleague when it was taken back."""
    rows = ColleagueQuestion.objects.filter(
        pictures__photograph__in=photographs, closed_at=None, revoked_at=None, ends_at__gt=at
    )
    return list(rows.distinct().values_list("id", flat=True))


def take_back_question(question: UUID, photographs: Collection[UUID]) -> None:
    """Revoked where no picture is left; else it goes on about the others."""
    with transaction.atomic():
        row = _held(question)
        if not (row.closed_at or row.revoked_at) and set(pictures_of(row)) <= set(photographs):
            _revoke(row)


def end_every_question() -> int:
    """After a restore of an older record, where some were ended since; how many were open.

    What was asked and answered stays; who still needs an answer asks anew.
    """
    rows = ColleagueQuestion.objects.filter(closed_at=None, revoked_at=None)
    found = list(rows.filter(ends_at__gt=timezone.now()).values_list("id", flat=True))
    for question in found:
        with transaction.atomic():
            _revoke(_held(question))
    return len(found)


def _held(question: UUID) -> ColleagueQuestion:
    """The row, nobody else's until the open transaction ends, whatever stands in it."""
    return ColleagueQuestion.objects.select_for_update().get(id=question)


def _revoke(row: ColleagueQuestion) -> None:
    is_whole = is_unaltered(row)
    row.revoked_at = timezone.now()
    if is_whole:  # INVARIANT: a row that somebody altered is not sealed anew
        row.sealed_terms = seal_terms(row)
    row.save(update_fields=["revoked_at", "sealed_terms"])
    record(
        Entry(
            tag=EventTag.CONSULTING_QUESTION_REVOKED,
            actor=None,
            subject=row.patient_id,
            objects=(row.id,),
        )
    )
