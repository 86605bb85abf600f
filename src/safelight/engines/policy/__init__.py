"""The policy: facts in, decision out. Pure: no Django, no network, no clock.

`decide` is asked about every byte of every picture that goes to staff, `decide_for_patient` about
every one that goes to the patient. `may_capture`, `may_view_timeline` and `decide_break_glass`
answer the questions around them on the ground of care, `may_open_custody` the one about what is
under lock. A denial is a value with reasons, never an
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
from safelight.engines.policy.custody import (
    CONFIRMING_ROLES,
    CUSTODY_ROLES,
    may_open_custody,
)
from safelight.engines.policy.decision import (
    BreakGlass,
    CareRelationship,
    CitedAgreement,
    Consultation,
    Decision,
    Ground,
    LegalOpening,
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
    CustodyFacts,
    Facts,
    OpeningFacts,
    OpeningState,
    PatientFacts,
    PatientState,
    PhotographFacts,
    Provision,
    ReferenceFacts,
    ReferenceState,
    ReferredFacts,
    Request,
    SessionState,
    Training,
)
from safelight.engines.policy.patient import decide_for_patient
from safelight.engines.policy.reasons import Reason
from safelight.engines.policy.reference import decide_by_reference
from safelight.engines.policy.release import decide, decide_at_address, may_be_told

__all__ = [
    "CONFIRMING_ROLES",
    "CUSTODY_ROLES",
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
    "Consultation",
    "ContradictoryDecisionError",
    "CustodyFacts",
    "Decision",
    "Facts",
    "Ground",
    "LegalOpening",
    "Obligation",
    "OpeningFacts",
    "OpeningState",
    "PatientFacts",
    "PatientState",
    "PhotographFacts",
    "Provision",
    "Reason",
    "ReferenceFacts",
    "ReferenceState",
    "ReferredFacts",
    "Request",
    "SessionState",
    "SubjectOfCare",
    "Training",
    "decide",
    "decide_at_address",
    "decide_break_glass",
    "decide_by_reference",
    "decide_for_patient",
    "in_force",
    "may_be_told",
    "may_capture",
    "may_open_custody",
    "may_view_timeline",
]
