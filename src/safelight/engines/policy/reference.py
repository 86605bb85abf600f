"""A look by reference: somebody was asked, a recipient outside, a screen in a lecture hall.

What travels is a reference, never a picture. Each look is decided anew, from what the reference
says now and from the agreement that it rests on.
"""

from collections.abc import Mapping
from typing import Final

from safelight.engines.policy import objections
from safelight.engines.policy.agreements import cite, denials
from safelight.engines.policy.decision import (
    Consultation,
    Decision,
    Ground,
    Obligation,
    conclude,
)
from safelight.engines.policy.facts import (
    AskerFacts,
    PhotographFacts,
    ReferenceFacts,
    ReferenceState,
    ReferredFacts,
    Request,
)
from safelight.engines.policy.objections import Objections
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import REASON_REQUIRED, Rendition
from safelight.vocabulary.purposes import BY_AGREEMENT, Purpose
from safelight.vocabulary.roles import AGREEMENT_ROLES, CLINICAL_ROLES

_STATE: Mapping[ReferenceState | None, Objections] = {
    ReferenceState.IN_FORCE: objections.NONE,
    ReferenceState.NOT_BEGUN: (Reason.REFERENCE_NOT_BEGUN,),
    ReferenceState.OVER: (Reason.REFERENCE_OVER,),
    ReferenceState.REVOKED: (Reason.REFERENCE_REVOKED,),
}
_BOTH: Final = frozenset({Obligation.VISIBLE_MARK, Obligation.INVISIBLE_MARK})
_INVISIBLE: Final = frozenset({Obligation.INVISIBLE_MARK})
_MARKS: Mapping[Purpose, frozenset[Obligation]] = {
    Purpose.SECOND_OPINION: _BOTH,
    Purpose.RECORD_COPY: _INVISIBLE,
    Purpose.ONE_TO_ONE_TEACHING: _INVISIBLE,
    Purpose.SMALL_GROUP_TEACHING: _INVISIBLE,
    Purpose.LECTURE: _INVISIBLE,
    Purpose.CONFERENCE: _INVISIBLE,
    Purpose.QUALITY_IMPROVEMENT: _INVISIBLE,
}
"""What is burned into a picture that others look at. A work that prints the picture gets it whole."""


def decide_by_reference(request: Request, facts: ReferredFacts) -> Decision:
    """Decide whether whoever holds a reference may see one photograph of it now.

    Pure and total, as `decide`. Treatment is permitted to a clinician whom a treating colleague
    asked; everything else by citing an agreement. The reference narrows and never widens: it
    must be in force, list the photograph, admit whoever looks, and have room for them.
    """
    against = _to_reference(facts.reference) + objections.to_patient(facts.patient)
    against += objections.to_rendition(request.rendition)
    against += _to_original(request.rendition)
    ground, missing = _ground(request, facts)
    against += missing + denials(request, facts.agreements)
    against += objections.to_photograph(
        facts.photograph, reason_stated=facts.reference.reason_stated
    )
    return conclude(ground, against, _obligations(request, facts.photograph))


def _to_reference(reference: ReferenceFacts) -> Objections:
    against = _STATE.get(reference.state, objections.UNKNOWN)
    against += objections.unless(reference.lists_photograph, Reason.NOT_REFERRED_TO)
    against += objections.unless(reference.is_admitted, Reason.VIEWER_NOT_ADMITTED)
    return against + objections.unless(reference.has_room, Reason.NO_ROOM_LEFT)


def _to_original(rendition: Rendition) -> Objections:
    return (Reason.ORIGINAL_NOT_BY_REFERENCE,) if rendition is Rendition.ORIGINAL else ()


def _ground(request: Request, facts: ReferredFacts) -> tuple[Ground | None, Objections]:
    if request.purpose is Purpose.TREATMENT:
        return _consultation(request, facts)
    if request.purpose not in BY_AGREEMENT:
        return None, (Reason.PURPOSE_OPENS_NOTHING,)
    against = _to_viewer(facts.viewer)
    against += objections.to_use(request, facts.social_media_enabled, reviewed=facts.reviewed)
    ground, missing = cite(request, facts.agreements)
    return ground, against + missing


def _to_viewer(viewer: AskerFacts | None) -> Objections:
    """A member of staff must be somebody who may; whoever is none was admitted by the reference."""
    if viewer is None:
        return objections.NONE
    return objections.to_asker(viewer, AGREEMENT_ROLES, Reason.ROLE_OPENS_NOTHING)


def _consultation(request: Request, facts: ReferredFacts) -> tuple[Ground | None, Objections]:
    # INVARIANT: care stays among clinicians of this institution; no guest looks for treatment.
    against: Objections = (Reason.SESSION_ABSENT,)
    if facts.viewer is not None:
        against = objections.to_asker(facts.viewer, CLINICAL_ROLES, Reason.ROLE_NOT_CLINICAL)
    if request.audience is not Audience.CARE_TEAM:
        against += (Reason.AUDIENCE_NOT_FOR_TREATMENT,)
    return Consultation(facts.reference.reference_id), against


def _obligations(request: Request, photograph: PhotographFacts | None) -> frozenset[Obligation]:
    found = frozenset({Obligation.NO_STORE}) | _MARKS.get(request.purpose, frozenset())
    if photograph is not None and photograph.sensitivity in REASON_REQUIRED:
        found |= {Obligation.RECORD_REASON}
    return found
