"""The gate for looks by reference: a colleague who was asked, a recipient outside, a lecture screen.

Facts, decision, event, unseal, oblige, in this order, as in `gate`. Whoever keeps the reference
says what it is at this moment; whether a picture may be seen by it is decided here, each time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from safelight.audit.services import Detail, Entry, record_durably
from safelight.consent.selectors.facts import agreement_facts
from safelight.engines.policy import (
    AskerFacts,
    CitedAgreement,
    Decision,
    Ground,
    PatientState,
    PhotographFacts,
    ReferenceFacts,
    ReferredFacts,
    decide_by_reference,
)
from safelight.institution.selectors import current_policy
from safelight.photos.forms import form_for_use
from safelight.photos.held import held_forms
from safelight.photos.selectors import HeldPhotograph
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use, is_reviewed
from safelight.release.gate import KINDS, holder_of
from safelight.release.marking import Mark, burn
from safelight.release.opened import Opened
from safelight.vault.unseal import open_object
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import AS_TAKEN, FormForUse, Rendition
from safelight.vocabulary.purposes import BY_AGREEMENT

_SMALL: Final = frozenset({Rendition.THUMBNAIL, Rendition.REDACTED_THUMBNAIL})


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look by reference, as the room that keeps the reference knows it now.

    `facts` is what the reference says about this photograph and viewer; take it anew for each
    look. `viewer` is whoever looks, for the record: a member of staff, a guest or a screen.
    `named` is how the record names a viewer who is not of the staff (PHI: it is sealed).
    `staff` is what the policy needs to know of a member of staff; None for anybody else.
    """

    use: Use
    facts: ReferenceFacts
    photograph: UUID
    viewer: UUID | None
    named: str = ""
    staff: AskerFacts | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    rendition: Rendition
    object_id: UUID | None
    media_type: str
    patient: UUID | None
    facts: ReferredFacts


def form_by_reference(use: Use, photograph: UUID) -> FormForUse:
    """The form that such a use shows: for treatment as taken, beyond it as prepared for use."""
    return form_for_use(photograph) if use.purpose in BY_AGREEMENT else AS_TAKEN


def show_by_reference(look: Look, *, small: bool = False) -> Opened:
    """The bytes of one picture, if the policy permits; marked as it demands, recorded either way.

    Raises AccessRefusedError with the decision; NotMarkedError, KeyMissingError, BlobMissingError
    or an EnvelopeError when it cannot be opened as it has to be, after an event that says so.
    """
    found, decision, ground, object_id = _permitted(look, small=small)
    _record(look, found, decision, _tag(found.rendition))
    content = open_object(object_id, KINDS[found.rendition], holder_of(ground, found.patient))
    opened = Opened(content, found.media_type)
    marked = burn(opened, decision.obligations, look.mark)
    # INVARIANT: marking takes up to a second; what was taken back meanwhile is not sent.
    if marked is not opened:
        _permitted(look, small=small)
    return marked


def _permitted(look: Look, *, small: bool) -> tuple[_Found, Decision, Ground, UUID]:
    """What is known now, the decision and what it rests on; AccessRefusedError, recorded."""
    found = _find(look, timezone.now(), small=small)
    decision = _decide(look, found)
    if decision.ground is None or found.object_id is None:
        _record(look, found, decision, EventTag.PHOTOGRAPH_REFUSED)
        raise AccessRefusedError(decision)
    return found, decision, decision.ground, found.object_id


def may_show(look: Look, at: datetime | None = None) -> Decision:
    """What `show_by_reference` would decide now, for pages and leases. Opens and records nothing.

    `at` asks about another moment, such as that of a lecture, with the agreements as they are now.
    """
    return _decide(look, _find(look, at or timezone.now(), small=False))


def _decide(look: Look, found: _Found) -> Decision:
    return decide_by_reference(look.use.request(found.rendition), found.facts)


def _find(look: Look, now: datetime, *, small: bool) -> _Found:
    found = held_forms(look.photograph)
    form = found.for_use if look.use.purpose in BY_AGREEMENT else AS_TAKEN
    rendition = form.small if small else form.large
    row, held, policy = found.form(rendition), found.photograph, current_policy()
    by_agreement = look.use.purpose in BY_AGREEMENT and held is not None
    facts = ReferredFacts(
        reference=look.facts,
        viewer=look.staff,
        patient=PatientState.CURRENT if held else None,
        photograph=_photograph_facts(held),
        agreements=agreement_facts(look.photograph, rendition, now, purpose=look.use.purpose)
        if by_agreement
        else (),
        social_media_enabled=bool(policy.social_media),
        reviewed=is_reviewed(rendition, row.reviewers if row else 0, look.use.purpose, policy),
    )
    return _Found(
        rendition,
        row.object_id if row else None,
        row.media_type if row else "",
        held.patient if held else None,
        facts,
    )


def _photograph_facts(held: HeldPhotograph | None) -> PhotographFacts | None:
    if held is None:
        return None
    return PhotographFacts(held.state, held.sensitivity, taken_by_asker=False)


def _tag(rendition: Rendition) -> EventTag:
    if rendition in _SMALL:
        return EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED
    return EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE


def _record(look: Look, found: _Found, decision: Decision, tag: EventTag) -> None:
    if look.viewer is None and not decision:
        return  # a stranger's guesses are not kept, as at the gate for staff
    purpose = look.use.purpose
    record_durably(
        Entry(
            tag=tag,
            actor=look.viewer,
            subject=found.patient,
            purpose=decision.act_reason(purpose) or purpose.value,
            outcome=Outcome.SUCCESS if decision else Outcome.DENIED,
            objects=(look.photograph, UUID(look.facts.reference_id)),
            details=_details(look, decision),
        )
    )


def _details(look: Look, decision: Decision) -> dict[str, Detail]:
    """What the look rests on: the use, and the agreement; or the reasons why there was none."""
    use = [look.use.purpose.value, look.use.audience.value]
    details: dict[str, Detail] = {"use": use, "named": look.named, "people": look.use.people}
    if isinstance(decision.ground, CitedAgreement):
        details["agreement"] = decision.ground.agreement_id
    if not decision:
        details["reasons"] = [reason.value for reason in decision.reasons]
    return details
