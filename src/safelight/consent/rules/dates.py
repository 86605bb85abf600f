"""From when until when. Days are the institution's; the last day counts whole."""

from calendar import monthrange
from datetime import date

MONTHS_PER_YEAR = 12


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    index = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_PER_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_in_period(today: date, starts_on: date | None, ends_on: date | None) -> bool | None:
    """Whether `today` lies in the period, both ends included; None where it never began."""
    if starts_on is None:
        return None
    return starts_on <= today and (ends_on is None or today <= ends_on)


def majority_on(birth_date: date, majority_age: int) -> date:
    """The day from which a person decides for themselves; born on 29 February, on 1 March."""
    year = birth_date.year + majority_age
    if (birth_date.month, birth_date.day) == (2, 29) and monthrange(year, 2)[1] < birth_date.day:
        return date(year, 3, 1)
    return birth_date.replace(year=year)
