"""One destruction of keys, as a value and as a line of the journal of withdrawals.

Opaque ids and a time, nothing else: the journal may lie wherever a backup may.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.errors import SafelightError

# A line of another kind: up to here everything is in the journal.
SEEN: Final = "seen"
LONGEST_LINE: Final = 400


class JournalError(SafelightError):
    code: ClassVar[str] = "journal"
    message: ClassVar[str] = "The journal of withdrawals cannot be read or written."


@dataclass(frozen=True)
class Destruction:
    """A custodian that was destroyed, or (with `object_id`) one grant that it held."""

    kind: CustodianKind
    owner: UUID
    at: datetime
    object_id: UUID | None = None
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Journal:
    """What a journal tells. Nothing is missing from it before `until`; None when it says nothing."""

    destructions: tuple[Destruction, ...] = ()
    until: datetime | None = None


def as_line(item: Destruction) -> str:
    told = {
        "at": item.at.isoformat(),
        "id": item.id.hex,
        "kind": item.kind.value,
        "object": item.object_id.hex if item.object_id else None,
        "owner": item.owner.hex,
    }
    return json.dumps(told, separators=(",", ":"))


def seen_line(moment: datetime) -> str:
    return json.dumps({"at": moment.isoformat(), "kind": SEEN}, separators=(",", ":"))


def read_lines(lines: Iterable[str]) -> Journal:
    """The journal in these lines; JournalError names the line that is none."""
    found: list[Destruction] = []
    times: list[datetime] = []
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line[:LONGEST_LINE])
            times.append(_moment(told))
            if told["kind"] != SEEN:
                found.append(_destruction(told, times[-1]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise JournalError(
                f"Line {number} of the journal of withdrawals is damaged."
            ) from error
    return Journal(tuple(found), max(times, default=None))


def _moment(told: dict[str, Any]) -> datetime:
    moment = datetime.fromisoformat(told["at"])
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _destruction(told: dict[str, Any], at: datetime) -> Destruction:
    thing = told["object"]
    return Destruction(
        kind=CustodianKind(told["kind"]),
        owner=UUID(hex=told["owner"]),
        at=at,
        object_id=None if thing is None else UUID(hex=thing),
        id=UUID(hex=told["id"]),
    )


def merged(*journals: Journal) -> Journal:
    """Several journals as one; each destruction once, in the order of time."""
    known = {item.id: item for journal in journals for item in journal.destructions}
    ends = [journal.until for journal in journals if journal.until is not None]
    in_order = sorted(known.values(), key=lambda item: item.at)
    return Journal(tuple(in_order), max(ends, default=None))
