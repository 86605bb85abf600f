"""What a signer may see of the record: the pictures that are theirs, and who has looked at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from safelight.audit.models import Event
from safelight.audit.services import Entry, record_durably
from safelight.consent.models import ProposedPicture
from safelight.consent.visits import Visit
from safelight.patients.selectors import surviving_patient
from safelight.people.models import StaffMember
from safelight.photos.selectors import PhotographView, photographs, timeline_photographs
from safelight.release.signers import decide_to_signer
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role

LIMIT: Final = 500

# Looking, whoever did it. Changes and refusals are not looks.
_LOOKS: Final = (
    EventTag.PATIENT_TIMELINE_VIEWED,
    EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED,
    EventTag.PHOTOGRAPH_DISPLAY_VIEWED,
    EventTag.PHOTOGRAPH_ORIGINAL_VIEWED,
    EventTag.PHOTOGRAPH_SHOWN_TO_SIGNER,
)
_SMALL: Final = {
    EventTag.PATIENT_TIMELINE_VIEWED.value,
    EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED.value,
}


@dataclass(frozen=True)
class OwnLook:
    """One look at pictures of the patient. `role` is None for the patient, or who signs for them.

    `purpose` is the code in the record: an HL7 v3 ActReason, or our own where HL7 has none.
    """

    at: datetime
    who: str
    role: Role | None
    purpose: str
    is_small: bool
    photographs: frozenset[UUID]


def own_pictures(visit: Visit) -> list[PhotographView]:
    """Newest first, what the policy lets this signer see, and nothing else."""
    return [item for item in _candidates(visit) if _may_see(visit, item.id)]


def own_picture(visit: Visit, photograph: UUID) -> PhotographView | None:
    """One of them; None if it is not theirs to see."""
    return next((item for item in own_pictures(visit) if item.id == photograph), None)


def _candidates(visit: Visit) -> list[PhotographView]:
    if visit.is_patient:
        return timeline_photographs(surviving_patient(visit.patient), visit.access)
    asked = ProposedPicture.objects.filter(proposal=visit.proposal, removed_at=None)
    return photographs(asked.values_list("photograph", flat=True))[::-1]


def _may_see(visit: Visit, photograph: UUID) -> bool:
    return bool(decide_to_signer(visit, photograph, Rendition.THUMBNAIL))


def who_looked_at_mine(visit: Visit) -> list[OwnLook]:
    """Everybody who saw a picture that this signer may see, newest first; the reading is recorded."""
    listed = {item.id for item in own_pictures(visit)}
    record_durably(
        Entry(
            tag=EventTag.PORTAL_LOOKS_READ,
            actor=visit.access,
            subject=visit.patient,
            purpose=Purpose.PATIENT_REQUEST.act_reason or "",
            objects=(visit.proposal,),
        )
    )
    events = (
        Event.objects.filter(
            objects_told__object_id__in=listed,
            tag__in=[tag.value for tag in _LOOKS],
            outcome=Outcome.SUCCESS.value,
        )
        .distinct()
        .order_by("-number")[:LIMIT]
    )
    return _looks(list(events.prefetch_related("objects_told")), listed)


def _looks(events: Sequence[Event], listed: set[UUID]) -> list[OwnLook]:
    staff = StaffMember.objects.in_bulk({event.actor for event in events if event.actor})
    return [
        _look(event, staff.get(event.actor) if event.actor else None, listed) for event in events
    ]


def _look(event: Event, who: StaffMember | None, listed: set[UUID]) -> OwnLook:
    told = {item.object_id for item in event.objects_told.all()}
    return OwnLook(
        at=datetime.fromtimestamp(event.recorded_at_ms / 1000, tz=UTC),
        who=who.display_name if who else "",
        role=Role(who.role) if who else None,
        purpose=event.purpose,
        is_small=event.tag in _SMALL,
        photographs=frozenset(told & listed),
    )
