"""Reads of patients. Identity is opened for the caller's request and kept nowhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from safelight.patients.errors import PatientNotFoundError
from safelight.patients.models import Encounter, EncounterStatus, Patient, PatientToken
from safelight.patients.rules import Identifier, Identity, matches, query_words
from safelight.vault.fields import SealedFields, fields_of_patients, patient_fields
from safelight.vault.institution_keys import search_token

SEARCH_LIMIT = 25


@dataclass(frozen=True)
class KnownPatient:
    """A patient with the identity opened. PHI."""

    id: UUID
    identity: Identity
    is_test_data: bool


@dataclass(frozen=True)
class PlacedEncounter:
    """An encounter with its place in words. PHI."""

    id: UUID
    patient: UUID
    department: UUID
    department_name: str
    status: str
    started_at: Any
    place: str


def identity_from(data: dict[str, Any]) -> Identity:
    return Identity(
        family=data["family"],
        given=data["given"],
        birth_date=date.fromisoformat(data["birth_date"]),
        sex=data["sex"],
        identifiers=tuple(Identifier(**item) for item in data["identifiers"]),
    )


def surviving_patient(patient: UUID) -> UUID:
    """Where this patient's record is kept now: itself, or what it was merged into.

    INVARIANT: merges are flat; a record that others were merged into is itself merged into none.
    """
    rows = Patient.objects.filter(id=patient).values_list("merged_into", flat=True)
    found = list(rows)
    if not found:
        raise PatientNotFoundError
    return found[0] or patient


def known_patient(patient: UUID) -> KnownPatient:
    row = Patient.objects.filter(id=patient).first()
    if row is None:
        raise PatientNotFoundError
    return _opened(row, patient_fields(patient))


def known_patients(patients: Iterable[UUID]) -> list[KnownPatient]:
    """Several patients in two queries; a patient whose key is gone is left out."""
    rows = list(Patient.objects.filter(id__in=list(patients), merged_into=None))
    fields = fields_of_patients(row.id for row in rows)
    known = [_opened(row, fields[row.id]) for row in rows if row.id in fields]
    return sorted(known, key=lambda item: (item.identity.family, item.identity.given))


def _opened(row: Patient, fields: SealedFields) -> KnownPatient:
    data = fields.unseal_data("identity", row.id, row.sealed_identity)
    return KnownPatient(row.id, identity_from(data), row.is_test_data)


@dataclass(frozen=True)
class Found:
    """The patients who match, and whether there were more than a page may show."""

    patients: Sequence[KnownPatient]
    is_cut_short: bool


def find_patients(text: str, birth_date: date | None = None) -> Found:
    """Patients by identifier, birth date or the first letters of names, through keyed tokens."""
    words = query_words(text, birth_date)
    if not words:
        return Found((), is_cut_short=False)
    candidates = _holders_of([search_token(kind, word) for kind, word in words])
    known = known_patients(candidates)
    found = [item for item in known if matches(item.identity, text)]
    return Found(found[:SEARCH_LIMIT], is_cut_short=len(candidates) > SEARCH_LIMIT)


def _holders_of(tokens: Sequence[bytes]) -> list[UUID]:
    first, *others = tokens
    rows = PatientToken.objects.filter(token=first)
    for token in others:
        rows = rows.filter(patient__tokens__token=token)
    return list(rows.values_list("patient_id", flat=True).distinct()[: SEARCH_LIMIT + 1])


def encounters_of(patient: UUID) -> list[PlacedEncounter]:
    """The patient's encounters, newest first."""
    rows = list(
        Encounter.objects.filter(patient=patient)
        .select_related("department")
        .order_by("-started_at")
    )
    fields = patient_fields(patient) if rows else None
    return [placed(row, fields) for row in rows if fields]


def placed(row: Encounter, fields: SealedFields) -> PlacedEncounter:
    sealed = bytes(row.sealed_place)
    return PlacedEncounter(
        id=row.id,
        patient=row.patient_id,
        department=row.department_id,
        department_name=row.department.name,
        status=row.status,
        started_at=row.started_at,
        place=fields.unseal("place", row.id, sealed) if sealed else "",
    )


def current_encounters(patients: Iterable[UUID]) -> dict[UUID, PlacedEncounter]:
    """The encounter that is under way for each patient, the latest where there are several."""
    rows = list(
        Encounter.objects.filter(patient__in=list(patients), status=EncounterStatus.IN_PROGRESS)
        .select_related("department")
        .order_by("started_at")
    )
    fields = fields_of_patients({row.patient_id for row in rows})
    return {row.patient_id: placed(row, fields[row.patient_id]) for row in rows}
