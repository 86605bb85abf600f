"""Who looked, told day by day from pages that come one after the other."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from safelight.release.own_record import OwnLook
from safelight.web.portal.mine import LookLine, day_of, look_lines


@dataclass
class Days:
    """Days that were told, newest first. The day that the last page broke off in waits for more.

    PHI: who looked. Kept are the lines, a few for each day, and never the looks of many days.
    """

    told: list[tuple[date, list[LookLine]]] = field(default_factory=list)
    _waiting: list[OwnLook] = field(default_factory=list)

    def add(self, looks: list[OwnLook]) -> None:
        """The next page; looks come newest first."""
        days = [(day, list(same)) for day, same in groupby([*self._waiting, *looks], key=day_of)]
        self.told += [(day, look_lines(same)) for day, same in days[:-1]]
        self._waiting = days[-1][1] if days else []

    def end(self) -> None:
        """There are no more pages."""
        if self._waiting:
            self.told.append((day_of(self._waiting[0]), look_lines(self._waiting)))
            self._waiting = []
