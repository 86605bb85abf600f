"""A patient asks, and whoever treats them answers. Both are sealed under the patient's custodian."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from safelight.audit.services import Entry, record
from safelight.consent.errors import ProposalNotFoundError, QuestionRefusedError, VisitOverError
from safelight.consent.models import PatientQuestion
from safelight.consent.services.standing import require_treating
from safelight.consent.visits import Visit, is_alive
from safelight.engines.policy import CareFacts, PatientState, may_capture
from safelight.patients.models import Patient
from safelight.people.asker import Asker
from safelight.people.relationships import relationships
from safelight.vault.fields import SealedFields, fields_of_patients, patient_fields
from safelight.vocabulary.events import EventTag

LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Question:
    """What was asked, and the answer once there is one. PHI."""

    id: UUID
    patient: UUID
    proposal: UUID
    text: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


def ask_question(visit: Visit, text: str) -> UUID:
    """Raises QuestionRefusedError for nothing, or for far too much."""
    words, question = _checked(text), uuid4()
    with transaction.atomic():
        if not is_alive(visit):
            raise VisitOverError
        PatientQuestion.objects.create(
            id=question,
            patient_id=visit.patient,
            proposal_id=visit.proposal,
            sealed_question=patient_fields(visit.patient).seal("question", question, words),
            asked_at=timezone.now(),
        )
        _record(EventTag.CONSENT_QUESTION_ASKED, visit.access, visit.patient, question)
    return question


def answer_question(asker: Asker, question: UUID, text: str) -> None:
    """Answered once; ProposalNotFoundError also for somebody who does not treat the patient."""
    patient = PatientQuestion.objects.filter(id=question).values_list("patient", flat=True).first()
    if patient is None:
        raise ProposalNotFoundError
    require_treating(asker, patient)
    words = _checked(text)
    with transaction.atomic():
        row = PatientQuestion.objects.select_for_update().get(id=question)
        if row.answered_at is not None:
            raise QuestionRefusedError("This question was answered already.")
        row.sealed_answer = patient_fields(row.patient_id).seal("answer", row.id, words)
        row.answered_by_id, row.answered_at = asker.staff, timezone.now()
        row.save(update_fields=["sealed_answer", "answered_by", "answered_at"])
        _record(EventTag.CONSENT_QUESTION_ANSWERED, asker.staff, row.patient_id, question)


def questions_of(visit: Visit) -> list[Question]:
    """What was asked about the visit's own proposal, newest first."""
    rows = PatientQuestion.objects.filter(proposal=visit.proposal)
    return _opened(rows.select_related("answered_by").order_by("-asked_at", "id"))


def open_questions(asker: Asker) -> list[Question]:
    """What patients whom the asker treats are waiting to hear, the longest waiting first."""
    rows = PatientQuestion.objects.filter(answered_at=None).order_by("asked_at", "id")
    listed = list(rows.select_related("answered_by"))
    treated = _treated(asker, {row.patient_id for row in listed})
    return _opened(row for row in listed if row.patient_id in treated)


def _treated(asker: Asker, patients: set[UUID]) -> set[UUID]:
    """Those whom the asker treats now, wherever their records are kept, in two queries."""
    rows = Patient.objects.filter(id__in=patients).values_list("id", "merged_into")
    current = {patient: merged or patient for patient, merged in rows}
    found = relationships(asker.staff, current.values())
    return {
        patient
        for patient, kept in current.items()
        if may_capture(
            asker.facts, CareFacts(found.get(kept), break_glass=False, patient=PatientState.CURRENT)
        )
    }


def _checked(text: str) -> str:
    words = text.strip()
    if not words:
        raise QuestionRefusedError
    if len(words) > LONGEST_TEXT:
        raise QuestionRefusedError(
            gettext_noop("That is too long. Please write less, or call the number.")
        )
    return words


def _opened(rows: Iterable[PatientQuestion]) -> list[Question]:
    listed = list(rows)
    fields = fields_of_patients({row.patient_id for row in listed})
    return [_question(row, fields[row.patient_id]) for row in listed if row.patient_id in fields]


def _question(row: PatientQuestion, fields: SealedFields) -> Question:
    sealed = bytes(row.sealed_answer)
    return Question(
        id=row.id,
        patient=row.patient_id,
        proposal=row.proposal_id,
        text=fields.unseal("question", row.id, row.sealed_question),
        asked_at=row.asked_at,
        answer=fields.unseal("answer", row.id, sealed) if sealed else "",
        answered_by=row.answered_by.display_name if row.answered_by else "",
        answered_at=row.answered_at,
    )


def _record(tag: EventTag, actor: UUID, patient: UUID, question: UUID) -> None:
    record(Entry(tag=tag, actor=actor, subject=patient, objects=(question,)))
