"""How several agreements combine: any applicable active deny wins; else an exact permit; else deny.

The rule is our own. IHE Privacy Consent on FHIR leaves the combination of several consents open.
"""

from collections.abc import Mapping
from typing import Final

from safelight.engines.policy import objections
from safelight.engines.policy.decision import CitedAgreement
from safelight.engines.policy.facts import (
    AgreementFacts,
    AgreementStatus,
    Authority,
    Provision,
    Request,
)
from safelight.engines.policy.objections import Objections
from safelight.engines.policy.reasons import Reason

_STATUS: Mapping[AgreementStatus | None, Objections] = {
    AgreementStatus.ACTIVE: objections.NONE,
    AgreementStatus.DRAFT: (Reason.AGREEMENT_NOT_SIGNED,),
    AgreementStatus.PROPOSED: (Reason.AGREEMENT_NOT_SIGNED,),
    AgreementStatus.REJECTED: (Reason.AGREEMENT_REJECTED,),
    AgreementStatus.INACTIVE: (Reason.AGREEMENT_ENDED,),
}
_AUTHORITY: Mapping[Authority | None, Objections] = {
    Authority.IN_FORCE: objections.NONE,
    Authority.ENDED_BUT_CONTINUED: objections.NONE,
    Authority.ENDED: (Reason.AUTHORITY_ENDED,),
}
# Looked up once: to read a member of an enumeration costs more than to compare with it.
_PERMIT: Final = Provision.PERMIT
_IN_ERROR: Final = AgreementStatus.ENTERED_IN_ERROR
_OTHER_AUDIENCE: Final = (Reason.OTHER_AUDIENCE,)
_NOT_LISTED: Final = (Reason.PICTURE_NOT_LISTED,)
_OUT_OF_PERIOD: Final = (Reason.AGREEMENT_OUT_OF_PERIOD,)
_OTHER_RECIPIENT: Final = (Reason.OTHER_RECIPIENT,)
_TOO_LARGE: Final = (Reason.AUDIENCE_TOO_LARGE,)


def denials(request: Request, agreements: tuple[AgreementFacts, ...] | None) -> Objections:
    """Object for each agreement that denies the request, or that might if more were known."""
    if agreements is None:
        return objections.UNKNOWN
    found = objections.NONE
    for agreement in agreements:
        if agreement.provision is not _PERMIT and _speaks_of(agreement, request):
            found += _denial(agreement, request)
    return found


def cite(
    request: Request, agreements: tuple[AgreementFacts, ...] | None
) -> tuple[CitedAgreement | None, Objections]:
    """Find the permit that matches exactly, or say how near those of the same purpose came.

    Of several that match, the one with the smallest id, so that order does not matter.
    """
    if agreements is None:
        return None, objections.UNKNOWN
    matching: list[str] = []
    near = objections.NONE
    for agreement in agreements:
        if agreement.provision is _PERMIT and _speaks_of(agreement, request):
            misses = _misses(agreement, request) + _limits(agreement, request)
            if misses:
                near += misses
            else:
                matching.append(agreement.agreement_id)
    if matching:
        return CitedAgreement(min(matching)), objections.NONE
    return None, (Reason.NO_AGREEMENT, *near)


def _speaks_of(agreement: AgreementFacts, request: Request) -> bool:
    # INVARIANT: purposes match exactly; an agreement to one is silent about every other.
    same = agreement.purpose is request.purpose or agreement.purpose is None
    return same and agreement.status is not _IN_ERROR


def _denial(agreement: AgreementFacts, request: Request) -> Objections:
    # A deny that names somebody is silent only about somebody else who is named as well.
    named = agreement.recipient is not None and request.recipient is not None
    if named and agreement.recipient != request.recipient:
        return objections.NONE
    misses = _misses(agreement, request)
    if not misses and agreement.provision is Provision.DENY:
        return (Reason.AGREEMENT_DENIES,)
    might_apply = misses.count(Reason.FACT_UNKNOWN) == len(misses)
    return objections.UNKNOWN if might_apply else objections.NONE


def _misses(agreement: AgreementFacts, request: Request) -> Objections:
    """Why the agreement does not apply, whether it permits or denies; empty if it does."""
    misses = _STATUS.get(agreement.status, objections.UNKNOWN)
    if agreement.purpose is None:
        misses += objections.UNKNOWN
    if agreement.audience is not request.audience:
        misses += objections.UNKNOWN if agreement.audience is None else _OTHER_AUDIENCE
    if not agreement.covers_image:
        misses += objections.UNKNOWN if agreement.covers_image is None else _NOT_LISTED
    if not agreement.in_period:
        misses += objections.UNKNOWN if agreement.in_period is None else _OUT_OF_PERIOD
    return misses


def _limits(agreement: AgreementFacts, request: Request) -> Objections:
    """Why a permit does not reach this far.

    A deny has no such limits: it holds for any number of people, and outlives the authority of
    whoever signed it.
    """
    limits = _AUTHORITY.get(agreement.authority, objections.UNKNOWN)
    if agreement.recipient != request.recipient:
        limits += _OTHER_RECIPIENT
    most, size = agreement.audience_size, request.audience_size
    if most is not None and (size is None or not 0 < size <= most):
        limits += _TOO_LARGE
    return limits
