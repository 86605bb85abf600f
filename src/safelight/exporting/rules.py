"""How long a link to a copy lasts, and in what words a patient is described in the copy."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from safelight.engines.policy import ReferenceState

# A clock may be set a little; one that is further off is wrong, and opens nothing.
CLOCK_SLACK: Final = timedelta(seconds=30)
_BANDS: Final = ((0, 1), (2, 4), (5, 9), (10, 14), (15, 19))
_OLDEST: Final = (90, 120)
_DECADE: Final = 10

Sex = Literal["male", "female", "other", "unknown"]
_SEXES: Final[dict[str, Sex]] = {"male": "male", "female": "female", "other": "other"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the institution and the agreement allow. `agreement_ends_at` None: it has no end."""

    longest_days: int
    agreement_ends_at: datetime | None


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which `day`, whole, is over in `zone`."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def ends_at(now: datetime, days: int, bounds: Bounds) -> datetime | None:
    """When a link ends that is wanted for `days` from now, to the second; None if not allowed.

    The end of the agreement comes first without a word: whoever asks sees the day.
    """
    if not 1 <= days <= bounds.longest_days:
        return None
    wanted = now + timedelta(days=days)
    end = min(wanted, bounds.agreement_ends_at or wanted).replace(microsecond=0)
    return end if end > now else None


def state_at(
    now: datetime, given_at: datetime, expires_at: datetime, revoked_at: datetime | None
) -> ReferenceState:
    """Whether a copy can be fetched; a link that was made in the future has a wrong clock."""
    if revoked_at is not None:
        return ReferenceState.REVOKED
    if given_at > now + CLOCK_SLACK:
        return ReferenceState.NOT_BEGUN
    return ReferenceState.IN_FORCE if now < expires_at else ReferenceState.OVER


def is_within(now: datetime, asked_at: datetime, ends_at: datetime) -> bool:
    """Whether a location may be asked at `now`; one that was given in the future may not."""
    return asked_at <= now + CLOCK_SLACK and now < ends_at


def age_band(age: int) -> tuple[int, int]:
    """The first and the last age of a band too wide to tell a birth date; from 90 on there is one.

    45 CFR 164.514(b)(2)(i)(C) asks for the latter.
    """
    for low, high in _BANDS:
        if age <= high:
            return low, high
    if age >= _OLDEST[0]:
        return _OLDEST
    low = age - age % _DECADE
    return low, low + _DECADE - 1


def sex_of(coded: str) -> Sex:
    """As FHIR has it; unknown for anything else."""
    return _SEXES.get(coded, "unknown")
