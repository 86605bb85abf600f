"""May this picture come in at all? Asked once, before the first byte; the row remembers."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from safelight.audit.services import Entry, record, record_durably
from safelight.capture.errors import (
    MalformedPromiseError,
    PromiseConflictError,
    SessionLockedError,
    UploadNotFoundError,
)
from safelight.capture.models import Upload, UploadState
from safelight.capture.rules import Promise, check_consent
from safelight.capture.selectors import promised_sha256
from safelight.consent.selectors.proposals import has_written_taking
from safelight.engines.imaging import Bounds, identify
from safelight.engines.policy import CareFacts, Decision, SessionState, may_capture
from safelight.institution.selectors import current_policy
from safelight.patients.errors import PatientNotFoundError
from safelight.patients.models import Encounter
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker, care_facts
from safelight.photos.services import is_taken_back
from safelight.vault import quarantine
from safelight.vault.fields import patient_fields
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import ConsentToTake
from safelight.vocabulary.purposes import Purpose


def begin(asker: Asker, promise: Promise) -> Upload:
    """The row of this upload: the one that is there, or a new one if the asker may take pictures.

    Who was allowed to begin may finish: a relationship or a break-glass session that ends while a
    picture is on its way does not lose the picture. Raises PatientNotFoundError (also for *not
    allowed*), UploadNotFoundError, PromiseConflictError, SessionLockedError, or what is wrong
    with the promise.
    """
    if asker.session is not SessionState.USABLE:
        raise SessionLockedError
    row = Upload.objects.filter(id=promise.upload).first()
    return _begin_new(asker, promise) if row is None else _go_on(row, asker, promise)


def _go_on(row: Upload, asker: Asker, promise: Promise) -> Upload:
    if row.staff_id != asker.staff or row.patient_id != promise.patient:
        raise UploadNotFoundError
    if row.promised_size != promise.size or promised_sha256(row) != promise.sha256.hex():
        raise PromiseConflictError
    if row.state == UploadState.ABANDONED:
        _begin_again(row)
    return row


def _begin_again(row: Upload) -> None:
    """INVARIANT: what began before the patient took all back keeps its time, and so is taken back."""
    quarantine.begin(row.id)
    row.state = UploadState.RECEIVING
    with transaction.atomic():
        if not is_taken_back(surviving_patient(row.patient_id), row.started_at):
            row.started_at = timezone.now()
        row.save(update_fields=["state", "started_at"])


def _begin_new(asker: Asker, promise: Promise) -> Upload:
    decision, patient = _decide(asker, promise)
    if not decision or patient is None:
        _record_denial(asker, promise, patient, decision)
        raise PatientNotFoundError
    try:
        _check(promise, patient)
    except SafelightError as error:
        _record_refusal(asker, promise, patient, error)
        raise
    return _insert(asker, promise, decision)


def _decide(asker: Asker, promise: Promise) -> tuple[Decision, UUID | None]:
    """The decision, about the record in which the patient is kept now."""
    try:
        patient = surviving_patient(promise.patient)
    except PatientNotFoundError:
        return may_capture(asker.facts, CareFacts(None, None, None)), None
    return may_capture(asker.facts, care_facts(asker, patient)), patient


def _check(promise: Promise, patient: UUID) -> None:
    """What is wrong before a byte was read: an empty file, a large one, no consent, another's visit."""
    if promise.size == 0:
        identify(b"")
    policy = current_policy()
    Bounds(max_bytes=policy.max_bytes).check_bytes(promise.size)
    check_consent(
        promise.details,
        ConsentToTake(policy.consent_to_take),
        has_written=has_written_taking(patient),
    )
    encounter = promise.details.encounter
    owners = {promise.patient, patient}
    if encounter and not Encounter.objects.filter(id=encounter, patient__in=owners).exists():
        raise MalformedPromiseError("This visit is not one of the patient's.")


def _insert(asker: Asker, promise: Promise, decision: Decision) -> Upload:
    """Key first, row second: a row without a key could not receive, a lone key is swept."""
    quarantine.begin(promise.upload)
    details, fields = promise.details, patient_fields(promise.patient)
    row = Upload(
        id=promise.upload,
        staff_id=asker.staff,
        patient_id=promise.patient,
        encounter_id=details.encounter,
        promised_size=promise.size,
        sealed_promise=fields.seal("promise", promise.upload, promise.sha256.hex()),
        source=details.source.value,
        sensitivity=details.sensitivity.value,
        consent_to_take=details.consent_to_take.value,
        purpose=_purpose(decision),
        taken_at=details.taken_at,
        started_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            if details.emergency_reason:
                _record_emergency(asker, promise, row.purpose)
    except IntegrityError:  # another connection began the same upload at the same moment
        return _go_on(Upload.objects.get(id=promise.upload), asker, promise)
    return row


def _record_emergency(asker: Asker, promise: Promise, purpose: str) -> None:
    """The upload stands in the photograph's row, and so leads from the picture to this reason."""
    record(
        Entry(
            tag=EventTag.CAPTURE_EMERGENCY_STATED,
            actor=asker.staff,
            subject=promise.patient,
            purpose=purpose,
            objects=(promise.upload,),
            details={"reason": promise.details.emergency_reason},
        )
    )


def _purpose(decision: Decision) -> str:
    return decision.act_reason(Purpose.TREATMENT) or Purpose.TREATMENT.value


def _record_denial(
    asker: Asker, promise: Promise, patient: UUID | None, decision: Decision
) -> None:
    record_durably(
        Entry(
            tag=EventTag.CAPTURE_UPLOAD_REFUSED,
            actor=asker.staff,
            subject=patient,
            purpose=Purpose.TREATMENT.act_reason or "",
            outcome=Outcome.DENIED,
            objects=(promise.upload,),
            details={"reasons": [reason.value for reason in decision.reasons]},
        )
    )


def _record_refusal(asker: Asker, promise: Promise, patient: UUID, error: SafelightError) -> None:
    record_durably(
        Entry(
            tag=EventTag.CAPTURE_UPLOAD_REFUSED,
            actor=asker.staff,
            subject=patient,
            purpose=Purpose.TREATMENT.act_reason or "",
            outcome=Outcome.FAILED,
            objects=(promise.upload,),
            details={"code": error.code},
        )
    )
