"""How long something lasts that is given to a recipient outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from safelight.engines.policy import ReferenceState
from safelight.vocabulary.clocks import CLOCK_SLACK


@dataclass(frozen=True, slots=True)
class Term:
    """What the institution and the agreement allow. `agreement_ends_at` None: it has no end."""

    longest_days: int
    agreement_ends_at: datetime | None


def ends_at(given_at: datetime, now: datetime, days: int, term: Term) -> datetime | None:
    """When it ends if it is wanted for `days` from now; None where that is not allowed.

    The longest time counts from when it was given, however often it was extended. The end of the
    agreement comes first without a word: whoever asks sees the day.
    """
    wanted = now + timedelta(days=days)
    if days < 1 or wanted > given_at + timedelta(days=term.longest_days):
        return None
    end = min(wanted, term.agreement_ends_at or wanted)
    return end if end > now else None


def longest_days(given_at: datetime, now: datetime, term: Term) -> int:
    """The most whole days for which it can still be wanted; 0 for none."""
    left = given_at + timedelta(days=term.longest_days) - now
    return max(0, left.days)


def state_at(
    now: datetime, given_at: datetime, expires_at: datetime, revoked_at: datetime | None
) -> ReferenceState:
    """Whether it can be looked by; what was given in the future has a wrong clock."""
    if revoked_at is not None:
        return ReferenceState.REVOKED
    if given_at > now + CLOCK_SLACK:
        return ReferenceState.NOT_BEGUN
    return ReferenceState.IN_FORCE if now < expires_at else ReferenceState.OVER
