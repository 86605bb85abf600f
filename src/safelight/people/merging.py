"""Two records turn out to be one person."""

from uuid import UUID

from django.db import transaction

from safelight.audit.services import Entry, record
from safelight.patients.errors import PatientNotFoundError
from safelight.patients.models import Encounter, Patient
from safelight.people.models import CareAssignment
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag


def merge_patients(source: UUID, target: UUID, *, actor: UUID | None) -> None:
    """Say that `source` is the same person as `target`; what arrives for one goes to the other.

    Encounters and assignments move, so that whoever treats the person reaches both records.
    Photographs stay under the record and the key they came with, and are listed with `target`.
    """
    with transaction.atomic():
        whole = set(
            Patient.objects.select_for_update()
            .filter(id__in=[source, target], merged_into=None)
            .values_list("id", flat=True)
        )
        if source == target or whole != {source, target}:
            raise PatientNotFoundError
        _move_encounters(source, target)
        CareAssignment.objects.filter(patient=source).update(patient=target)
        # INVARIANT: merges are flat, so that one look tells where a record is kept.
        Patient.objects.filter(merged_into=source).update(merged_into=target)
        Patient.objects.filter(id=source).update(merged_into=target)
        record(
            Entry(
                tag=EventTag.PATIENT_MERGED,
                actor=actor,
                subject=source,
                details={"into": str(target)},
            )
        )


def _move_encounters(source: UUID, target: UUID) -> None:
    """A place in words is sealed under its patient's key, so it is sealed anew."""
    old, new = patient_fields(source), patient_fields(target)
    for row in Encounter.objects.filter(patient=source):
        if row.sealed_place:
            row.sealed_place = new.seal(
                "place", row.id, old.unseal("place", row.id, row.sealed_place)
            )
        row.patient_id = target
        row.save()
