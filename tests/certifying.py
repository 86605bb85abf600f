"""A statement about a patient that the log certifies, and its receipt, by the real verbs."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from safelight.audit.log import sequence_waiting
from safelight.audit.receipts import certified_objects, receipt
from safelight.audit.services import Entry, record
from safelight.vocabulary.events import EventTag

LINES = {
    "en": "Two pictures: erased.",
    "es": "Dos fotografías: borradas.",
    "fr": "Deux photographies : effacées.",
    "ar": "صورتان: مُحيتا.",
}


def statement(withdrawal: UUID, language: str = "en") -> dict[str, Any]:
    return {
        "hospital": "Test Hospital",
        "effective_at": datetime(2026, 3, 9, 14, 5, tzinfo=UTC).isoformat(),
        "language": language,
        "lines": [{"line": LINES[language], "state": "erased"}],
        "withdrawal": str(withdrawal),
    }


def happens(patient: UUID, objects: tuple[UUID, ...] = ()) -> UUID:
    tag = EventTag.CONSENT_AGREEMENT_WITHDRAWN
    return record(Entry(tag=tag, actor=None, subject=patient, objects=objects)).id


def certified(patient: UUID, said_in: str = "en", /, **members: Any) -> str:
    """The receipt of a statement, with other members where they are given."""
    withdrawal = happens(patient)
    said = statement(withdrawal, said_in) | members
    certifying = happens(patient, certified_objects(patient, said))
    sequence_waiting()
    return receipt(said, certifying, [withdrawal])
