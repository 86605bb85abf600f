"""How long a share lasts, how often it opens, and in what words a patient is described to a guest."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from safelight.engines.policy import ReferenceState

# A clock may be set a little; one that is further off is wrong, and opens nothing.
CLOCK_SLACK: Final = timedelta(seconds=30)
MOST_ATTEMPTS: Final = 5
"""Wrong codes after which a share is locked, until its sender makes a new code."""
_BANDS: Final = ((0, 0), (1, 4), (5, 9), (10, 14), (15, 19))
_OLDEST: Final = 90
_DECADE: Final = 10


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the institution and the agreement allow. `agreement_ends_at` None: it has no end."""

    longest_days: int
    most_openings: int
    agreement_ends_at: datetime | None


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which `day`, whole, is over in `zone`."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def ends_at(given_at: datetime, now: datetime, days: int, bounds: Bounds) -> datetime | None:
    """When a share ends that is wanted for `days` from now; None where that is not allowed.

    The longest time counts from when it was given, however often it was extended. The end of the
    agreement comes first without a word: whoever asks sees the day.
    """
    wanted = now + timedelta(days=days)
    if days < 1 or wanted > given_at + timedelta(days=bounds.longest_days):
        return None
    end = min(wanted, bounds.agreement_ends_at or wanted)
    return end if end > now else None


def longest_days(given_at: datetime, now: datetime, bounds: Bounds) -> int:
    """The most whole days for which it can still be wanted; 0 for none."""
    left = given_at + timedelta(days=bounds.longest_days) - now
    return max(0, left.days)


def state_at(
    now: datetime, given_at: datetime, expires_at: datetime, revoked_at: datetime | None
) -> ReferenceState:
    """Whether a share can be looked by; one that was given in the future has a wrong clock."""
    if revoked_at is not None:
        return ReferenceState.REVOKED
    if given_at > now + CLOCK_SLACK:
        return ReferenceState.NOT_BEGUN
    return ReferenceState.IN_FORCE if now < expires_at else ReferenceState.OVER


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Completed years from `low` to `high`; `high` None means and older."""

    low: int
    high: int | None


def age_band(age: int) -> AgeBand:
    """Wide enough to tell no birth date. From 90 on one band (45 CFR 164.514(b)(2)(i)(C))."""
    for low, high in _BANDS:
        if age <= high:
            return AgeBand(low, high)
    if age >= _OLDEST:
        return AgeBand(_OLDEST, None)
    low = age - age % _DECADE
    return AgeBand(low, low + _DECADE - 1)
