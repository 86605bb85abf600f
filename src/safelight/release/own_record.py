"""What a signer may see of the record: the pictures that are theirs, and who has looked at them."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from safelight.audit.models import Event
from safelight.audit.services import Entry, record_durably
from safelight.consent.models import PatientAccess, ProposedPicture
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader, Visit
from safelight.patients.selectors import surviving_patient
from safelight.people.models import StaffMember
from safelight.photos.forms import with_a_form
from safelight.photos.selectors import (
    PhotographView,
    photographs,
    taken_back_of,
    timeline_photographs,
)
from safelight.release.custody_looks import CustodyOpened, openings_of_custody
from safelight.release.recorded import told_of
from safelight.release.signers import decide_to_signer
from safelight.vault.fields import fields_of_patients
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import CustodyGround
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
    EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE,
    EventTag.PHOTOGRAPH_SHOWN_TO_SIGNER,
    EventTag.PATIENT_RECORD_COPIED,
)
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
    """One look at pictures of the patient: by staff with a name and a role, by a guest or before
    a screen with a name alone, else by a visitor.

    `purpose` is the code in the record: an HL7 v3 ActReason, or our own where HL7 has none. `use`
    is what the look rested on where that was an agreement.
    """

    id: UUID
    at: datetime
    who: str
    role: Role | None
    visitor: Visitor
    purpose: str
    use: Purpose | None
    is_small: bool
    photographs: frozenset[UUID]
    custody: CustodyGround | None = None
    second: str = ""


def own_pictures(reader: Reader) -> list[PhotographView]:
    """Newest first, what the policy lets this signer see and is still there, and nothing else."""
    candidates = _candidates(reader)
    there = with_a_form([item.id for item in candidates])
    return [item for item in candidates if item.id in there and _may_see(reader, item.id)]


def own_picture(visit: Visit, photograph: UUID) -> PhotographView | None:
    """One of them; None if it is not theirs to see."""
    return next((item for item in own_pictures(visit) if item.id == photograph), None)


def _candidates(reader: Reader) -> list[PhotographView]:
    if reader.is_patient:
        return timeline_photographs(surviving_patient(reader.patient), reader.access)
    asked = ProposedPicture.objects.filter(proposal=reader.proposal, removed_at=None)
    return photographs(asked.values_list("photograph", flat=True))[::-1]


def _gone(visit: Visit) -> set[UUID]:
    """Pictures that were taken back: the patient's, or those that this signer was asked about."""
    gone = taken_back_of(surviving_patient(visit.patient))
    if visit.is_patient:
        return gone
    asked = ProposedPicture.objects.filter(proposal=visit.proposal, removed_at=None)
    return gone & set(asked.values_list("photograph", flat=True))


def _may_see(reader: Reader, photograph: UUID) -> bool:
    return bool(decide_to_signer(reader, photograph, Rendition.THUMBNAIL))


def who_looked_at_mine(visit: Visit) -> list[OwnLook]:
    """Everybody who saw a picture that this signer may see, newest first; the reading is recorded.

    Who looked at a picture before it was taken back is told for as long as the record is kept.
    """
    listed = {item.id for item in own_pictures(visit)} | _gone(visit)
    record_durably(
        Entry(
            tag=EventTag.PORTAL_LOOKS_READ,
            actor=visit.access,
            subject=visit.patient,
            purpose=Purpose.PATIENT_REQUEST.act_reason or "",
            objects=(visit.proposal,),
        )
    )
    return _newest_first([*next(pages_of_looks(visit, listed), []), *looks_into_custody(visit)])


def _newest_first(looks: Iterable[OwnLook]) -> list[OwnLook]:
    return sorted(looks, key=lambda look: look.at, reverse=True)


def all_looks(
    reader: Reader, listed: AbstractSet[UUID], most: int = LIMIT
) -> Iterator[list[OwnLook]]:
    """The same as `pages_of_looks`, with the looks at what is in legal custody in their places."""
    custody = looks_into_custody(reader)
    for page in pages_of_looks(reader, listed, most):
        later = [look for look in custody if look.at >= page[-1].at]
        custody = custody[len(later) :]
        yield _newest_first([*page, *later])
    if custody:
        yield custody


def pages_of_looks(
    reader: Reader, listed: AbstractSet[UUID], most: int = LIMIT
) -> Iterator[list[OwnLook]]:
    """All looks at the pictures that are `listed`, newest first, at most `most` in one page.

    The reading is recorded by whoever asks for it.
    """
    events = Event.objects.filter(
        objects_told__object_id__in=listed,
        tag__in=[tag.value for tag in _LOOKS],
        outcome=Outcome.SUCCESS.value,
    )
    newest_first = events.distinct().order_by("-number").prefetch_related("objects_told")
    found = list(newest_first[:most])
    while found:
        yield _looks(found, reader, listed)
        found = list(newest_first.filter(number__lt=found[-1].number)[:most])


def looks_into_custody(reader: Reader) -> list[OwnLook]:
    """What was opened that the patient had taken back; told to the patient in person alone."""
    if not reader.is_patient:
        return []
    family = records_of(surviving_patient(reader.patient))
    return [_kept_look(item) for item in openings_of_custody(family)]


def _kept_look(opened: CustodyOpened) -> OwnLook:
    return OwnLook(
        id=opened.id,
        at=opened.at,
        who=opened.who,
        role=opened.role,
        visitor=Visitor.UNKNOWN,
        purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
        use=None,
        is_small=False,
        photographs=frozenset({opened.photograph}),
        custody=opened.ground,
        second=opened.second,
    )


def _looks(events: Sequence[Event], reader: Reader, listed: AbstractSet[UUID]) -> list[OwnLook]:
    actors = {event.actor for event in events if event.actor}
    staff, visitors = StaffMember.objects.in_bulk(actors), _visitors(actors, reader)
    fields = fields_of_patients({event.subject for event in events if event.subject})
    return [
        _look(
            event,
            staff.get(event.actor) if event.actor else None,
            visitors.get(event.actor, Visitor.UNKNOWN) if event.actor else Visitor.UNKNOWN,
            told_of(event, fields),
            listed,
        )
        for event in events
    ]


def _visitors(actors: Iterable[UUID], reader: Reader) -> dict[UUID, Visitor]:
    rows = PatientAccess.objects.filter(id__in=actors)
    found = rows.values_list("id", "proposal", "proposal__signer_role")
    return {
        access: _visitor(reader, proposal, SignerRole(role)) for access, proposal, role in found
    }


def _visitor(reader: Reader, proposal: UUID, role: SignerRole) -> Visitor:
    if role is SignerRole.PATIENT:
        return Visitor.READER if reader.is_patient else Visitor.PATIENT
    if proposal == reader.proposal:
        return Visitor.READER
    return Visitor.DECIDER if reader.is_patient else Visitor.OTHER_DECIDER


def _look(
    event: Event,
    who: StaffMember | None,
    visitor: Visitor,
    told: tuple[Purpose | None, str],
    listed: AbstractSet[UUID],
) -> OwnLook:
    use, named = told
    shown = {item.object_id for item in event.objects_told.all()}
    return OwnLook(
        id=event.id,
        at=datetime.fromtimestamp(event.recorded_at_ms / 1000, tz=UTC),
        who=who.display_name if who else named,
        role=Role(who.role) if who else None,
        visitor=visitor,
        purpose=event.purpose,
        use=use,
        is_small=event.tag in _SMALL,
        photographs=frozenset(shown & listed),
    )
