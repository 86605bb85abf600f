"""Writing the record: `record` inside the acting transaction, `record_durably` before bytes leave.

Details are plain data. They are sealed before they reach a row, under the patient's custodian
when there is a patient; the Merkle leaf commits to the hash of what is stored.
"""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from safelight.audit.ports import detail_sealer
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag, Outcome

_log = logging.getLogger(__name__)

Detail = str | int | bool | None | Sequence[str]
NO_DETAILS_HASH = hashlib.sha256(b"").digest()

# Written by hand because they run for every byte that leaves.
_EVENT_SQL = """
INSERT INTO audit_event (
    id, tag, recorded_at_ms, actor, subject, purpose, outcome,
    sealed_details, details_hash, objects_hash
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_OBJECT_SQL = """
INSERT INTO audit_eventobject (event_id, object_id, position)
SELECT number, %s, %s FROM audit_event WHERE id = %s
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is to be written down. Every verb that changes a row takes one."""

    tag: EventTag
    actor: UUID | None
    subject: UUID | None = None
    purpose: str = ""
    outcome: Outcome = Outcome.SUCCESS
    objects: tuple[UUID, ...] = ()
    details: Mapping[str, Detail] = field(default_factory=dict)  # PHI: sealed before it is stored
    id: UUID = field(default_factory=uuid4)
    may_lack_details: bool = False
    """For what must never wait for a key: where nothing can be sealed, it is written without them."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def objects_hash(objects: Sequence[UUID]) -> bytes:
    """SHA-256 over the 16-byte ids in their order; what the leaf commits to."""
    return hashlib.sha256(b"".join(item.bytes for item in objects)).digest()


def _row(entry: Entry) -> tuple[Any, ...]:
    sealed = _sealed_details(entry)
    return (
        _as_id(entry.id),
        entry.tag.value,
        now_ms(),
        entry.actor and _as_id(entry.actor),
        entry.subject and _as_id(entry.subject),
        entry.purpose,
        entry.outcome.value,
        sealed,
        hashlib.sha256(sealed).digest() if sealed else NO_DETAILS_HASH,
        objects_hash(entry.objects),
    )


def _as_id(value: UUID) -> UUID | str:
    """What the database driver takes for an id."""
    return value if connection.features.has_native_uuid_field else value.hex


def _sealed_details(entry: Entry) -> bytes:
    if not entry.details:
        return b""
    plain = json.dumps(dict(entry.details), separators=(",", ":"), sort_keys=True).encode()
    try:
        return detail_sealer().seal(entry.subject, entry.id, plain)
    except SafelightError as error:
        if not entry.may_lack_details:
            raise
        _log.warning("an event %s was written without its details: %s", entry.tag.value, error.code)
        return b""


def record(entry: Entry) -> Entry:
    """Write `entry` in the transaction that is open; it commits or falls with the act itself."""
    write([entry])
    return entry


def write(entries: Sequence[Entry]) -> None:
    """Write several entries in the open transaction, in two statements."""
    _write([_rows(entry) for entry in entries])


@dataclass(frozen=True, slots=True)
class _Rows:
    """One entry as the parameters of the two statements."""

    event: tuple[Any, ...]
    objects: list[tuple[Any, ...]]


def _rows(entry: Entry) -> _Rows:
    event = _as_id(entry.id)
    told = [(_as_id(item), position, event) for position, item in enumerate(entry.objects)]
    return _Rows(_row(entry), told)


def _write(rows: Sequence[_Rows]) -> None:
    told = [parameters for row in rows for parameters in row.objects]
    with connection.cursor() as cursor:
        cursor.executemany(_EVENT_SQL, [row.event for row in rows])
        if told:
            cursor.executemany(_OBJECT_SQL, told)


@dataclass
class _Waiting:
    rows: _Rows
    is_written: bool = False
    error: Exception | None = None


class GroupCommit:
    """Entries of concurrent requests share one durable commit.

    Whoever holds the lock writes for all who wait; a caller returns only when its own entry is on
    the disk, and raises what the commit raised. INVARIANT: no return before the commit.
    """

    def __init__(self) -> None:
        self._queue_lock = threading.Lock()
        self._leader_lock = threading.Lock()
        self._queue: list[_Waiting] = []

    def commit(self, entry: Entry) -> None:
        waiting = _Waiting(_rows(entry))  # sealed before anybody holds the database for it
        with self._queue_lock:
            self._queue.append(waiting)
        with self._leader_lock:
            if not waiting.is_written and waiting.error is None:
                self._write_all()
        if waiting.error is not None:
            raise waiting.error

    def _write_all(self) -> None:
        with self._queue_lock:
            batch, self._queue = self._queue, []
        try:
            with transaction.atomic():
                _write([waiting.rows for waiting in batch])
        except Exception as error:  # noqa: BLE001 - every waiting caller must learn of it
            _tell(batch, error)
        else:
            _tell(batch, None)


def _tell(batch: list[_Waiting], error: Exception | None) -> None:
    for waiting in batch:
        waiting.error = error
        waiting.is_written = error is None


_group = GroupCommit()


def record_durably(entry: Entry) -> Entry:
    """Write `entry` in a transaction of its own, shared with others; durable on return."""
    _group.commit(entry)
    return entry
