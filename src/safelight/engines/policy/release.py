"""The decision about one photograph: whether it may be opened, and on what ground."""

from safelight.engines.policy import objections
from safelight.engines.policy.agreements import cite, denials
from safelight.engines.policy.care import ground_of_care
from safelight.engines.policy.decision import Decision, Ground, Obligation, conclude
from safelight.engines.policy.facts import AskerFacts, Facts, PhotographFacts, Request, SessionState
from safelight.engines.policy.objections import Objections
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import REASON_REQUIRED, PhotographState
from safelight.vocabulary.purposes import BY_AGREEMENT, BY_REFERENCE_ONLY, Purpose
from safelight.vocabulary.roles import AGREEMENT_ROLES, CLINICAL_ROLES

_ORDINARY = frozenset({Obligation.NO_STORE})
_MARK = frozenset({Obligation.INVISIBLE_MARK})
_SENSITIVE = frozenset({Obligation.NO_STORE, Obligation.RECORD_REASON})


def decide(request: Request, facts: Facts) -> Decision:
    """Decide a request about a photograph from facts alone.

    Pure and total: no clock, no look-up, never raises on well-typed input. Default deny, deny
    wins, and a denial lists every reason there is, not only the first. Treatment is permitted on
    the ground of care; every other purpose by citing an agreement of the patient, or not at all.
    """
    if request.purpose is Purpose.TREATMENT:
        ground, against = _for_treatment(request, facts)
    else:
        ground, against = _by_agreement(request, facts)
    against += denials(request, facts.agreements)
    against += objections.to_photograph(facts.photograph, reason_stated=facts.reason_stated)
    return conclude(ground, against, _obligations(request, facts.photograph))


def decide_at_address(request: Request, facts: Facts) -> Decision:
    """Decide as `decide`, for whoever asks with a picture's address alone.

    INVARIANT: what leaves for one named work or recipient leaves by the page that counts it; to
    know the recipient's id is no way around that page.
    """
    decision = decide(request, facts)
    if request.purpose not in BY_REFERENCE_ONLY:
        return decision
    return conclude(None, (*decision.reasons, Reason.ONLY_BY_REFERENCE), frozenset())


def may_be_told(asker: AskerFacts, photograph: PhotographFacts) -> bool:
    """Say whether a photograph that cannot be shown yet may at least be listed to the asker.

    Whoever took a sealed or unreadable photograph learns of its state, and nobody else. This
    opens nothing; a verified photograph is listed by the timeline, one entered in error nowhere.
    """
    waiting = photograph.state in (PhotographState.SEALED, PhotographState.UNREADABLE)
    present = asker.session is SessionState.USABLE and asker.role in CLINICAL_ROLES
    return waiting and present and photograph.taken_by_asker is True


def _for_treatment(request: Request, facts: Facts) -> tuple[Ground | None, Objections]:
    ground, against = ground_of_care(facts.asker, facts.care)
    if request.audience is not Audience.CARE_TEAM:
        against += (Reason.AUDIENCE_NOT_FOR_TREATMENT,)
    return ground, against


def _by_agreement(request: Request, facts: Facts) -> tuple[Ground | None, Objections]:
    against = objections.to_asker(facts.asker, AGREEMENT_ROLES, Reason.ROLE_OPENS_NOTHING)
    against += objections.to_patient(facts.care.patient)
    if request.purpose not in BY_AGREEMENT:
        return None, (*against, Reason.PURPOSE_OPENS_NOTHING)
    against += objections.to_rendition(request.rendition)
    against += objections.to_use(request, facts.social_media_enabled, reviewed=facts.reviewed)
    ground, missing = cite(request, facts.agreements)
    return ground, against + missing


def _obligations(request: Request, photograph: PhotographFacts | None) -> frozenset[Obligation]:
    sensitive = photograph is not None and photograph.sensitivity in REASON_REQUIRED
    found = _SENSITIVE if sensitive else _ORDINARY
    return found | _MARK if request.purpose in BY_AGREEMENT else found
