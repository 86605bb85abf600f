"""How long something lasts that is given to a recipient outside."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.engines.policy import ReferenceState
from safelight.release.rules import Term, ends_at, longest_days, state_at
from safelight.vocabulary.clocks import CLOCK_SLACK

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEEKS = Term(14, None)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("given_at", "days", "term", "end"),
    [
        (NOW, 7, WEEKS, NOW + 7 * DAY),
        (NOW, 14, WEEKS, NOW + 14 * DAY),
        (NOW, 15, WEEKS, None),
        (NOW, 0, WEEKS, None),
        (NOW, -1, WEEKS, None),
        (NOW - 10 * DAY, 4, WEEKS, NOW + 4 * DAY),
        (NOW - 10 * DAY, 5, WEEKS, None),
        (NOW, 7, Term(14, NOW + DAY), NOW + DAY),
        (NOW, 7, Term(14, NOW), None),
        (NOW, 7, Term(14, NOW + 30 * DAY), NOW + 7 * DAY),
    ],
)
def test_when_it_ends(given_at: datetime, days: int, term: Term, end: datetime | None) -> None:
    assert ends_at(given_at, NOW, days, term) == end


@given(st.integers(0, 40), st.integers(1, 60))
def test_what_can_be_wanted_longest_is_allowed_and_no_day_more(age: int, allowed: int) -> None:
    given_at, term = NOW - age * DAY, Term(allowed, None)
    most = longest_days(given_at, NOW, term)
    assert most == max(0, allowed - age)
    assert (ends_at(given_at, NOW, most, term) is not None) == (most > 0)
    assert ends_at(given_at, NOW, most + 1, term) is None


@pytest.mark.parametrize(
    ("given_at", "expires_at", "revoked_at", "state"),
    [
        (NOW, NOW + SECOND, None, ReferenceState.IN_FORCE),
        (NOW, NOW, None, ReferenceState.OVER),
        (NOW + CLOCK_SLACK, NOW + DAY, None, ReferenceState.IN_FORCE),
        (NOW + CLOCK_SLACK + SECOND, NOW + DAY, None, ReferenceState.NOT_BEGUN),
        (NOW - DAY, NOW + DAY, NOW - SECOND, ReferenceState.REVOKED),
        (NOW - DAY, NOW - SECOND, NOW + DAY, ReferenceState.REVOKED),
    ],
)
def test_whether_it_can_be_looked_by(
    given_at: datetime, expires_at: datetime, revoked_at: datetime | None, state: ReferenceState
) -> None:
    assert state_at(NOW, given_at, expires_at, revoked_at) is state
