"""What a question is at each moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from safelight.consulting.rules import (
    QuestionState,
    Terms,
    Times,
    as_reference,
    state_at,
)
from safelight.engines.policy import ReferenceState

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)
UNDER_WAY = Times(asked_at=NOW - DAY, ends_at=NOW + DAY)


@pytest.mark.parametrize(
    ("change", "state", "reference"),
    [
        ({}, QuestionState.OPEN, ReferenceState.IN_FORCE),
        ({"answered_at": NOW}, QuestionState.ANSWERED, ReferenceState.IN_FORCE),
        ({"ends_at": NOW}, QuestionState.EXPIRED, ReferenceState.OVER),
        ({"closed_at": NOW}, QuestionState.CLOSED, ReferenceState.OVER),
        ({"revoked_at": NOW}, QuestionState.REVOKED, ReferenceState.REVOKED),
        ({"revoked_at": NOW, "ends_at": NOW - DAY}, QuestionState.REVOKED, ReferenceState.REVOKED),
        ({"answered_at": NOW, "closed_at": NOW}, QuestionState.CLOSED, ReferenceState.OVER),
        ({"asked_at": NOW + DAY}, QuestionState.OPEN, ReferenceState.NOT_BEGUN),
    ],
)
def test_a_question_at_a_moment(
    change: dict[str, datetime], state: QuestionState, reference: ReferenceState
) -> None:
    times = replace(UNDER_WAY, **change)
    assert state_at(times, NOW) is state
    assert as_reference(times, NOW) is reference


@pytest.mark.parametrize("state", QuestionState)
def test_a_question_is_under_way_while_somebody_may_look(state: QuestionState) -> None:
    assert state.is_under_way is (state in {QuestionState.OPEN, QuestionState.ANSWERED})


def test_every_term_counts() -> None:
    one, two = UUID(int=1), UUID(int=2)
    terms = Terms(
        patient=one,
        purpose="treatment",
        asked_by=one,
        colleague=one,
        department=None,
        asked_at=NOW - DAY,
        ends_at=NOW,
        is_over=False,
        opening_reason="",
        pictures=(one, two),
    )
    others: list[dict[str, Any]] = [
        {"patient": two},
        {"purpose": "quality-improvement"},
        {"asked_by": two},
        {"colleague": None},
        {"department": one},
        {"asked_at": NOW},
        {"ends_at": NOW + timedelta(milliseconds=1)},
        {"is_over": True},
        {"opening_reason": "report"},
        {"pictures": (one,)},
        {"pictures": (two, one)},
    ]
    texts = {replace(terms, **change).to_text() for change in others}
    assert len(texts | {terms.to_text()}) == len(others) + 1
