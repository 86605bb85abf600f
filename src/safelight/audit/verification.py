"""Checking the record: every leaf is made anew from its row, and the root from the leaves alone.

One pass in the order of the log, in constant memory. The stored tree is not believed: it only helps
to name the entry that was changed, where a signed checkpoint says that one was.
"""

import hashlib
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min

from safelight.audit.findings import Findings, ProblemKind, Report
from safelight.audit.forgetting import is_forgotten
from safelight.audit.log import RowTiles, leaf_of, objects_of
from safelight.audit.models import Event, LogState, SignedCheckpoint, Tile
from safelight.audit.ports import checkpoint_signer
from safelight.audit.services import now_ms, objects_hash
from safelight.engines.transparency import (
    HASH_SIZE,
    TILE_WIDTH,
    LeafError,
    RunningRoot,
    TileError,
    leaf_hash,
    root,
)
from safelight.vocabulary.errors import SafelightError

CHUNK = 500


def verify_record(witness: str | None = None) -> Report:
    """Rebuild the record and compare it with every signed checkpoint.

    `witness` is a checkpoint that was kept elsewhere: what it covers must still be there. Entries
    that are added meanwhile are left for the next time.
    """
    extent, findings = _extent(), Findings()
    walk = _Walk(_notes(extent, witness, findings), findings)
    for chunk in _chunks(extent.rows):
        walk.through(chunk)
    walk.end()
    _check_length(extent, findings)
    return Report(
        entries=walk.tree.size,
        checkpoints=walk.checkpoints,
        root=walk.tree.root(),
        waiting=extent.waiting,
        oldest_waiting_seconds=extent.oldest_waiting_seconds,
        problems=findings.listed,
        unlisted=findings.unlisted,
    )


@dataclass(frozen=True)
class _Extent:
    """How long the log is at one moment: by its rows, by its own word, and as it was signed."""

    rows: int
    said: int
    signed: int
    waiting: int
    oldest_waiting_seconds: int


def _extent() -> _Extent:
    with transaction.atomic():
        # The sequencer waits for the same lock, so that the numbers are of one moment.
        state = LogState.objects.select_for_update().filter(id=1).first()
        last = Event.objects.aggregate(place=Max("leaf_index"))["place"]
        signed = SignedCheckpoint.objects.aggregate(size=Max("size"))["size"]
        waiting = Event.objects.filter(leaf_index__isnull=True).aggregate(
            number=Count("number"), since=Min("recorded_at_ms")
        )
    age_ms = max(0, now_ms() - waiting["since"]) if waiting["number"] else 0
    return _Extent(
        rows=0 if last is None else last + 1,
        said=state.size if state else 0,
        signed=signed or 0,
        waiting=waiting["number"],
        oldest_waiting_seconds=age_ms // 1000,
    )


def _check_length(extent: _Extent, findings: Findings) -> None:
    if extent.said != extent.rows:
        findings.add(
            ProblemKind.LOG_LENGTH_DIFFERS,
            f"The log says that it has {extent.said} entries, but there are {extent.rows}.",
        )
    if extent.signed < extent.rows:
        findings.add(
            ProblemKind.UNSIGNED,
            f"No signed checkpoint covers the entries from {extent.signed} on.",
            extent.signed,
        )


def _chunks(rows: int) -> Iterator[list[Event]]:
    """The entries in order. By place and not by page, so that no place can make it run long."""
    following = 0
    while True:
        events = Event.objects.filter(leaf_index__gte=following, leaf_index__lt=rows)
        chunk = list(events.order_by("leaf_index")[:CHUNK])
        if not chunk:
            return
        yield chunk
        following = _place(chunk[-1]) + 1


def _place(event: Event) -> int:
    if event.leaf_index is None:
        raise LeafError
    return event.leaf_index


@dataclass(frozen=True, order=True)
class _Note:
    """A signed checkpoint as it is kept: the size it is kept under, and its text."""

    size: int
    text: str
    kept: str


def _notes(extent: _Extent, witness: str | None, findings: Findings) -> Iterator[_Note]:
    rows = SignedCheckpoint.objects.filter(size__lte=extent.signed).order_by("size")
    ours = (_Note(row.size, row.note, "in the record") for row in rows.iterator(CHUNK))
    outside = []
    if witness is not None:
        try:
            size, _ = checkpoint_signer().verify(witness)
            outside = [_Note(size, witness, "kept elsewhere")]
        except SafelightError:
            findings.add(
                ProblemKind.CHECKPOINT_INVALID,
                "The checkpoint kept elsewhere is not signed by this log's key.",
            )
    return heapq.merge(ours, outside)


class _Walk:
    """The one pass over entries and checkpoints."""

    def __init__(self, notes: Iterator[_Note], findings: Findings) -> None:
        self.tree = RunningRoot()
        self.checkpoints = 0
        self._notes, self._findings = notes, findings
        self._note = next(notes, None)
        self._following = 0
        self._is_unbroken = True
        self._proved = 0
        self._differ = 0

    def through(self, chunk: Sequence[Event]) -> None:
        told, kept = objects_of(chunk), _kept_hashes(chunk)
        for event in chunk:
            self._compare_up_to(self._following)
            self._expect(_place(event))
            self._check_parts(event, told.get(event.number, []))
            self._add(event, kept.get(_place(event)))

    def end(self) -> None:
        self._compare_up_to(self._following)
        while self._note is not None:
            self._open(self._note)
            self._findings.add(
                ProblemKind.LOG_CUT_SHORT,
                f"A signed checkpoint {self._note.kept} covers {self._note.size} entries, "
                f"but the log ends after {self._following}.",
                self._following,
            )
            self._note = next(self._notes, None)
        if self._differ > 1:
            self._findings.add(
                ProblemKind.ROOT_DIFFERS,
                f"{self._differ - 1} later checkpoints do not match either.",
            )
        if self._is_unbroken and not self._differ and not _stored_tree_has(self.tree):
            self._findings.add(
                ProblemKind.TREE_DAMAGED,
                "The stored tree does not fit the entries; proofs made from it would fail.",
            )

    def _expect(self, place: int) -> None:
        if place != self._following:
            self._is_unbroken = False
            self._findings.add(
                ProblemKind.ENTRIES_MISSING,
                f"Entries are missing: {_range(self._following, place - 1)}.",
                self._following,
            )
        self._following = place + 1

    def _check_parts(self, event: Event, told: Sequence[UUID]) -> None:
        """What the entry commits to by a hash alone."""
        is_whole = hashlib.sha256(event.sealed_details).digest() == bytes(event.details_hash)
        if not is_whole and not is_forgotten(event, told):
            self._say(ProblemKind.DETAILS_CHANGED, event, "the sealed details were changed")
        if objects_hash(told) != bytes(event.objects_hash):
            self._say(ProblemKind.OBJECTS_CHANGED, event, "the things it tells of were changed")

    def _add(self, event: Event, kept: bytes | None) -> None:
        try:
            made = leaf_hash(leaf_of(event).encode())
        except LeafError:
            self._is_unbroken = False
            self._say(ProblemKind.ENTRY_CHANGED, event, "it is not well formed")
            return
        if made != kept:
            self._say(ProblemKind.ENTRY_CHANGED, event, "it is not what the log keeps of it")
        self.tree.add(made)

    def _say(self, kind: ProblemKind, event: Event, what: str) -> None:
        place = _place(event)
        self._findings.add(kind, f"Entry {place} (event {event.id}): {what}.", place)

    def _compare_up_to(self, size: int) -> None:
        while self._note is not None and self._note.size <= size:
            self._compare(self._note)
            self._note = next(self._notes, None)

    def _compare(self, note: _Note) -> None:
        signed_root = self._open(note)
        if signed_root is None:
            return
        is_comparable = self._is_unbroken and self.tree.size == note.size
        if is_comparable and signed_root == self.tree.root():
            self._proved = note.size
            return
        self._differ += 1
        if self._differ == 1:
            self._findings.add(
                ProblemKind.ROOT_DIFFERS,
                f"The signed checkpoint over {note.size} entries {note.kept} does not match: among "
                f"{_range(self._proved, note.size - 1)} something was changed, added or taken away.",
                self._proved,
            )

    def _open(self, note: _Note) -> bytes | None:
        """The root that was signed, if it was signed by this log's key for this very size."""
        self.checkpoints += 1
        try:
            size, signed_root = checkpoint_signer().verify(note.text)
        except SafelightError:
            size, signed_root = -1, b""
        if size == note.size:
            return signed_root
        self._findings.add(
            ProblemKind.CHECKPOINT_INVALID,
            f"The checkpoint kept for {note.size} entries was not signed as such by this log's key.",
        )
        return None


def _range(first: int, last: int) -> str:
    return f"entry {first}" if first == last else f"entries {first} to {last}"


def _kept_hashes(chunk: Sequence[Event]) -> dict[int, bytes]:
    """What the stored tree keeps of these entries, by their place."""
    wanted = {_place(event) // TILE_WIDTH for event in chunk}
    rows = Tile.objects.filter(level=0, position__in=wanted)
    found = {}
    for position, hashes in rows.values_list("position", "hashes"):
        for at in range(0, len(hashes), HASH_SIZE):
            found[position * TILE_WIDTH + at // HASH_SIZE] = bytes(hashes[at : at + HASH_SIZE])
    return found


def _stored_tree_has(tree: RunningRoot) -> bool:
    try:
        return root(RowTiles(), tree.size) == tree.root()
    except TileError:
        return False
