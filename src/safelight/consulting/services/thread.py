"""Taking a question on, answering it, and going on: what both sides write."""

from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consulting.errors import QuestionOverError, QuestionTakenError
from safelight.consulting.models import ColleagueQuestion, ThreadEntry
from safelight.consulting.rules import state_at, written
from safelight.consulting.seals import seal_entry, seal_terms, times_of
from safelight.consulting.standing import asked_question, locked, treated_question
from safelight.people.asker import Asker
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose


def take_question(asker: Asker, question: UUID) -> None:
    """One of a department takes it; from then on it is theirs alone. Taking twice is no error.

    Raises AccessRefusedError, QuestionOverError, QuestionTakenError.
    """
    asked_question(asker, question)
    with transaction.atomic():
        row = locked(question)
        _require_under_way(row)
        if row.colleague_id == asker.staff:
            return
        if row.colleague_id is not None:
            raise QuestionTakenError
        row.colleague_id, row.taken_at = asker.staff, timezone.now()
        row.sealed_terms = seal_terms(row)
        row.save(update_fields=["colleague", "taken_at", "sealed_terms"])
        note(EventTag.CONSULTING_QUESTION_TAKEN, row, asker)


def answer(asker: Asker, question: UUID, text: str) -> None:
    """The colleague who was asked writes.

    Raises AccessRefusedError, QuestionOverError, NothingWrittenError, TooMuchWrittenError; and
    QuestionTakenError for a question that somebody of the department has to take first, or took.
    """
    asked_question(asker, question)
    words = written(text)
    with transaction.atomic():
        row = locked(question)
        _require_under_way(row)
        if row.colleague_id != asker.staff:
            raise QuestionTakenError
        row.answered_at = timezone.now()
        row.save(update_fields=["answered_at"])
        _write(row, asker, words)
        note(EventTag.CONSULTING_QUESTION_ANSWERED, row, asker)


def go_on(asker: Asker, question: UUID, text: str) -> None:
    """Somebody who treats the patient writes after the question; the colleague's turn again.

    Raises as `answer`, but no QuestionTakenError.
    """
    treated_question(asker, question)
    words = written(text)
    with transaction.atomic():
        row = locked(question)
        _require_under_way(row)
        row.answered_at = None
        row.save(update_fields=["answered_at"])
        _write(row, asker, words)
        note(EventTag.CONSULTING_QUESTION_CONTINUED, row, asker)


def _require_under_way(row: ColleagueQuestion) -> None:
    if not state_at(times_of(row), timezone.now()).is_under_way:
        raise QuestionOverError


def _write(row: ColleagueQuestion, asker: Asker, words: str) -> None:
    entry = ThreadEntry(
        id=uuid4(), question=row, written_by_id=asker.staff, written_at=timezone.now()
    )
    entry.sealed_text = seal_entry(entry, words)
    entry.save(force_insert=True)


def note(tag: EventTag, row: ColleagueQuestion, asker: Asker) -> None:
    """The event, in the open transaction."""
    purpose = Purpose(row.purpose)
    record(
        Entry(
            tag=tag,
            actor=asker.staff,
            subject=row.patient_id,
            purpose=purpose.act_reason or purpose.value,
            objects=(row.id,),
        )
    )
