"""Why a custodian exists. One custodian has one reason, and one owner."""

from enum import StrEnum


class CustodianKind(StrEnum):
    CARE = "care"
    """The care of one patient."""
    AGREEMENT = "agreement"
    """One agreement of a patient. Opens exactly the renditions that the agreement lists."""
    INTAKE = "intake"
    """One upload, until its picture is verified."""
    INSTITUTION = "institution"
    """The institution's own texts: events without a patient, second factors of its staff."""
