"""The consent record of ISO/IEC TS 27560:2023 as JSON, which a patient can take home.

It stands beside the FHIR mapping, not in it: it follows another standard, is read by people and
privacy tools rather than by hospital systems, and tells the whole history and the evidence.
Pure: no network, no clock. Field names as the W3C Data Privacy Vocabulary guide cites them.
"""

from safelight.engines.consent_record.errors import ConsentRecordError
from safelight.engines.consent_record.record import (
    ConsentRecord,
    Event,
    EventState,
    Notice,
    Party,
    PartyType,
    ShownImage,
    Signer,
    Withdrawal,
)
from safelight.engines.consent_record.writing import SCHEMA_VERSION, consent_record

__all__ = [
    "SCHEMA_VERSION",
    "ConsentRecord",
    "ConsentRecordError",
    "Event",
    "EventState",
    "Notice",
    "Party",
    "PartyType",
    "ShownImage",
    "Signer",
    "Withdrawal",
    "consent_record",
]
