"""Pictures taken without asking: who said that the patient could not be asked, and why."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from safelight.audit.models import Event
from safelight.audit.services import Entry, record_durably
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.vault.fields import SealedFields, fields_of_patients
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role

LIMIT = 100


@dataclass(frozen=True)
class EmergencyCapture:
    """One statement that a patient could not be asked. PHI: the words may hold some."""

    id: UUID
    stated_at: datetime
    who: str
    text: str


def emergency_captures(asker: Asker) -> list[EmergencyCapture]:
    """The latest statements, newest first; reading them is an event of its own."""
    if asker.role is not Role.PRIVACY_OFFICER or not asker.is_usable:
        return []
    rows = list(
        Event.objects.filter(tag=EventTag.CAPTURE_EMERGENCY_STATED.value).order_by("-number")[
            :LIMIT
        ]
    )
    if not rows:
        return []
    record_durably(
        Entry(
            tag=EventTag.CAPTURE_EMERGENCY_READ,
            actor=asker.staff,
            purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
            objects=tuple(row.id for row in rows),
        )
    )
    fields = fields_of_patients({row.subject for row in rows if row.subject})
    names = dict(
        StaffMember.objects.filter(id__in=[row.actor for row in rows]).values_list(
            "id", "display_name"
        )
    )
    return [_capture(row, fields, names) for row in rows]


def _capture(
    row: Event, fields: dict[UUID, SealedFields], names: dict[UUID, str]
) -> EmergencyCapture:
    stated_at = datetime.fromtimestamp(row.recorded_at_ms / 1000, UTC)
    who = names.get(row.actor, "") if row.actor else ""
    return EmergencyCapture(row.id, stated_at, who, _reason(row, fields))


def _reason(row: Event, fields: dict[UUID, SealedFields]) -> str:
    """The words; "" where the patient's key is gone or somebody altered them."""
    if row.subject not in fields:
        return ""
    try:
        details = fields[row.subject].unseal_data("event-details", row.id, row.sealed_details)
    except (SafelightError, ValueError):
        return ""
    return str(details.get("reason", ""))
