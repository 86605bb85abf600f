"""What a check of the record has to say, as values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MOST_LISTED = 100


class ProblemKind(StrEnum):
    """What can be wrong with the record."""

    ENTRY_CHANGED = "entry-changed"
    DETAILS_CHANGED = "details-changed"
    OBJECTS_CHANGED = "objects-changed"
    ENTRIES_MISSING = "entries-missing"
    LOG_CUT_SHORT = "log-cut-short"
    LOG_LENGTH_DIFFERS = "log-length-differs"
    UNSIGNED = "unsigned"
    CHECKPOINT_INVALID = "checkpoint-invalid"
    ROOT_DIFFERS = "root-differs"
    TREE_DAMAGED = "tree-damaged"


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was signed. `entry` counts from zero, in the log's order."""

    kind: ProblemKind
    sentence: str
    entry: int | None = None


@dataclass
class Findings:
    """Problems in the order in which they were met; only so many are kept, the rest counted."""

    listed: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def add(self, kind: ProblemKind, sentence: str, entry: int | None = None) -> None:
        if len(self.listed) < MOST_LISTED:
            self.listed.append(Problem(kind, sentence, entry))
        else:
            self.unlisted += 1


@dataclass(frozen=True)
class Report:
    """What was found. `waiting` events are not in the log yet, so nothing vouches for them."""

    entries: int
    checkpoints: int
    root: bytes
    waiting: int
    oldest_waiting_seconds: int
    problems: Sequence[Problem]
    unlisted: int
