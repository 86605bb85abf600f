"""Opening what a patient took back and the law makes the institution keep: two persons, for a while."""

from collections.abc import Mapping
from typing import Final

from safelight.engines.policy import objections
from safelight.engines.policy.decision import Decision, LegalOpening, Obligation, conclude
from safelight.engines.policy.facts import CustodyFacts, OpeningFacts, OpeningState
from safelight.engines.policy.objections import Objections
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.roles import Role

CUSTODY_ROLES: Final = frozenset({Role.PRIVACY_OFFICER})
"""Who asks for it and looks."""

CONFIRMING_ROLES: Final = frozenset({Role.PRIVACY_OFFICER, Role.ADMINISTRATOR})
"""Who may be the second person."""

_STATE: Mapping[OpeningState | None, Objections] = {
    OpeningState.CONFIRMED: objections.NONE,
    OpeningState.WAITING: (Reason.REQUEST_NOT_CONFIRMED,),
    OpeningState.OVER: (Reason.REQUEST_OVER,),
    OpeningState.ENDED: (Reason.REQUEST_ENDED,),
}
_DUTIES: Final = frozenset({Obligation.NO_STORE, Obligation.RECORD_REASON})


def may_open_custody(facts: CustodyFacts) -> Decision:
    """Decide whether the asker may see a picture that is in legal custody. Pure and total.

    A privacy officer who asked for this very picture may, while a request stands that somebody
    else confirmed. No relationship, agreement or broken glass opens it.
    """
    against = objections.to_asker(facts.asker, CUSTODY_ROLES, Reason.ROLE_OPENS_NO_CUSTODY)
    against += _to_photograph(facts.photograph) + _to_opening(facts.opening)
    return conclude(LegalOpening(facts.opening.request_id), against, _DUTIES)


def _to_photograph(state: PhotographState | None) -> Objections:
    if state is None:
        return objections.UNKNOWN
    return objections.NONE if state is PhotographState.LEGAL_CUSTODY else (Reason.NOT_IN_CUSTODY,)


def _to_opening(opening: OpeningFacts) -> Objections:
    """INVARIANT: never one person alone."""
    against = _STATE.get(opening.state, objections.UNKNOWN)
    against += objections.unless(opening.lists_photograph, Reason.NOT_REQUESTED)
    against += objections.unless(opening.is_requester, Reason.REQUESTED_BY_OTHERS)
    return against + objections.unless(opening.has_second_person, Reason.REQUEST_NOT_CONFIRMED)
