"""The only way to any byte of any picture.

Facts, decision, event, unseal, stream: in this order and nowhere else. The event is on the disk
before the bytes are opened, so a crash can only leave a look that never happened, never a look
that nobody wrote down.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from safelight.audit.services import Entry, record_durably
from safelight.engines.envelope import Kind
from safelight.engines.policy import (
    BreakGlass,
    CareRelationship,
    Decision,
    Ground,
    Obligation,
    Request,
    decide,
)
from safelight.institution.selectors import current_policy
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked, Gathered, gather
from safelight.vault.custodians import Holder
from safelight.vault.errors import KeyMissingError
from safelight.vault.kinds import CustodianKind
from safelight.vault.unseal import open_object
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose

_KINDS: Final = {
    Rendition.ORIGINAL: Kind.ORIGINAL,
    Rendition.DISPLAY: Kind.DISPLAY,
    Rendition.THUMBNAIL: Kind.THUMBNAIL,
    Rendition.REDACTED: Kind.REDACTED,
}
_TAGS: Final = {
    Rendition.ORIGINAL: EventTag.PHOTOGRAPH_ORIGINAL_VIEWED,
    Rendition.DISPLAY: EventTag.PHOTOGRAPH_DISPLAY_VIEWED,
    Rendition.THUMBNAIL: EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED,
    Rendition.REDACTED: EventTag.PHOTOGRAPH_DISPLAY_VIEWED,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture's bytes on their way out, never to be stored by whoever gets them. PHI."""

    content: bytes
    media_type: str


def open_photograph(asked: Asked, purpose: Purpose = Purpose.TREATMENT) -> Opened:
    """The bytes of one rendition, if the policy permits; recorded either way.

    Raises AccessRefusedError with the decision; KeyMissingError, BlobMissingError or an
    EnvelopeError when the vault cannot open it, after an event that says so.
    """
    gathered = gather(asked, current_policy(), timezone.now())
    request = Request(purpose, Audience.CARE_TEAM, asked.rendition)
    decision = decide(request, gathered.facts)
    if decision.ground is None or gathered.object_id is None:
        _record_refusal(asked, gathered, decision, purpose)
        raise AccessRefusedError(decision)
    _record_view(asked, gathered, decision, purpose)
    holder = _holder(decision.ground, gathered.patient)
    content = open_object(gathered.object_id, _KINDS[asked.rendition], holder)
    return Opened(content, gathered.media_type)


def _holder(ground: Ground, patient: UUID | None) -> Holder:
    """The custodian that the decision cites, and no other."""
    match ground:
        case CareRelationship() | BreakGlass() if patient is not None:
            return Holder(CustodianKind.CARE, patient)
        case _:
            # Custodians of agreements come with consent; until then nothing else can be cited.
            raise KeyMissingError


def _record_view(asked: Asked, gathered: Gathered, decision: Decision, purpose: Purpose) -> None:
    states_reason = Obligation.RECORD_REASON in decision.obligations
    is_thumbnail = asked.rendition is Rendition.THUMBNAIL
    if gathered.is_told_by_gallery and is_thumbnail and not states_reason:
        return  # the gallery's own event lists this very picture, and is on the disk
    record_durably(
        Entry(
            tag=_TAGS[asked.rendition],
            actor=gathered.asker,
            subject=gathered.patient,
            purpose=decision.act_reason(purpose) or purpose.value,
            objects=(asked.photograph,),
            details={"reason": gathered.stated_reason} if states_reason else {},
        )
    )


def _record_refusal(asked: Asked, gathered: Gathered, decision: Decision, purpose: Purpose) -> None:
    """Refusals to somebody who is signed in are recorded; a stranger's guesses are not kept."""
    if gathered.asker is None:
        return
    record_durably(
        Entry(
            tag=EventTag.PHOTOGRAPH_REFUSED,
            actor=gathered.asker,
            subject=gathered.patient,
            purpose=purpose.act_reason or purpose.value,
            outcome=Outcome.DENIED,
            objects=(asked.photograph,),
            details={"reasons": [reason.value for reason in decision.reasons]},
        )
    )
