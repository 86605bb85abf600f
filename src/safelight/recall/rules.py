"""How far a line may go, and when it is late. Pure functions on what is known of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from safelight.engines.policy import OpeningState
from safelight.vocabulary.recall import (
    CHASING,
    SETTLED,
    ConsequenceKind,
    ConsequenceState,
    WhyNotRetractable,
)

_WAITING, _TO_ASK, _CHASED = (
    ConsequenceState.WAITING,
    ConsequenceState.TO_ASK,
    ConsequenceState.CHASED,
)
TRANSITIONS: Final[Mapping[ConsequenceState, frozenset[ConsequenceState]]] = {
    _WAITING: SETTLED,
    _TO_ASK: frozenset({_CHASED, ConsequenceState.ACKNOWLEDGED, ConsequenceState.NOT_RETRACTABLE}),
    _CHASED: frozenset({_CHASED, ConsequenceState.ACKNOWLEDGED, ConsequenceState.NOT_RETRACTABLE}),
    # What was kept for the law is erased when its time is over.
    ConsequenceState.SEALED: frozenset({ConsequenceState.ERASED}),
}
"""Where a line may go from where it is; what is not named here stays as it is."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a withdrawal reaches, and where its line begins."""

    kind: ConsequenceKind
    target: UUID
    state: ConsequenceState = ConsequenceState.WAITING


def may_go(before: ConsequenceState, after: ConsequenceState) -> bool:
    return after in TRANSITIONS.get(before, frozenset())


def is_overdue(state: ConsequenceState, due_on: date | None, today: date) -> bool:
    """Asked, and the day by which an answer should have come is past."""
    return state in CHASING and due_on is not None and due_on < today


def is_all_settled(states: Iterable[ConsequenceState]) -> bool:
    return all(state in SETTLED for state in states)


CONFIRM_WITHIN: Final = timedelta(hours=24)
"""A request to open legal custody that nobody confirmed by then is over."""


def opening_state(
    now: datetime,
    *,
    requested_at: datetime,
    confirmed_at: datetime | None,
    ended_at: datetime | None,
    lasts: timedelta,
) -> OpeningState:
    """How far a request is. A clock that went back before its confirmation ends it as well."""
    if ended_at is not None:
        return OpeningState.ENDED
    if confirmed_at is None:
        in_time = timedelta(0) <= now - requested_at < CONFIRM_WITHIN
        return OpeningState.WAITING if in_time else OpeningState.OVER
    in_time = timedelta(0) <= now - confirmed_at < lasts
    return OpeningState.CONFIRMED if in_time else OpeningState.OVER


REASONS: Final[Mapping[ConsequenceKind, tuple[WhyNotRetractable, ...]]] = {
    ConsequenceKind.PUBLICATION: (
        WhyNotRetractable.PRINTED,
        WhyNotRetractable.OPEN_INTERNET,
        WhyNotRetractable.NO_ANSWER,
    ),
    ConsequenceKind.COPY: (WhyNotRetractable.KEPT_BY_RECIPIENT, WhyNotRetractable.NO_ANSWER),
}
"""Why something of this kind can be said not to come back."""

ASKED_ENOUGH: Final = 2
"""How often somebody has to have been asked before their silence counts."""


def is_escalated(state: ConsequenceState, due_on: date | None, times: int, today: date) -> bool:
    """Asked more than once, and still silent past the day: somebody calls in person."""
    return times >= ASKED_ENOUGH and is_overdue(state, due_on, today)


def may_give_up(kind: ConsequenceKind, reason: WhyNotRetractable, *, is_escalated: bool) -> bool:
    """Whether a line may end as *cannot be called back* for this reason."""
    if reason is WhyNotRetractable.NO_ANSWER and not is_escalated:
        return False
    return reason in REASONS.get(kind, ())
