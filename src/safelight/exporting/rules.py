"""How long a location of a file lasts, and in what words a patient is described in the copy."""

from datetime import datetime
from typing import Final, Literal

from safelight.engines.fhir.picture_bundle import OLDEST
from safelight.vocabulary.age_bands import age_band
from safelight.vocabulary.clocks import CLOCK_SLACK

Sex = Literal["male", "female", "other", "unknown"]
_SEXES: Final[dict[str, Sex]] = {"male": "male", "female": "female", "other": "other"}


def is_within(now: datetime, asked_at: datetime, ends_at: datetime) -> bool:
    """Whether a location may be asked at `now`; one that was given in the future may not."""
    return asked_at <= now + CLOCK_SLACK and now < ends_at


def years_of(age: int) -> tuple[int, int]:
    """The first and the last age of a band, as a copy tells them."""
    band = age_band(age)
    last = OLDEST if band.high is None else band.high
    return band.low, max(last, band.low + 1)


def sex_of(coded: str) -> Sex:
    """As FHIR has it; unknown for anything else."""
    return _SEXES.get(coded, "unknown")
