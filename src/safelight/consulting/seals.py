"""The sealed words of a question and its thread, and the terms that rows alone cannot change."""

from uuid import UUID

from safelight.consulting.models import ColleagueQuestion, ThreadEntry
from safelight.consulting.rules import Terms, Times
from safelight.engines.envelope import EnvelopeError
from safelight.vault.errors import KeyMissingError
from safelight.vault.fields import SealedFields, patient_fields

_TERMS = "consulting-terms"
_QUESTION = "consulting-question"
_ENTRY = "consulting-entry"


def times_of(row: ColleagueQuestion) -> Times:
    return Times(
        asked_at=row.asked_at,
        ends_at=row.ends_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        revoked_at=row.revoked_at,
    )


def terms_of(row: ColleagueQuestion) -> Terms:
    """What the rows say now."""
    return Terms(
        patient=row.patient_id,
        purpose=row.purpose,
        asked_by=row.asked_by_id,
        colleague=row.colleague_id,
        department=row.department_id,
        asked_at=row.asked_at,
        ends_at=row.ends_at,
        is_over=bool(row.closed_at or row.revoked_at),
        opening_reason=row.opening_reason,
        pictures=pictures_of(row),
    )


def pictures_of(row: ColleagueQuestion) -> tuple[UUID, ...]:
    """In their order; without a query where the caller fetched them for many questions at once."""
    return tuple(item.photograph_id for item in row.pictures.all())


def seal_terms(row: ColleagueQuestion) -> bytes:
    """The terms as they stand. Call it only on a row that `is_unaltered`, or that is new."""
    return patient_fields(row.patient_id).seal(_TERMS, row.id, terms_of(row).to_text())


def is_unaltered(row: ColleagueQuestion, fields: SealedFields | None = None) -> bool:
    """Whether the rows say what was sealed; False when that cannot be found out."""
    try:
        known = fields or patient_fields(row.patient_id)
        sealed = known.unseal(_TERMS, row.id, row.sealed_terms)
    except (EnvelopeError, KeyMissingError):
        return False
    return sealed == terms_of(row).to_text()


def seal_question(patient: UUID, question: UUID, text: str) -> bytes:
    return patient_fields(patient).seal(_QUESTION, question, text)


def question_text(fields: SealedFields, row: ColleagueQuestion) -> str:
    return fields.unseal(_QUESTION, row.id, row.sealed_question)


def seal_entry(entry: ThreadEntry, text: str) -> bytes:
    fields = patient_fields(entry.question.patient_id)
    return fields.seal(_ENTRY, _bound_to(entry), text)


def entry_text(fields: SealedFields, entry: ThreadEntry) -> str:
    return fields.unseal(_ENTRY, _bound_to(entry), entry.sealed_text)


def _bound_to(entry: ThreadEntry) -> UUID:
    """The entry, its thread and who wrote it, so that no row can give it to another."""
    return UUID(int=entry.id.int ^ entry.question_id.int ^ entry.written_by_id.int)
