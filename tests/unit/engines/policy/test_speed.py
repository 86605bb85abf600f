"""A decision is quick enough that nobody will ever want to keep one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.unit.engines.policy.drawn import A_PERMIT, LECTURE, PERMITTING

from safelight.engines.policy import (
    AgreementFacts,
    Authority,
    Decision,
    Provision,
    decide,
)
from safelight.vocabulary.audiences import Audience

LIMIT = 50e-6  # seconds
CALLS, ROUNDS = 2000, 7
TWENTY = [replace(A_PERMIT, agreement_id=f"{number:02}") for number in range(20)]
NEAR = {
    "audience": Audience.PUBLIC,
    "covers_image": False,
    "in_period": False,
    "recipient": "r1",
    "audience_size": 12,
    "authority": Authority.ENDED,
}


def all_near() -> list[AgreementFacts]:
    return [replace(agreement, **NEAR) for agreement in TWENTY]  # type: ignore[arg-type] # by name


def all_deny_something_else() -> list[AgreementFacts]:
    return [replace(agreement, provision=Provision.DENY) for agreement in all_near()]


@pytest.mark.parametrize(
    ("agreements", "reasons"),
    [
        pytest.param(TWENTY, 0, id="all permit"),
        pytest.param([*all_near()[:19], A_PERMIT], 0, id="the last permits"),
        pytest.param(all_near(), 7, id="all miss in every way"),
        pytest.param(all_deny_something_else(), 1, id="all deny something else"),
    ],
)
def test_a_decision_on_twenty_agreements_with_its_reasons_takes_less_than_50_microseconds(
    agreements: list[AgreementFacts], reasons: int
) -> None:
    facts = replace(PERMITTING, agreements=tuple(agreements))
    assert len(decide(LECTURE, facts).reasons) == reasons
    assert fastest(lambda: decide(LECTURE, facts)) < LIMIT


def fastest(ask: Callable[[], Decision]) -> float:
    """Seconds of one call in the best round, in time of this process alone: others may work too."""
    rounds = []
    for _ in range(ROUNDS):
        since = time.process_time()
        for _ in range(CALLS):
            ask()
        rounds.append((time.process_time() - since) / CALLS)
    return min(rounds)
