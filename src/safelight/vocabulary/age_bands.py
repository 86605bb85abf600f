"""About how old somebody is, for whoever may not know who it is."""

from dataclasses import dataclass
from typing import Final

_CHILDREN: Final = ((0, 0), (1, 2), (3, 5), (6, 11), (12, 17), (18, 29))
OLDEST: Final = 90
_DECADE: Final = 10


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Completed years from `low` to `high`; `high` None means and older."""

    low: int
    high: int | None


def age_band(age: int) -> AgeBand:
    """Narrow for children, ten years for adults, wide enough to tell no birth date.

    From 90 on there is one band (45 CFR 164.514(b)(2)(i)(C)).
    """
    for low, high in _CHILDREN:
        if age <= high:
            return AgeBand(low, high)
    if age >= OLDEST:
        return AgeBand(OLDEST, None)
    low = age - age % _DECADE
    return AgeBand(low, low + _DECADE - 1)
