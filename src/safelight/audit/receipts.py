"""Receipts out of this institution's log, for whoever wants to verify them without it.

To certify a statement: record an event with `certified_objects` of patient and statement as its
objects, wait until the log is signed over it, and make the `receipt`.

INVARIANT: no other event has its own subject as its first object. The leaf commits to nothing but
the list of ids, and only that order tells a certified statement from an event about two things.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from safelight.audit.log import RowTiles, latest_checkpoint, leaf_of
from safelight.audit.models import Event, LogState
from safelight.audit.ports import checkpoint_signer
from safelight.engines.transparency import (
    LogEntry,
    TransparencyError,
    Verified,
    inclusion_proof,
    root,
    statement_ids,
    verify_receipt,
    write_receipt,
)
from safelight.vocabulary.errors import SafelightError


class NotYetInLogError(SafelightError):
    """An event has no leaf yet, or no signed checkpoint covers it; or there is no such event."""

    code: ClassVar[str] = "not-yet-in-log"
    message: ClassVar[str] = (
        "The log is not signed over this event yet; the worker does so within a moment."
    )


class OtherLogError(TransparencyError):
    """A receipt is genuine, but the log as it is kept here is not the one that it was made from."""

    code: ClassVar[str] = "transparency.other-log"
    message: ClassVar[str] = (
        "The receipt was signed with this institution's key, but its log is not the one that is "
        "kept here. Run `safelight audit verify`, and keep the receipt."
    )


def statement_objects(statement: Mapping[str, Any]) -> tuple[UUID, UUID]:
    """SHA-256 of the statement as two ids, which follow the subject in the certifying event.

    StatementError unless the statement is plain data.
    """
    return statement_ids(statement)


def certified_objects(subject: UUID, statement: Mapping[str, Any]) -> tuple[UUID, UUID, UUID]:
    """The objects of the event that certifies `statement`; `subject` is that event's subject."""
    return (subject, *statement_objects(statement))


def receipt(statement: Mapping[str, Any], certifying: UUID, also: Sequence[UUID] = ()) -> str:
    """A receipt under the newest checkpoint, verified before it is given away.

    `certifying` is the event with `certified_objects`, `also` are events whose ids stand in the
    statement. Raises NotYetInLogError while one of them waits, and a TransparencyError when the
    record does not vouch for the statement.
    """
    checkpoint = latest_checkpoint()
    if checkpoint is None:
        raise NotYetInLogError
    tiles = _RememberedTiles()
    events = _events([certifying, *also])
    entries = [_entry(event, checkpoint.size, tiles) for event in events]
    text = write_receipt(statement, entries, checkpoint.note)
    verify_receipt(text, checkpoint_signer().verifier())
    return text


def verify_here(text: str | bytes) -> Verified:
    """What a receipt proves under this institution's key and against its log as it is kept.

    Raises what `verify_receipt` raises, and OtherLogError.
    """
    found = verify_receipt(text, checkpoint_signer().verifier())
    state = LogState.objects.filter(id=1).first()
    signed = found.checkpoint
    if state is None or state.size < signed.size or not _is_kept(signed.size, signed.root):
        raise OtherLogError
    return found


def _events(wanted: Sequence[UUID]) -> list[Event]:
    """In the order that is asked for."""
    events = {event.id: event for event in Event.objects.filter(id__in=wanted)}
    if missing := set(wanted) - events.keys():
        raise NotYetInLogError(f"There is no such event: {missing.pop()}.")
    return [events[event] for event in wanted]


class _RememberedTiles(RowTiles):
    """Reads each tile once: the ways of entries to one root have most of theirs in common."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes | None] = {}

    def read(self, level: int, index: int) -> bytes | None:
        if (level, index) not in self._known:
            self._known[level, index] = super().read(level, index)
        return self._known[level, index]


def _entry(event: Event, size: int, tiles: RowTiles) -> LogEntry:
    index = event.leaf_index
    if index is None or index >= size:
        raise NotYetInLogError
    return LogEntry(leaf_of(event).encode(), index, tuple(inclusion_proof(tiles, index, size)))


def _is_kept(size: int, signed_root: bytes) -> bool:
    try:
        return root(RowTiles(), size) == signed_root
    except TransparencyError:
        return False
