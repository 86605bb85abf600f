"""Recording who a patient is, where they are, and that two records are one person."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from safelight.audit.services import Entry, record
from safelight.patients.models import Encounter, EncounterStatus, Patient, PatientToken
from safelight.patients.rules import Identity, token_words
from safelight.vault.fields import establish_patient_fields, patient_fields
from safelight.vault.institution_keys import search_token
from safelight.vocabulary.events import EventTag


def _identity_data(identity: Identity) -> dict[str, Any]:
    return {
        "family": identity.family,
        "given": identity.given,
        "birth_date": identity.birth_date.isoformat(),
        "sex": identity.sex,
        "identifiers": [
            {"system": item.system, "value": item.value} for item in identity.identifiers
        ],
    }


def register_patient(identity: Identity, *, actor: UUID | None, is_test_data: bool = False) -> UUID:
    """A new patient: key first, then the sealed identity, its tokens and the event at once."""
    patient = uuid4()
    fields = establish_patient_fields(patient)
    with transaction.atomic():
        row = Patient.objects.create(
            id=patient,
            sealed_identity=fields.seal_data("identity", patient, _identity_data(identity)),
            is_test_data=is_test_data,
        )
        tokens = {search_token(kind, word) for kind, word in token_words(identity)}
        PatientToken.objects.bulk_create(PatientToken(token=item, patient=row) for item in tokens)
        record(Entry(tag=EventTag.PATIENT_IDENTITY_RECORDED, actor=actor, subject=patient))
    return patient


def begin_encounter(
    patient: UUID,
    department: UUID,
    *,
    started_at: datetime,
    place: str = "",
    status: EncounterStatus = EncounterStatus.IN_PROGRESS,
    ended_at: datetime | None = None,
    actor: UUID | None = None,
) -> UUID:
    """A stay or visit; while it lasts its department treats the patient."""
    encounter = uuid4()
    sealed_place = patient_fields(patient).seal("place", encounter, place) if place else b""
    with transaction.atomic():
        Encounter.objects.create(
            id=encounter,
            patient_id=patient,
            department_id=department,
            status=status,
            started_at=started_at,
            ended_at=ended_at,
            sealed_place=sealed_place,
        )
        record(
            Entry(
                tag=EventTag.PATIENT_ENCOUNTER_BEGAN,
                actor=actor,
                subject=patient,
                objects=(encounter,),
                details={"department": str(department)},
            )
        )
    return encounter


def end_encounter(encounter: UUID, ended_at: datetime, *, actor: UUID | None = None) -> None:
    """The stay or visit is over; departments keep their relationship as long as policy says."""
    with transaction.atomic():
        rows = Encounter.objects.select_for_update().filter(id=encounter)
        row = rows.filter(status=EncounterStatus.IN_PROGRESS).first()
        if row is None:
            return
        row.status, row.ended_at = EncounterStatus.FINISHED, ended_at
        row.save(update_fields=["status", "ended_at"])
        record(
            Entry(
                tag=EventTag.PATIENT_ENCOUNTER_ENDED,
                actor=actor,
                subject=row.patient_id,
                objects=(encounter,),
            )
        )
