"""What a signer may see of the record: the pictures that are theirs, and who has looked at them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from safelight.audit.models import Event
from safelight.audit.services import Entry, record_durably
from safelight.consent.models import PatientAccess, ProposedPicture
from safelight.consent.visits import Visit
from safelight.patients.selectors import surviving_patient
from safelight.people.models import StaffMember
from safelight.photos.selectors import PhotographView, photographs, timeline_photographs
from safelight.release.signers import decide_to_signer
from safelight.vault.fields import SealedFields, fields_of_patients
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import BREAK_GLASS_ACT_REASON, Purpose
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole

LIMIT: Final = 500

# Looking, whoever did it. Changes and refusals are not looks.
_LOOKS: Final = (
    EventTag.PATIENT_TIMELINE_VIEWED,
    EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED,
    EventTag.PHOTOGRAPH_DISPLAY_VIEWED,
    EventTag.PHOTOGRAPH_ORIGINAL_VIEWED,
    EventTag.PHOTOGRAPH_REDACTED_VIEWED,
    EventTag.PHOTOGRAPH_SHOWN_TO_SIGNER,
)
_NOT_BY_AGREEMENT: Final = {
    Purpose.TREATMENT.act_reason,
    BREAK_GLASS_ACT_REASON,
    Purpose.PATIENT_REQUEST.act_reason,
    Purpose.PRIVACY_OVERSIGHT.act_reason,
}
_SMALL: Final = {
    EventTag.PATIENT_TIMELINE_VIEWED.value,
    EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED.value,
}


class Visitor(StrEnum):
    """Who looked at the portal, as seen by who reads about it."""

    READER = "reader"
    PATIENT = "patient"
    DECIDER = "decider"
    OTHER_DECIDER = "other-decider"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OwnLook:
    """One look at pictures of the patient: by staff with a name and a role, else by a visitor.

    `purpose` is the code in the record: an HL7 v3 ActReason, or our own where HL7 has none. `use`
    is what the look rested on where that was an agreement.
    """

    at: datetime
    who: str
    role: Role | None
    visitor: Visitor
    purpose: str
    use: Purpose | None
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
    return _looks(list(events.prefetch_related("objects_told")), visit, listed)


def _looks(events: Sequence[Event], visit: Visit, listed: set[UUID]) -> list[OwnLook]:
    actors = {event.actor for event in events if event.actor}
    staff, visitors = StaffMember.objects.in_bulk(actors), _visitors(actors, visit)
    fields = fields_of_patients({event.subject for event in events if event.subject})
    return [
        _look(
            event,
            staff.get(event.actor) if event.actor else None,
            visitors.get(event.actor, Visitor.UNKNOWN) if event.actor else Visitor.UNKNOWN,
            _use(event, fields),
            listed,
        )
        for event in events
    ]


def _visitors(actors: Iterable[UUID], visit: Visit) -> dict[UUID, Visitor]:
    rows = PatientAccess.objects.filter(id__in=actors)
    found = rows.values_list("id", "proposal", "proposal__signer_role")
    return {access: _visitor(visit, proposal, SignerRole(role)) for access, proposal, role in found}


def _visitor(visit: Visit, proposal: UUID, role: SignerRole) -> Visitor:
    if role is SignerRole.PATIENT:
        return Visitor.READER if visit.is_patient else Visitor.PATIENT
    if proposal == visit.proposal:
        return Visitor.READER
    return Visitor.DECIDER if visit.is_patient else Visitor.OTHER_DECIDER


def _use(event: Event, fields: Mapping[UUID, SealedFields]) -> Purpose | None:
    """What the look rested on; None for treatment, and where nobody can read the details now."""
    if not event.subject or event.subject not in fields or event.purpose in _NOT_BY_AGREEMENT:
        return None
    try:
        details = fields[event.subject].unseal_data(
            "event-details", event.id, bytes(event.sealed_details)
        )
        return Purpose(details["use"][0])
    except (SafelightError, ValueError, KeyError, IndexError, TypeError):
        return None


def _look(
    event: Event, who: StaffMember | None, visitor: Visitor, use: Purpose | None, listed: set[UUID]
) -> OwnLook:
    told = {item.object_id for item in event.objects_told.all()}
    return OwnLook(
        at=datetime.fromtimestamp(event.recorded_at_ms / 1000, tz=UTC),
        who=who.display_name if who else "",
        role=Role(who.role) if who else None,
        visitor=visitor,
        purpose=event.purpose,
        use=use,
        is_small=event.tag in _SMALL,
        photographs=frozenset(told & listed),
    )
