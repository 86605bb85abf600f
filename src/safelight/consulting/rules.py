"""What a question is at a moment, whom it admits, and how little a colleague needs to be told."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from safelight.consulting.errors import (
    AskingRefusedError,
    NothingWrittenError,
    TooMuchWrittenError,
)
from safelight.engines.policy import ReferenceState
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.purposes import Purpose

LONGEST_TEXT: Final = 2000
MOST_PICTURES: Final = 20
ASKED_FOR: Final = (Purpose.TREATMENT, Purpose.ONE_TO_ONE_TEACHING, Purpose.QUALITY_IMPROVEMENT)
"""Advice on this patient first. The others rest on what the patient agreed to."""


class QuestionState(Coded):
    """How far a question has come."""

    OPEN = "open", "Waits for an answer"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    REVOKED = "revoked", "Taken back"
    EXPIRED = "expired", "Its time is over"

    @property
    def is_under_way(self) -> bool:
        return self in {QuestionState.OPEN, QuestionState.ANSWERED}


_AS_REFERENCE: Final = {
    QuestionState.OPEN: ReferenceState.IN_FORCE,
    QuestionState.ANSWERED: ReferenceState.IN_FORCE,
    QuestionState.CLOSED: ReferenceState.OVER,
    QuestionState.EXPIRED: ReferenceState.OVER,
    QuestionState.REVOKED: ReferenceState.REVOKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The moments of a question; None for what has not happened."""

    asked_at: datetime
    ends_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    revoked_at: datetime | None = None


def state_at(times: Times, now: datetime) -> QuestionState:
    """A question that was ended stays ended, whatever its time."""
    if times.revoked_at:
        return QuestionState.REVOKED
    if times.closed_at:
        return QuestionState.CLOSED
    if now >= times.ends_at:
        return QuestionState.EXPIRED
    return QuestionState.ANSWERED if times.answered_at else QuestionState.OPEN


def as_reference(times: Times, now: datetime) -> ReferenceState:
    """As the gate asks. A clock that went back before the asking shows nothing."""
    if now < times.asked_at:
        return ReferenceState.NOT_BEGUN
    return _AS_REFERENCE[state_at(times, now)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything by which a question lets somebody look; sealed, so that rows alone open nothing."""

    patient: UUID
    purpose: str
    asked_by: UUID
    colleague: UUID | None
    department: UUID | None
    asked_at: datetime
    ends_at: datetime
    is_over: bool
    opening_reason: str
    pictures: tuple[UUID, ...] = field(default_factory=tuple)

    def to_text(self) -> str:
        """The same text for the same terms, whatever the database."""
        told = {
            "patient": str(self.patient),
            "purpose": self.purpose,
            "asked_by": str(self.asked_by),
            "colleague": str(self.colleague or ""),
            "department": str(self.department or ""),
            "asked_at_ms": round(self.asked_at.timestamp() * 1000),
            "ends_at_ms": round(self.ends_at.timestamp() * 1000),
            "is_over": self.is_over,
            "opening_reason": self.opening_reason,
            "pictures": [str(item) for item in self.pictures],
        }
        return json.dumps(told, separators=(",", ":"), sort_keys=True)


def written(text: str) -> str:
    """What was written, ready to be kept; NothingWrittenError, TooMuchWrittenError."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise NothingWrittenError
    if len(words) > LONGEST_TEXT:
        raise TooMuchWrittenError
    return words


def end_after(asked_at: datetime, now: datetime, days: int, longest: int) -> datetime:
    """When a question that is open for so many days from now ends.

    The longest time counts from when it was asked, however often it was extended. Raises
    AskingRefusedError beyond the bounds.
    """
    left = days_left(asked_at, now, longest)
    if left < 1:
        raise AskingRefusedError("This question cannot be open any longer. Ask anew.")
    if not 1 <= days <= left:
        raise AskingRefusedError(f"This question can be open for 1 to {left} days from now.")
    return now + timedelta(days=days)


def days_left(asked_at: datetime, now: datetime, longest: int) -> int:
    """The most whole days from now for which a question can be open; 0 for none."""
    if now < asked_at:
        return 0  # a wrong clock
    return max(0, (asked_at + timedelta(days=longest) - now).days)
