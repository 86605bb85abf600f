"""Finding a patient: by words or by the code on a wristband. Every search is recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from safelight.audit.services import Entry, record_durably
from safelight.patients.selectors import (
    KnownPatient,
    find_patients,
    known_patient,
    known_patients,
    surviving_patient,
)
from safelight.people.asker import Asker
from safelight.people.relationships import patients_of, relationships
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import BREAK_GLASS_ACT_REASON, Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role


@dataclass(frozen=True)
class Match:
    """A patient who was found, and what ties the searcher to them. PHI: the identity."""

    patient: KnownPatient
    relationship: Relationship

    @property
    def has_relationship(self) -> bool:
        return self.relationship is not Relationship.NONE


@dataclass(frozen=True)
class SearchResult:
    matches: Sequence[Match]
    is_cut_short: bool


def search(asker: Asker, text: str, birth_date: date | None = None) -> SearchResult:
    """Patients who match, to a clinician with a usable session; nobody else finds anybody."""
    if not asker.is_clinical or not asker.is_usable:
        return SearchResult((), is_cut_short=False)
    found = find_patients(text, birth_date)
    ties = relationships(asker.staff, [item.id for item in found.patients])
    record_durably(
        Entry(
            tag=EventTag.PATIENT_SEARCHED,
            actor=asker.staff,
            purpose=Purpose.TREATMENT.act_reason or "",
            objects=tuple(item.id for item in found.patients),
            details={"text": text, "birth_date": birth_date.isoformat() if birth_date else ""},
        )
    )
    matches = [Match(item, ties.get(item.id, Relationship.NONE)) for item in found.patients]
    return SearchResult(matches, found.is_cut_short)


def find_for_oversight(asker: Asker, number: str) -> UUID | None:
    """The patient with exactly this identifier, to a privacy officer; recorded, found or not.

    None for anybody else, and for words that are no identifier.
    """
    is_number = any(letter.isdigit() for letter in number)
    if asker.role is not Role.PRIVACY_OFFICER or not asker.is_usable or not is_number:
        return None
    found = find_patients(number).patients
    record_durably(
        Entry(
            tag=EventTag.PATIENT_SEARCHED,
            actor=asker.staff,
            purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
            objects=tuple(item.id for item in found),
            details={"text": number},
        )
    )
    return found[0].id if len(found) == 1 else None


def show_to_oversight(asker: Asker, patient: UUID) -> KnownPatient:
    """Whose record it is, to somebody who oversees it; recorded. The caller knows that they may.

    Raises PatientNotFoundError, and KeyMissingError when the patient's key is gone.
    """
    known = known_patient(surviving_patient(patient))
    record_durably(
        Entry(
            tag=EventTag.PATIENT_IDENTITY_SHOWN,
            actor=asker.staff,
            subject=known.id,
            purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
        )
    )
    return known


def todays_patients(asker: Asker) -> list[KnownPatient]:
    """Whom the asker treats today; one event names them all."""
    return show_patients(asker, patients_of(asker.staff))


def show_patients(asker: Asker, patients: Iterable[UUID]) -> list[KnownPatient]:
    """The identities of patients whom the asker may see listed; one event names them all."""
    known = known_patients(patients)
    if known:
        record_durably(
            Entry(
                tag=EventTag.PATIENT_LIST_VIEWED,
                actor=asker.staff,
                purpose=Purpose.TREATMENT.act_reason or "",
                objects=tuple(item.id for item in known),
            )
        )
    return known


def show_identity(asker: Asker, patient: UUID) -> KnownPatient:
    """Who a patient is, to somebody who has yet to decide whether to break glass; recorded.

    Raises PatientNotFoundError, and KeyMissingError when the patient's key is gone.
    """
    known = known_patient(surviving_patient(patient))
    record_durably(
        Entry(
            tag=EventTag.PATIENT_IDENTITY_SHOWN,
            actor=asker.staff,
            subject=known.id,
            purpose=BREAK_GLASS_ACT_REASON,
        )
    )
    return known
