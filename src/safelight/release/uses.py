"""What a picture may be used for, by whom, until when, and why not for the rest."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils import timezone

from safelight.consent.models import Agreement
from safelight.consent.records import recipient_name
from safelight.consent.selectors.facts import agreement_facts
from safelight.engines.policy import (
    AgreementFacts,
    AgreementStatus,
    AskerFacts,
    CareFacts,
    CitedAgreement,
    Decision,
    Facts,
    PatientState,
    PhotographFacts,
    Reason,
    SessionState,
    Training,
    decide,
)
from safelight.institution.selectors import Policy, current_policy
from safelight.people.asker import Asker
from safelight.photos.forms import form_for_use, reviewers_of
from safelight.photos.selectors import PhotographView
from safelight.release.access import open_photograph_record
from safelight.release.facts import Use, is_reviewed
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import BY_AGREEMENT, USUAL_AUDIENCE, Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role


@dataclass(frozen=True)
class PermittedUse:
    """One use of one picture: permitted until a day by an agreement, or not, and why. PHI: `named`."""

    purpose: Purpose
    audience: Audience
    is_permitted: bool
    people: int | None = None
    named: str = ""
    recipient: UUID | None = None
    until: date | None = None
    agreement: UUID | None = None
    reason: Reason | None = None


def uses_of(asker: Asker, photograph: UUID) -> list[PermittedUse]:
    """Every use beyond treatment, from near to far. Only for who may open the record at all.

    Each is decided by the policy itself, as it would be for a teacher who asked now: the page
    never promises what the gate would refuse.
    """
    _record, found = open_photograph_record(asker, photograph)
    policy, now = current_policy(), timezone.now()
    form = form_for_use(photograph).large
    agreements = agreement_facts(photograph, form, now)
    facts = _facts(found, agreements, policy)
    reviewers = reviewers_of(photograph, form)
    return [
        _use(use, decide(use.request(form), replace(facts, reviewed=is_enough)))
        for use in _asked(agreements)
        for is_enough in [is_reviewed(form, reviewers, use.purpose, policy)]
    ]


def _asked(agreements: tuple[AgreementFacts, ...]) -> Iterator[Use]:
    """Each purpose before its usual audience, and before each that an agreement in force names."""
    for purpose in Purpose:
        if purpose in BY_AGREEMENT:
            named = list(uses_named(agreements, (purpose,)))
            yield from named or [Use(purpose, USUAL_AUDIENCE[purpose])]


def uses_named(
    agreements: tuple[AgreementFacts, ...], purposes: Collection[Purpose]
) -> Iterator[Use]:
    """What the agreements in force that list the picture name: audience, recipient, people."""
    for purpose in purposes:
        told = {
            Use(
                purpose,
                item.audience,
                UUID(item.recipient) if item.recipient else None,
                item.audience_size,
            )
            for item in agreements
            if item.purpose is purpose
            and item.audience
            and item.covers_image
            and item.status is AgreementStatus.ACTIVE
        }
        yield from sorted(told, key=lambda use: (use.audience.value, str(use.recipient)))


def _facts(found: PhotographView, agreements: tuple[AgreementFacts, ...], policy: Policy) -> Facts:
    return Facts(
        asker=AskerFacts(Role.TEACHER, SessionState.USABLE, Training.NOT_REQUIRED),
        care=CareFacts(Relationship.NONE, break_glass=False, patient=PatientState.CURRENT),
        photograph=PhotographFacts(found.state, found.sensitivity, taken_by_asker=False),
        # Nobody has stated one: an intimate picture is told as what it is, shut to teachers.
        reason_stated=False,
        agreements=agreements,
        social_media_enabled=bool(policy.social_media),
    )


def _use(use: Use, decision: Decision) -> PermittedUse:
    if not isinstance(decision.ground, CitedAgreement):
        return PermittedUse(
            use.purpose, use.audience, is_permitted=False, reason=_plainest(decision)
        )
    row = Agreement.objects.get(id=decision.ground.agreement_id)
    return PermittedUse(
        use.purpose,
        use.audience,
        is_permitted=True,
        people=row.people,
        named=recipient_name(row),
        recipient=row.recipient,
        until=row.ends_on,
        agreement=row.id,
    )


def _plainest(decision: Decision) -> Reason:
    """The reason that tells most: what became of an agreement, before that there is none."""
    told = [item for item in decision.reasons if item is not Reason.RECIPIENT_NOT_NAMED]
    telling = [item for item in told if item is not Reason.NO_AGREEMENT]
    return (telling or told or list(decision.reasons))[0]
