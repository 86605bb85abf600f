"""The end of a question: closed with its answer, taken back, or moved further away."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.consulting.errors import QuestionOverError
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.rules import days_left, end_after, state_at
from safelight.consulting.seals import seal_terms, times_of
from safelight.consulting.services.thread import note
from safelight.consulting.standing import locked, treated_question
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.vocabulary.events import EventTag


def close_question(asker: Asker, question: UUID) -> None:
    """It was answered, or needs no answer any more. Raises AccessRefusedError, QuestionOverError."""
    _end(asker, question, EventTag.CONSULTING_QUESTION_CLOSED, "closed_at")


def revoke_question(asker: Asker, question: UUID) -> None:
    """It should not have been asked. Raises AccessRefusedError, QuestionOverError."""
    _end(asker, question, EventTag.CONSULTING_QUESTION_REVOKED, "revoked_at")


def _end(asker: Asker, question: UUID, tag: EventTag, moment: str) -> None:
    """An end only narrows: whoever asked may, also when they treat the patient no more."""
    if not _is_own(asker, question):
        treated_question(asker, question)
    with transaction.atomic():
        row = locked(question)
        if row.closed_at or row.revoked_at:
            raise QuestionOverError
        setattr(row, moment, timezone.now())
        row.ended_by_id = asker.staff
        row.sealed_terms = seal_terms(row)
        row.save(update_fields=[moment, "ended_by", "sealed_terms"])
        note(tag, row, asker)


def _is_own(asker: Asker, question: UUID) -> bool:
    rows = ColleagueQuestion.objects.filter(id=question, asked_by=asker.staff)
    return asker.is_usable and asker.is_clinical and rows.exists()


def usual_days(asked_at: datetime, now: datetime) -> int:
    """For how many days from now a question is opened unless somebody says otherwise; 0 for none."""
    policy = current_policy()
    return min(policy.share_days, days_left(asked_at, now, policy.longest_share_days))


def extend_question(asker: Asker, question: UUID, days: int | None = None) -> None:
    """Open for so many days from now, None for as many as usual.

    Also when its time is over, but not when it was ended; and never longer than the institution's
    longest time from when it was asked. Raises AccessRefusedError, QuestionOverError, and
    AskingRefusedError beyond the bounds.
    """
    treated_question(asker, question)
    with transaction.atomic():
        row = locked(question)
        if row.closed_at or row.revoked_at:
            raise QuestionOverError
        now, longest = timezone.now(), current_policy().longest_share_days
        wanted = usual_days(row.asked_at, now) if days is None else days
        ends_at = end_after(row.asked_at, now, wanted, longest)
        row.ends_at = max(ends_at, row.ends_at) if _is_under_way(row) else ends_at
        row.sealed_terms = seal_terms(row)
        row.save(update_fields=["ends_at", "sealed_terms"])
        note(EventTag.CONSULTING_QUESTION_EXTENDED, row, asker)


def _is_under_way(row: ColleagueQuestion) -> bool:
    return state_at(times_of(row), timezone.now()).is_under_way
