"""What the sealed details of a look tell: what it rested on, and who looked that is not of the staff."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from safelight.audit.models import Event
from safelight.vault.fields import SealedFields
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.purposes import BREAK_GLASS_ACT_REASON, Purpose

_NOT_BY_AGREEMENT: Final = {
    Purpose.TREATMENT.act_reason,
    BREAK_GLASS_ACT_REASON,
    Purpose.PATIENT_REQUEST.act_reason,
    Purpose.PRIVACY_OVERSIGHT.act_reason,
}


def told_of(event: Event, fields: Mapping[UUID, SealedFields]) -> tuple[Purpose | None, str]:
    """What the look rested on, and how the record names a viewer who is not of the staff.

    None and "" for treatment, and where nobody can read the details now.
    """
    if not event.subject or event.subject not in fields or event.purpose in _NOT_BY_AGREEMENT:
        return None, ""
    try:
        details = fields[event.subject].unseal_data(
            "event-details", event.id, bytes(event.sealed_details)
        )
        return Purpose(details["use"][0]), str(details.get("named", ""))
    except (SafelightError, ValueError, KeyError, IndexError, TypeError):
        return None, ""
