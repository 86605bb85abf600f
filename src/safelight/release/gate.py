"""The only way to any byte of any picture.

Facts, decision, event, unseal, oblige, stream: in this order and nowhere else. The event is on the disk
before the bytes are opened, so a crash can only leave a look that never happened, never a look
that nobody wrote down.
"""

from typing import Final
from uuid import UUID

from django.utils import timezone

from safelight.audit.services import Detail, Entry, record_durably
from safelight.engines.envelope import Kind
from safelight.engines.policy import (
    BreakGlass,
    CareRelationship,
    CitedAgreement,
    Consultation,
    Decision,
    Ground,
    LegalOpening,
    Obligation,
    SubjectOfCare,
    decide_at_address,
)
from safelight.institution.selectors import current_policy
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked, Gathered, gather
from safelight.release.marking import LEAST_SIDE, LEAST_SMALL_SIDE, burn
from safelight.release.opened import Opened
from safelight.release.staff_marks import mark_of_staff
from safelight.vault.custodians import Holder
from safelight.vault.errors import KeyMissingError
from safelight.vault.kinds import CustodianKind
from safelight.vault.unseal import open_object
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import AS_TAKEN, COVERED, Rendition
from safelight.vocabulary.purposes import Purpose

KINDS: Final = {
    Rendition.ORIGINAL: Kind.ORIGINAL,
    Rendition.DISPLAY: Kind.DISPLAY,
    Rendition.THUMBNAIL: Kind.THUMBNAIL,
    Rendition.REDACTED: Kind.REDACTED,
    Rendition.REDACTED_THUMBNAIL: Kind.REDACTED,
    Rendition.REDACTED_DRAFT: Kind.REDACTED,
}
_SMALL: Final = frozenset({AS_TAKEN.small, COVERED.small})
_TAGS: Final = {
    Rendition.ORIGINAL: EventTag.PHOTOGRAPH_ORIGINAL_VIEWED,
    Rendition.DISPLAY: EventTag.PHOTOGRAPH_DISPLAY_VIEWED,
    Rendition.THUMBNAIL: EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED,
    Rendition.REDACTED: EventTag.PHOTOGRAPH_REDACTED_VIEWED,
    Rendition.REDACTED_THUMBNAIL: EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED,
    Rendition.REDACTED_DRAFT: EventTag.PHOTOGRAPH_REDACTED_VIEWED,
}


def open_photograph(asked: Asked) -> Opened:
    """The bytes of one rendition, if the policy permits; recorded either way.

    Beyond treatment it carries the hidden number of whoever asks. Raises AccessRefusedError with
    the decision; KeyMissingError, BlobMissingError or an EnvelopeError when the vault cannot open
    it, NotMarkedError when it cannot carry its mark, after an event that says so.
    """
    gathered, decision, ground, object_id = _permitted(asked)
    _record_view(asked, gathered, decision)
    holder = holder_of(ground, gathered.patient)
    content = open_object(object_id, KINDS[asked.rendition], holder)
    opened = Opened(content, gathered.media_type)
    mark = mark_of_staff(gathered.asker) if gathered.asker else None
    marked = burn(opened, decision.obligations, mark, least_side=_least_side(asked.rendition))
    # INVARIANT: marking takes up to a second; what was taken back meanwhile is not sent.
    if marked is not opened:
        _permitted(asked)
    return marked


def _permitted(asked: Asked) -> tuple[Gathered, Decision, Ground, UUID]:
    """What is known now, the decision and what it rests on; AccessRefusedError, recorded."""
    gathered = gather(asked, current_policy(), timezone.now())
    decision = decide_at_address(asked.use.request(asked.rendition), gathered.facts)
    if decision.ground is None or gathered.object_id is None:
        record_refusal(asked, gathered, decision)
        raise AccessRefusedError(decision)
    return gathered, decision, decision.ground, gathered.object_id


def _least_side(rendition: Rendition) -> int:
    """A shelf shows dozens of small forms at once: these carry the least that names somebody."""
    return LEAST_SMALL_SIDE if rendition in _SMALL else LEAST_SIDE


def holder_of(ground: Ground, patient: UUID | None) -> Holder:
    """The custodian that the decision cites, and no other.

    INVARIANT: an agreement opens with its own key. A decision that cites the wrong one opens nothing.
    """
    match ground:
        case CareRelationship() | BreakGlass() | SubjectOfCare() | Consultation() if patient:
            return Holder(CustodianKind.CARE, patient)
        case LegalOpening() if patient:
            return Holder(CustodianKind.LEGAL, patient)
        case CitedAgreement():
            return Holder(CustodianKind.AGREEMENT, UUID(ground.agreement_id))
        case _:
            raise KeyMissingError


def _record_view(asked: Asked, gathered: Gathered, decision: Decision) -> None:
    purpose = asked.use.purpose
    states_reason = Obligation.RECORD_REASON in decision.obligations
    is_small = asked.rendition in _SMALL
    is_care = purpose is Purpose.TREATMENT and is_small
    if gathered.is_told_by_gallery and is_care and not states_reason:
        return  # the gallery's own event lists this very picture, and is on the disk
    record_durably(
        Entry(
            tag=_TAGS[asked.rendition],
            actor=gathered.asker,
            subject=gathered.patient,
            purpose=decision.act_reason(purpose) or purpose.value,
            objects=(asked.photograph,),
            details=_view_details(asked, gathered, decision),
        )
    )


def _view_details(asked: Asked, gathered: Gathered, decision: Decision) -> dict[str, Detail]:
    """The reason that was stated, and the agreement that the look rests on."""
    details: dict[str, Detail] = {}
    if Obligation.RECORD_REASON in decision.obligations:
        details["reason"] = gathered.stated_reason
    if isinstance(decision.ground, CitedAgreement):
        details["agreement"] = decision.ground.agreement_id
        details["use"] = [asked.use.purpose.value, asked.use.audience.value]
    return details


def record_refusal(asked: Asked, gathered: Gathered, decision: Decision) -> None:
    """Refusals to somebody who is signed in are recorded; a stranger's guesses are not kept."""
    if gathered.asker is None:
        return
    record_durably(
        Entry(
            tag=EventTag.PHOTOGRAPH_REFUSED,
            actor=gathered.asker,
            subject=gathered.patient,
            purpose=asked.use.purpose.act_reason or asked.use.purpose.value,
            outcome=Outcome.DENIED,
            objects=(asked.photograph,),
            details={"reasons": [reason.value for reason in decision.reasons]},
        )
    )
