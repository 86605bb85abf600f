"""Why a custodian exists. One custodian has one reason, and one owner."""

from enum import StrEnum


class CustodianKind(StrEnum):
    CARE = "care"
    """The care of one patient."""
    AGREEMENT = "agreement"
    """One agreement of a patient. Opens exactly the renditions that the agreement lists."""
    LEGAL = "legal"
    """Legal custody of what one patient took back and the law makes the hospital keep."""
    INTAKE = "intake"
    """One upload, until its picture is verified."""
    ACCOUNT = "account"
    """The account of one member of staff. It holds no key: its tombstone says that it was closed,
    so that no restore opens it again (docs/adr/0028-restored-doors-stay-shut.md)."""
    INSTITUTION = "institution"
    """The institution's own texts: events without a patient, second factors of its staff."""
