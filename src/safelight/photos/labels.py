"""Labelling: what a picture shows, said by somebody who was there."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, write
from safelight.patients.models import Encounter
from safelight.patients.selectors import surviving_patient
from safelight.photos.errors import LabelRefusedError
from safelight.photos.models import Photograph
from safelight.photos.rules import Label
from safelight.vault.fields import fields_of_patients
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState


def label_photographs(staff: UUID, photographs: Sequence[UUID], label: Label) -> int:
    """Give each picture this label; all of them or none. How many were labelled.

    Every picture gets an event of its own under its own patient.
    """
    with transaction.atomic():
        rows = list(
            Photograph.objects.select_for_update()
            .filter(id__in=photographs, state=PhotographState.VERIFIED.value)
            .order_by("id")
        )
        if not rows or len(rows) != len(set(photographs)):
            raise LabelRefusedError(
                "Some of these pictures cannot be labelled any more; reload the page."
            )
        _refuse_foreign_encounter(rows, label.encounter)
        _apply(rows, label, staff)
        write([_entry(row, staff, label) for row in rows])
    return len(rows)


def _refuse_foreign_encounter(rows: Sequence[Photograph], encounter: UUID | None) -> None:
    if encounter is None:
        return
    patients = {surviving_patient(row.patient_id) for row in rows}
    owner = Encounter.objects.filter(id=encounter).values_list("patient", flat=True).first()
    if patients != {owner}:
        raise LabelRefusedError("This visit belongs to another patient.")


def _apply(rows: Sequence[Photograph], label: Label, staff: UUID) -> None:
    fields = fields_of_patients({row.patient_id for row in rows})
    text = label.description.strip()
    for row in rows:
        row.body_site = label.body_site
        row.laterality = label.laterality.value
        row.view = label.view.value
        row.sensitivity = label.sensitivity.value
        row.labelled_by_id = staff
        row.labelled_at = timezone.now()
        if label.encounter:
            row.encounter_id = label.encounter
        sealer = fields[row.patient_id]
        row.sealed_description = sealer.seal("description", row.id, text) if text else b""
    names = ["body_site", "laterality", "view", "sensitivity", "labelled_by", "labelled_at"]
    Photograph.objects.bulk_update(rows, [*names, "encounter", "sealed_description"])


def _entry(row: Photograph, staff: UUID, label: Label) -> Entry:
    return Entry(
        tag=EventTag.PHOTOGRAPH_LABELLED,
        actor=staff,
        subject=row.patient_id,
        objects=(row.id,),
        details={
            "body_site": label.body_site,
            "laterality": label.laterality.value,
            "view": label.view.value,
            "sensitivity": label.sensitivity.value,
            "description": label.description,
        },
    )
