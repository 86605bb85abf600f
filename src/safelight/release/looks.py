"""Who looked: what the record of events tells about one picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from safelight.audit.log import latest_checkpoint
from safelight.audit.models import Event
from safelight.audit.services import Entry, record_durably
from safelight.consent.visits import signer_roles
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.photos.selectors import PhotographView
from safelight.release.access import OpenRecord, open_photograph_record
from safelight.release.recorded import told_of
from safelight.vault.fields import SealedFields, fields_of_patients
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.purposes import BREAK_GLASS_ACT_REASON, Purpose
from safelight.vocabulary.roles import Role

LIMIT = 500
NOBODY = ("Safelight", "")

# What each event is to a person; events that are not about looking or changing are not told here.
WORDS = {
    EventTag.PATIENT_TIMELINE_VIEWED: "Saw it small",
    EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED: "Saw it small",
    EventTag.PHOTOGRAPH_DISPLAY_VIEWED: "Opened it",
    EventTag.PHOTOGRAPH_ORIGINAL_VIEWED: "Opened it in full detail",
    EventTag.PHOTOGRAPH_REDACTED_VIEWED: "Opened it, covered for use beyond care",
    EventTag.PHOTOGRAPH_REDACTION_PREPARED: "Covered parts of it for use beyond care",
    EventTag.PHOTOGRAPH_REDACTION_APPROVED: "Approved its covered form",
    EventTag.PHOTOGRAPH_REDACTION_CONFIRMED: "Confirmed its covered form as a second person",
    EventTag.PHOTOGRAPH_REDACTION_SENT_BACK: "Sent its covered form back",
    EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE: "Looked at what was shared or taught",
    EventTag.CONSULTING_QUESTION_ASKED: "Asked a colleague about it",
    EventTag.PHOTOGRAPH_SHOWN_TO_SIGNER: "Looked before deciding, or at their own",
    EventTag.PATIENT_RECORD_COPIED: "Took or gave the patient's copy of everything",
    EventTag.PHOTOGRAPH_OPENING_REASON_STATED: "Gave a reason to open it",
    EventTag.PHOTOGRAPH_SEALED: "Took it",
    EventTag.PHOTOGRAPH_LABELLED: "Labelled it",
    EventTag.PHOTOGRAPH_MOVED: "Moved it here from another record",
    EventTag.PHOTOGRAPH_ENTERED_IN_ERROR: "Marked it as entered in error",
    EventTag.PHOTOGRAPH_REFUSED: "Was refused",
}

WHEN_ASKED = "Was asked as a colleague, and looked"


@dataclass(frozen=True)
class Look:
    """One line of *who looked*."""

    at: datetime
    who: str
    role: str
    action: str
    is_break_glass: bool
    is_refusal: bool
    entry: int | None
    """The place in the tamper-evident log, once it is there."""


@dataclass(frozen=True)
class Looks:
    record: OpenRecord
    photograph: PhotographView
    looks: Sequence[Look]
    checkpoint_size: int | None
    checkpoint_at: datetime | None


def who_looked(asker: Asker, photograph: UUID) -> Looks:
    """Everybody who looked at, changed or was refused a picture that the asker may see."""
    opened, found = open_photograph_record(asker, photograph)
    events = list(
        Event.objects.filter(
            objects_told__object_id=photograph, tag__in=[tag.value for tag in WORDS]
        ).order_by("-number")[:LIMIT]
    )
    record_durably(
        Entry(
            tag=EventTag.PHOTOGRAPH_LOOKS_READ,
            actor=asker.staff,
            subject=found.patient,
            purpose=opened.purpose,
            objects=(photograph,),
        )
    )
    checkpoint = latest_checkpoint()
    return Looks(
        record=opened,
        photograph=found,
        looks=_looks(events),
        checkpoint_size=checkpoint.size if checkpoint else None,
        checkpoint_at=_moment(checkpoint.signed_at_ms) if checkpoint else None,
    )


def _looks(events: Sequence[Event]) -> list[Look]:
    actors = {event.actor for event in events if event.actor}
    people = {
        row.id: (row.display_name, Role(row.role).display)
        for row in StaffMember.objects.filter(id__in=actors)
    }
    people |= {access: (role.display, "") for access, role in signer_roles(actors).items()}
    fields = fields_of_patients({event.subject for event in events if event.subject})
    return [_look(event, people, fields) for event in events]


def _look(
    event: Event, people: Mapping[UUID, tuple[str, str]], fields: Mapping[UUID, SealedFields]
) -> Look:
    who, role = people.get(event.actor, NOBODY) if event.actor else NOBODY
    if (who, role) == NOBODY:
        who = told_of(event, fields)[1] or who  # a guest, or the audience of a lecture
    return Look(
        at=_moment(event.recorded_at_ms),
        who=who,
        role=role,
        action=_action(event),
        is_break_glass=event.purpose == BREAK_GLASS_ACT_REASON,
        is_refusal=event.outcome == Outcome.DENIED,
        entry=event.leaf_index,
    )


def _action(event: Event) -> str:
    """Only a colleague who was asked looks by reference for treatment."""
    tag = EventTag(event.tag)
    is_asked = event.purpose == Purpose.TREATMENT.act_reason
    if tag is EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE and is_asked:
        return WHEN_ASKED
    return WORDS[tag]


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
