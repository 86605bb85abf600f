"""Who may break glass, what they must say, and for how long it holds."""

from datetime import datetime, timedelta
from typing import Final

from safelight.engines.policy import objections
from safelight.engines.policy.decision import BREAK_GLASS, Decision, Obligation, conclude
from safelight.engines.policy.facts import AskerFacts, PatientState
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.photograph import BreakGlassReason
from safelight.vocabulary.roles import CLINICAL_ROLES

DEFAULT_DURATION: Final = timedelta(minutes=60)
"""How long broken glass stays broken unless the institution says otherwise."""

MINIMUM_TEXT: Final = 10
"""Characters that can be seen; blanks and invisible ones do not count."""

_DUTIES = frozenset({Obligation.NO_STORE, Obligation.RECORD_REASON})


def decide_break_glass(
    asker: AskerFacts, patient: PatientState | None, reason: BreakGlassReason | None, text: str
) -> Decision:
    """Decide whether the asker may break glass for a patient. Pure and total.

    The asker needs a clinical role, a usable session, training that has not lapsed, a coded
    reason, and `MINIMUM_TEXT` visible characters in their own words.
    """
    against = objections.to_asker(asker, CLINICAL_ROLES, Reason.ROLE_NOT_CLINICAL)
    against += objections.to_patient(patient)
    if reason is None:
        against += (Reason.BREAK_GLASS_REASON_MISSING,)
    if sum(c.isprintable() and not c.isspace() for c in text) < MINIMUM_TEXT:
        against += (Reason.BREAK_GLASS_TEXT_TOO_SHORT,)
    return conclude(BREAK_GLASS, against, _DUTIES)


def in_force(broken_at: datetime, now: datetime, duration: timedelta = DEFAULT_DURATION) -> bool:
    """Say whether glass broken at `broken_at` is still broken `now`; the end is excluded.

    False as well when the clock has gone back before `broken_at`, and for times without a zone.
    """
    if broken_at.tzinfo is None or now.tzinfo is None:
        return False
    return timedelta(0) <= now - broken_at < duration
