"""The policy: facts in, decision out. Pure: no Django, no network, no clock.

`decide` is asked about every byte of every picture that goes to staff, `decide_for_patient` about
every one that goes to the patient. `may_capture`, `may_view_timeline` and `decide_break_glass`
answer the questions around them on the ground of care. A denial is a value with reasons, never an
exception. The walk through it is docs/design/life-of-a-decision.md; the decision tables that hold
it in place are tests/vectors/policy.
"""

from safelight.engines.policy.break_glass import (
    DEFAULT_DURATION,
    MINIMUM_TEXT,
    decide_break_glass,
    in_force,
)
from safelight.engines.policy.care import may_capture, may_view_timeline
from safelight.engines.policy.decision import (
    BreakGlass,
    CareRelationship,
    CitedAgreement,
    Decision,
    Ground,
    Obligation,
    SubjectOfCare,
)
from safelight.engines.policy.errors import ContradictoryDecisionError
from safelight.engines.policy.facts import (
    AgreementFacts,
    AgreementStatus,
    AskerFacts,
    Authority,
    CareFacts,
    Facts,
    PatientFacts,
    PatientState,
    PhotographFacts,
    Provision,
    Request,
    SessionState,
    Training,
)
from safelight.engines.policy.patient import decide_for_patient
from safelight.engines.policy.reasons import Reason
from safelight.engines.policy.release import decide, may_be_told

__all__ = [
    "DEFAULT_DURATION",
    "MINIMUM_TEXT",
    "AgreementFacts",
    "AgreementStatus",
    "AskerFacts",
    "Authority",
    "BreakGlass",
    "CareFacts",
    "CareRelationship",
    "CitedAgreement",
    "ContradictoryDecisionError",
    "Decision",
    "Facts",
    "Ground",
    "Obligation",
    "PatientFacts",
    "PatientState",
    "PhotographFacts",
    "Provision",
    "Reason",
    "Request",
    "SessionState",
    "SubjectOfCare",
    "Training",
    "decide",
    "decide_break_glass",
    "decide_for_patient",
    "in_force",
    "may_be_told",
    "may_capture",
    "may_view_timeline",
]
