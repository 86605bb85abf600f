"""Reads of photographs as plain values. Who may ask is decided above, in `release`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from safelight.photos.errors import PhotographNotFoundError
from safelight.photos.models import Photograph
from safelight.vault.fields import SealedFields, fields_of_patients
from safelight.vocabulary.body_sites import body_site
from safelight.vocabulary.photograph import (
    REASON_REQUIRED,
    TAKEN_BACK,
    CaptureSource,
    ImageView,
    PhotographState,
    Sensitivity,
)


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
        return not self.body_site and not self.is_layout

    @property
    def is_layout(self) -> bool:
        """Whether it is a page of a publication: put before the patient, and labelled by nobody."""
        return self.source == CaptureSource.LAYOUT

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


GONE: Final = [item.value for item in TAKEN_BACK]
"""States of rows that lists leave out and counts do not count."""

_TO_LABEL = Q(body_site="") & ~Q(source=CaptureSource.LAYOUT.value)


def _kept() -> QuerySet[Photograph]:
    """All but what patients took back: of that nothing is read here, and soon there is nothing."""
    return Photograph.objects.exclude(state__in=GONE)


def taken_back(photographs: Collection[UUID]) -> set[UUID]:
    """Those of these that patients took out of the record."""
    rows = Photograph.objects.filter(id__in=photographs, state__in=GONE)
    return set(rows.values_list("id", flat=True))


def taken_back_of(patient: UUID) -> set[UUID]:
    """What this patient took out of the record: nothing but that there were such pictures."""
    rows = _of_patient(patient).filter(state__in=GONE)
    return set(rows.values_list("id", flat=True))


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
    rows = _kept().filter(id=photograph_id).select_related("taken_by")
    found = _opened(rows)
    if not found:
        raise PhotographNotFoundError
    return found[0]


def photographs(ids: Iterable[UUID]) -> list[PhotographView]:
    rows = _kept().filter(id__in=list(ids)).select_related("taken_by")
    return _opened(rows.order_by("taken_at", "id"))


def photographs_in_order(wanted: Iterable[UUID]) -> list[PhotographView]:
    """Those of `wanted` that are there, in its order."""
    return in_order(photographs(order := list(wanted)), order)


def in_order(views: Iterable[PhotographView], wanted: Iterable[UUID]) -> list[PhotographView]:
    """Those of `views` that are wanted, in the order in which they are."""
    known = {item.id: item for item in views}
    return [known[item] for item in wanted if item in known]


def unlabelled_by(staff: UUID) -> list[PhotographView]:
    """The pictures this person took and has not labelled yet, oldest first."""
    return _opened(_unlabelled(staff).select_related("taken_by").order_by("received_at", "id"))


def count_unlabelled(staff: UUID) -> int:
    return _unlabelled(staff).count()


def _unlabelled(staff: UUID) -> QuerySet[Photograph]:
    return Photograph.objects.filter(
        _TO_LABEL, taken_by=staff, state=PhotographState.VERIFIED.value
    )


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
        .annotate(total=Count("id"), unlabelled=Count("id", filter=_TO_LABEL), last=Max("taken_at"))
    )
    return {row["patient"]: (row["total"], row["unlabelled"], row["last"]) for row in rows}


@dataclass(frozen=True, slots=True)
class HeldPhotograph:
    """What a decision needs of a photograph; nothing of it is sealed."""

    patient: UUID
    state: PhotographState
    sensitivity: Sensitivity


def held_photograph(photograph_id: UUID) -> HeldPhotograph | None:
    """The patient is the one whose care custodian opens it: the record with which it came."""
    return held_photographs([photograph_id]).get(photograph_id)


def held_photographs(ids: Collection[UUID]) -> dict[UUID, HeldPhotograph]:
    """The same of many; those that are not there are left out."""
    rows = Photograph.objects.filter(id__in=ids)
    return {
        photograph: HeldPhotograph(patient, PhotographState(state), Sensitivity(sensitivity))
        for photograph, patient, state, sensitivity in rows.values_list(
            "id", "patient", "state", "sensitivity"
        )
    }
