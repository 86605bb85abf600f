"""What clocks are trusted with."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

CLOCK_SLACK: Final = timedelta(seconds=30)
"""A clock may be set a little; one that is further off is wrong, and opens nothing."""


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which `day`, whole, is over in `zone`."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
