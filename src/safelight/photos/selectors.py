"""Reads of photographs as plain values. Who may ask is decided above, in `release`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from safelight.photos.errors import PhotographNotFoundError
from safelight.photos.models import Photograph
from safelight.vault.fields import SealedFields, fields_of_patients
from safelight.vocabulary.body_sites import body_site
from safelight.vocabulary.photograph import REASON_REQUIRED, ImageView, PhotographState, Sensitivity


@dataclass(frozen=True)
class PhotographView:
    """One photograph as the treating team reads it. PHI: the description."""

    id: UUID
    patient: UUID
    encounter: UUID | None
    state: PhotographState
    sensitivity: Sensitivity
    taken_at: datetime
    received_at: datetime
    taken_by: UUID
    taken_by_name: str
    body_site: str
    laterality: str
    view: str
    description: str
    sha256: str
    note: str
    width: int
    height: int
    source: str
    consent_to_take: str
    moved_from: UUID | None

    @property
    def needs_label(self) -> bool:
        return not self.body_site

    @property
    def is_hidden(self) -> bool:
        """Behind a tap and a reason."""
        return self.sensitivity in REASON_REQUIRED

    @property
    def body_site_display(self) -> str:
        return body_site(self.body_site).display if self.body_site else ""

    @property
    def view_display(self) -> str:
        return ImageView(self.view).display if self.view else ""


def _of_patient(patient: UUID) -> QuerySet[Photograph]:
    """The record's photographs, also those that came under a record merged into it."""
    return Photograph.objects.filter(Q(patient=patient) | Q(patient__merged_into=patient))


def _listed(rows: QuerySet[Photograph], asker: UUID) -> QuerySet[Photograph]:
    """Verified ones for everybody; sealed and unreadable ones only for whoever took them."""
    waiting = [PhotographState.SEALED.value, PhotographState.UNREADABLE.value]
    return rows.filter(
        Q(state=PhotographState.VERIFIED.value) | Q(state__in=waiting, taken_by=asker)
    )


def timeline_photographs(patient: UUID, asker: UUID) -> list[PhotographView]:
    """Everything this asker may be told of in the patient's record, newest first."""
    rows = (
        _listed(_of_patient(patient), asker).select_related("taken_by").order_by("-taken_at", "id")
    )
    return _opened(rows)


def photograph(photograph_id: UUID) -> PhotographView:
    rows = Photograph.objects.filter(id=photograph_id).select_related("taken_by")
    found = _opened(rows)
    if not found:
        raise PhotographNotFoundError
    return found[0]


def photographs(ids: Iterable[UUID]) -> list[PhotographView]:
    rows = Photograph.objects.filter(id__in=list(ids)).select_related("taken_by")
    return _opened(rows.order_by("taken_at", "id"))


def unlabelled_by(staff: UUID) -> list[PhotographView]:
    """The pictures this person took and has not labelled yet, oldest first."""
    rows = Photograph.objects.filter(
        taken_by=staff, body_site="", state=PhotographState.VERIFIED.value
    )
    return _opened(rows.select_related("taken_by").order_by("received_at", "id"))


def count_unlabelled(staff: UUID) -> int:
    return Photograph.objects.filter(
        taken_by=staff, body_site="", state=PhotographState.VERIFIED.value
    ).count()


def patient_of(photograph_id: UUID) -> UUID | None:
    return Photograph.objects.filter(id=photograph_id).values_list("patient", flat=True).first()


def _opened(rows: Iterable[Photograph]) -> list[PhotographView]:
    listed = list(rows)
    fields = fields_of_patients({row.patient_id for row in listed})
    return [_view(row, fields[row.patient_id]) for row in listed if row.patient_id in fields]


def _view(row: Photograph, fields: SealedFields) -> PhotographView:
    facts = fields.unseal_data("facts", row.id, row.sealed_facts)
    sealed = bytes(row.sealed_description)
    return PhotographView(
        id=row.id,
        patient=row.patient_id,
        encounter=row.encounter_id,
        state=PhotographState(row.state),
        sensitivity=Sensitivity(row.sensitivity),
        taken_at=row.taken_at,
        received_at=row.received_at,
        taken_by=row.taken_by_id,
        taken_by_name=row.taken_by.display_name,
        body_site=row.body_site,
        laterality=row.laterality,
        view=row.view,
        description=fields.unseal("description", row.id, sealed) if sealed else "",
        sha256=facts.get("sha256", ""),
        note=facts.get("note") or "",
        width=row.width,
        height=row.height,
        source=row.source,
        consent_to_take=row.consent_to_take,
        moved_from=row.moved_from_id,
    )


def latest_by_patient(patients: Sequence[UUID]) -> dict[UUID, tuple[int, int, datetime | None]]:
    """For each patient: verified photographs, how many lack a label, and when the last was taken."""
    rows = (
        Photograph.objects.filter(patient__in=patients, state=PhotographState.VERIFIED.value)
        .values("patient")
        .annotate(
            total=Count("id"), unlabelled=Count("id", filter=Q(body_site="")), last=Max("taken_at")
        )
    )
    return {row["patient"]: (row["total"], row["unlabelled"], row["last"]) for row in rows}
