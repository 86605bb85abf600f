"""What this room needs from outside: whoever holds something that left as a copy.

A holder is asked to give it back or to delete it. Another record system may be asked by machine; where
nothing can carry the question, a person asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from safelight.vocabulary.recall import ConsequenceKind, WhyNotRetractable


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A line of the board as a holder needs it: no name, and nothing of the pictures."""

    id: UUID
    target: UUID


@dataclass(frozen=True, slots=True)
class Asking:
    """What came of asking. `was_sent`: the holder has the question; if not, a person has to ask."""

    was_sent: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the holder said. `refused` is None where it is gone there, else why it stays."""

    refused: WhyNotRetractable | None = None


class HolderNotReachedError(Exception):
    """The holder cannot be asked now. It is tried again, and people see the line waiting."""


class CopyHolder(Protocol):
    """Called outside any transaction, any number of times for one line, by any worker."""

    def ask(self, line: CopyLine) -> Asking:
        """Shut what can be shut here, and carry the question. Raises HolderNotReachedError."""

    def was_asked(self, line: CopyLine, actor: UUID) -> None:
        """A person asked; noted where the copy came from. Called in the transaction of the note."""

    def answer(self, line: CopyLine) -> Answer | None:
        """What was answered so far; None while nothing was. Raises HolderNotReachedError."""


@dataclass
class Wiring:
    """Filled by `project`. What has no holder here is asked about by people."""

    holders: Mapping[ConsequenceKind, CopyHolder] = field(default_factory=dict)


wiring = Wiring()
