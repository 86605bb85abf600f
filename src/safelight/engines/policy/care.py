"""The ground of care: who treats the patient, or broke glass to. It exists once, here.

Views for treatment, taking pictures and the timeline all stand on it.
"""

from safelight.engines.policy import objections
from safelight.engines.policy.decision import (
    BREAK_GLASS,
    CARE_GROUNDS,
    Decision,
    Ground,
    Obligation,
    conclude,
)
from safelight.engines.policy.facts import AskerFacts, CareFacts
from safelight.engines.policy.objections import Objections
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import CLINICAL_ROLES

_NO_STORE = frozenset({Obligation.NO_STORE})


def may_capture(asker: AskerFacts, care: CareFacts) -> Decision:
    """Decide whether the asker may take pictures of the patient."""
    return _decide_care(asker, care)


def may_view_timeline(asker: AskerFacts, care: CareFacts) -> Decision:
    """Decide whether the asker may see which pictures the patient has; opens none of them."""
    return _decide_care(asker, care)


def ground_of_care(asker: AskerFacts, care: CareFacts) -> tuple[Ground | None, Objections]:
    """Find the ground on which the asker acts for treatment, and everything against it."""
    against = objections.to_asker(asker, CLINICAL_ROLES, Reason.ROLE_NOT_CLINICAL)
    against += objections.to_patient(care.patient)
    if care.relationship is None or care.break_glass is None:
        return None, against + objections.UNKNOWN
    if care.relationship is not Relationship.NONE:
        # INVARIANT: break-glass is the ground only where no relationship exists.
        return CARE_GROUNDS[care.relationship], against
    if care.break_glass:
        return BREAK_GLASS, against
    return None, (*against, Reason.NO_CARE_RELATIONSHIP)


def _decide_care(asker: AskerFacts, care: CareFacts) -> Decision:
    ground, against = ground_of_care(asker, care)
    return conclude(ground, against, _NO_STORE)
