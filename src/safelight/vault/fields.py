"""Small sealed texts in rows: identity, descriptions, event details.

A field is bound to what it is and whose it is, so that one row's ciphertext cannot be put in the
place of another's.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from safelight.engines.envelope import FieldKey
from safelight.vault import custodians
from safelight.vault.kinds import CustodianKind

# The owner of the institution's own custodian: there is one institution.
INSTITUTION = UUID(int=0)


class SealedFields:
    """Opens and seals the small texts of one owner. Keep it no longer than a request."""

    def __init__(self, key: bytes) -> None:
        self._key = FieldKey(key)

    def seal(self, what: str, row: UUID, text: str) -> bytes:
        return self._key.seal(_context(what, row), text.encode())

    def unseal(self, what: str, row: UUID, sealed: bytes | memoryview) -> str:
        return self._key.unseal(_context(what, row), bytes(sealed)).decode()

    def seal_data(self, what: str, row: UUID, data: Mapping[str, Any]) -> bytes:
        return self.seal(what, row, json.dumps(data, separators=(",", ":"), sort_keys=True))

    def unseal_data(self, what: str, row: UUID, sealed: bytes | memoryview) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.unseal(what, row, sealed))
        return data


def _context(what: str, row: UUID) -> bytes:
    return what.encode() + b"/" + row.bytes


def establish_patient_fields(patient: UUID) -> SealedFields:
    """The fields of a patient who is new here."""
    return SealedFields(custodians.establish(CustodianKind.CARE, patient))


def patient_fields(patient: UUID) -> SealedFields:
    """Raises KeyMissingError when the patient's care key was destroyed."""
    return SealedFields(custodians.custodian_key(CustodianKind.CARE, patient))


def fields_of_patients(patients: Iterable[UUID]) -> dict[UUID, SealedFields]:
    """The fields of several patients in one query; who has no key is left out."""
    keys = custodians.custodian_keys(CustodianKind.CARE, patients)
    return {patient: SealedFields(key) for patient, key in keys.items()}


def legal_fields(patient: UUID) -> SealedFields:
    """What is under the legal custody of one patient's pictures; made where there is none."""
    return SealedFields(custodians.establish(CustodianKind.LEGAL, patient))


def agreement_fields(agreement: UUID) -> SealedFields:
    """Raises KeyMissingError when the agreement has no key: never in force, or ended."""
    return SealedFields(custodians.custodian_key(CustodianKind.AGREEMENT, agreement))


def fields_of_agreements(agreements: Iterable[UUID]) -> dict[UUID, SealedFields]:
    """The fields of several agreements in one query; one that has no key is left out."""
    keys = custodians.custodian_keys(CustodianKind.AGREEMENT, agreements)
    return {agreement: SealedFields(key) for agreement, key in keys.items()}


def institution_fields() -> SealedFields:
    return SealedFields(custodians.establish(CustodianKind.INSTITUTION, INSTITUTION))


class EventDetails:
    """Seals what an event tells in words; fills the port that `audit` declares."""

    def seal(self, subject: UUID | None, event: UUID, details: bytes) -> bytes:
        return _fields_for(subject).seal("event-details", event, details.decode())

    def unseal(self, subject: UUID | None, event: UUID, sealed: bytes) -> bytes:
        return _fields_for(subject).unseal("event-details", event, sealed).encode()


def _fields_for(subject: UUID | None) -> SealedFields:
    return institution_fields() if subject is None else patient_fields(subject)
