"""Whatever is asked, signed, taken back, replaced or run out, in any order: gate and keys agree.

The model beside it is as simple as what a patient is told: the last word about a picture and a use
counts, until it is taken back or its time is over.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    as_if_signed,
    look_at_all,
    proposal_of,
    sign_now,
    take_tablet_back,
    visit_to,
)
from tests.looking import asks, opens
from tests.taking import take

from safelight.consent.models import Agreement, AgreementImage
from safelight.consent.services.ending import expire_due, sweep_keys, withdraw
from safelight.consent.services.proposing import close_proposal
from safelight.consent.verification import differences
from safelight.consent.visits import Visit
from safelight.engines.policy import AgreementStatus
from safelight.vault.custodians import agreements_with_keys, granted_objects
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

PICTURES = (0, 1)
SHOWN = st.sets(st.sampled_from(PICTURES), min_size=1)
SIGNING = st.tuples(
    st.just("sign"), SHOWN, st.sets(st.sampled_from(PICTURES)), st.sets(st.sampled_from(TEACHING))
)
STEPS = st.one_of(
    SIGNING,
    SIGNING,
    SIGNING,
    st.tuples(st.just("ask"), SHOWN),
    st.tuples(st.just("withdraw"), st.sampled_from(TEACHING), st.integers(0, 3)),
    st.tuples(st.just("expire"), st.sampled_from(TEACHING), st.integers(0, 3)),
    st.tuples(st.just("close")),
    st.tuples(st.just("sweep")),
)
ALL_YES: Any = ("sign", {0, 1}, set(), set(TEACHING))


class World:
    """Petra with two pictures, and what she has said about them."""

    def __init__(self, cast: Cast, pictures: list[UUID]) -> None:
        self.cast, self.pictures = cast, pictures
        self.signed: list[Visit] = []
        self.asked: list[Visit] = []
        self.untouched: list[Visit] = []
        # Which agreement, by its place in `signed`, speaks for a picture and a use; None for a no.
        self.last_word: dict[tuple[int, Purpose], int | None] = {}

    def ask(self, shown: set[int]) -> None:
        pictures = [self.pictures[item] for item in sorted(shown)]
        proposal = proposal_of(self.cast.alice, self.cast.petra, pictures)
        self.asked.append(visit_to(self.cast.alice, proposal))

    def sign(self, shown: set[int], left_out: set[int], yes: set[Purpose]) -> None:
        self.ask(shown)
        visit = self.asked.pop()
        look_at_all(visit)
        answer_all(visit, yes, [self.pictures[item] for item in left_out])
        sign_now(visit)
        self.signed.append(visit)
        self.untouched.append(visit)
        for picture in shown:
            for purpose in TEACHING:
                is_yes = purpose in yes and picture not in left_out
                self.last_word[picture, purpose] = len(self.signed) - 1 if is_yes else None

    def withdraw(self, purpose: Purpose, which: int) -> None:
        if which < len(self.signed):
            withdraw(self.signed[which], agreement_to(self.signed[which], purpose).id)
            self.end(purpose, which)

    def expire(self, purpose: Purpose, which: int) -> None:
        if which >= len(self.signed):
            return
        agreement = agreement_to(self.signed[which], purpose)
        if agreement.status == AgreementStatus.ACTIVE:
            as_if_signed(agreement, ends_on=timezone.localdate() - timedelta(days=1))
            self.untouched = [item for item in self.untouched if item is not self.signed[which]]
            expire_due()
        self.end(purpose, which)

    def end(self, purpose: Purpose, which: int) -> None:
        for key, word in self.last_word.items():
            if key[1] is purpose and word == which:
                self.last_word[key] = None

    def close(self) -> None:
        if self.asked:
            visit = self.asked.pop()
            close_proposal(self.cast.alice, visit.proposal)
            take_tablet_back(self.cast.alice, visit.proposal)

    def sweep(self) -> None:
        assert sweep_keys() == 0, "nothing was left behind"

    def check(self) -> None:
        for number, picture in enumerate(self.pictures):
            for purpose in TEACHING:
                expected = self.last_word.get((number, purpose)) is not None
                assert opens(asks(self.cast.theo, picture, purpose)) is expected, (number, purpose)
        active = Agreement.objects.filter(status=AgreementStatus.ACTIVE.value)
        known = set(active.values_list("id", flat=True))
        listed = AgreementImage.objects.filter(agreement__in=active, ended_at=None)
        assert agreements_with_keys() == known
        assert granted_objects(known) == set(listed.values_list("agreement", "object_id"))


@given(steps=st.lists(STEPS, min_size=3, max_size=7))
@example(steps=[ALL_YES, ("sign", {0}, set(), set()), ("sweep",)])
@example(steps=[ALL_YES, ("sign", {0, 1}, {1}, {TEACHING[0]}), ("withdraw", TEACHING[0], 1)])
@example(steps=[ALL_YES, ALL_YES, ("withdraw", TEACHING[1], 0), ("expire", TEACHING[1], 1)])
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_gate_opens_what_the_last_word_says_and_nothing_else(
    cast: Cast, steps: list[tuple[Any, ...]]
) -> None:
    """Each example is about two pictures of its own; what others left in force stays beside it."""
    world = World(cast, [take(cast.alice, cast.petra) for _ in PICTURES])
    for verb, *said in steps:
        getattr(world, verb)(*said)
        world.check()
    assert [differences(visit.proposal) for visit in world.untouched] == [[]] * len(world.untouched)
