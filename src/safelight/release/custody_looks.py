"""Who opened pictures in legal custody, for the patients whom they show: they are always told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from safelight.audit.models import Event
from safelight.people.models import StaffMember
from safelight.vault.fields import SealedFields, fields_of_patients
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.recall import CustodyGround
from safelight.vocabulary.roles import Role

LIMIT: Final = 500


@dataclass(frozen=True)
class CustodyOpened:
    """One look at a picture that was taken back. `second` is who confirmed it, by name.

    `ground` is None where nobody can read the details now.
    """

    id: UUID
    at: datetime
    who: str
    role: Role | None
    second: str
    ground: CustodyGround | None
    photograph: UUID


def openings_of_custody(patients: Collection[UUID]) -> list[CustodyOpened]:
    """Every look at what these records have in legal custody, the newest first."""
    rows = Event.objects.filter(
        tag=EventTag.RECALL_CUSTODY_OPENED.value,
        subject__in=patients,
        outcome=Outcome.SUCCESS.value,
    )
    events = list(rows.prefetch_related("objects_told").order_by("-number")[:LIMIT])
    fields = fields_of_patients(patients)
    told = [(event, _details(event, fields)) for event in events]
    people = {event.actor for event in events} | {_second(details) for _, details in told}
    staff = StaffMember.objects.in_bulk([item for item in people if item])
    return [_opened(event, details, staff) for event, details in told]


def _details(event: Event, fields: Mapping[UUID, SealedFields]) -> dict[str, Any]:
    sealed = fields.get(event.subject) if event.subject else None
    if sealed is None:
        return {}
    try:
        return sealed.unseal_data("event-details", event.id, bytes(event.sealed_details))
    except (SafelightError, ValueError):
        return {}


def _second(details: Mapping[str, Any]) -> UUID | None:
    return UUID(details["second"]) if details.get("second") else None


def _opened(
    event: Event, details: Mapping[str, Any], staff: Mapping[UUID, StaffMember]
) -> CustodyOpened:
    who = staff.get(event.actor) if event.actor else None
    second = staff.get(_second(details) or UUID(int=0))
    ground = details.get("ground")
    first, *_ = sorted(event.objects_told.all(), key=lambda item: item.position)
    return CustodyOpened(
        id=event.id,
        at=datetime.fromtimestamp(event.recorded_at_ms / 1000, tz=UTC),
        who=who.display_name if who else "",
        role=Role(who.role) if who else None,
        second=second.display_name if second else "",
        ground=CustodyGround(ground) if ground else None,
        photograph=first.object_id,
    )
