"""Which pictures somebody may teach with now, and before whom: the policy's word about each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from safelight.consent.selectors.agreed import photographs_agreed
from safelight.consent.selectors.facts import agreement_facts_of
from safelight.engines.policy import (
    AgreementFacts,
    CareFacts,
    Facts,
    PatientState,
    PhotographFacts,
    decide,
)
from safelight.institution.selectors import Policy, current_policy
from safelight.people.asker import Asker
from safelight.photos.forms import by_form, reviewers_of_all
from safelight.photos.selectors import HeldPhotograph, held_photographs
from safelight.release.facts import Use, is_reviewed
from safelight.release.uses import uses_named
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import TAUGHT
from safelight.vocabulary.relationships import Relationship


@dataclass(frozen=True)
class _Asking:
    """What the decisions about all pictures share."""

    asker: Asker
    policy: Policy
    rendition: Rendition


def teachable(asker: Asker, among: Sequence[UUID] | None = None) -> dict[UUID, tuple[Use, ...]]:
    """Each picture that the asker may teach with now, with every use that is permitted.

    INVARIANT: each use is decided by the policy, as the gate would decide it for this asker now;
    a picture without one is not in the answer, and nothing about it is.
    """
    wanted = photographs_agreed(TAUGHT)
    if among is not None:
        named = frozenset(among)
        wanted = [item for item in wanted if item in named]
    now, policy = timezone.now(), current_policy()
    found: dict[UUID, tuple[Use, ...]] = {}
    for form, photographs in by_form(wanted).items():
        found |= _decided(_Asking(asker, policy, form.large), photographs, now)
    return {photograph: uses for photograph, uses in found.items() if uses}


def _decided(
    asking: _Asking, photographs: Sequence[UUID], now: datetime
) -> dict[UUID, tuple[Use, ...]]:
    agreements = agreement_facts_of(photographs, asking.rendition, now)
    held = held_photographs(photographs)
    reviewers = reviewers_of_all(photographs, asking.rendition)
    return {
        photograph: tuple(
            _permitted(
                asking, held[photograph], agreements[photograph], reviewers.get(photograph, 0)
            )
        )
        for photograph in photographs
        if photograph in held and photograph in agreements
    }


def _permitted(
    asking: _Asking,
    held: HeldPhotograph,
    agreements: tuple[AgreementFacts, ...],
    reviewers: int,
) -> Iterable[Use]:
    for use in uses_named(agreements, TAUGHT):
        facts = Facts(
            asker=asking.asker.facts,
            care=CareFacts(Relationship.NONE, break_glass=False, patient=PatientState.CURRENT),
            photograph=PhotographFacts(held.state, held.sensitivity, taken_by_asker=False),
            # Nobody has stated one: an intimate picture is in no library.
            reason_stated=False,
            agreements=agreements,
            social_media_enabled=False,
            reviewed=is_reviewed(asking.rendition, reviewers, use.purpose, asking.policy),
        )
        if decide(use.request(asking.rendition), facts):
            yield use
