"""The sequencer: events become leaves of the Merkle log, and the log gets a signed checkpoint.

The order of leaves is the order in which the sequencer saw them, not that of the clock. A crash
between event and leaf loses nothing: the next run takes what has no leaf yet.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import connection, transaction

from safelight.audit.models import Event, EventObject, LogState, SignedCheckpoint, Tile
from safelight.audit.ports import checkpoint_signer
from safelight.audit.services import now_ms
from safelight.engines.transparency import Leaf, append, leaf_hash, root

BATCH = 500
LEAF_VERSION = 1

_PLACE_SQL = "UPDATE audit_event SET leaf_index = %s WHERE number = %s"


class RowTiles:
    """Tiles of the log as rows of the record."""

    def read(self, level: int, index: int) -> bytes | None:
        tile = Tile.objects.filter(level=level, position=index).first()
        return bytes(tile.hashes) if tile else None

    def write(self, level: int, index: int, data: bytes) -> None:
        Tile.objects.update_or_create(level=level, position=index, defaults={"hashes": data})


def leaf_of(event: Event) -> Leaf:
    return Leaf(
        version=LEAF_VERSION,
        event_id=event.id,
        tag=event.tag,
        recorded_at=event.recorded_at_ms,
        actor=event.actor,
        subject=event.subject,
        purpose=event.purpose,
        outcome=event.outcome,
        details_hash=bytes(event.details_hash),
        objects_hash=bytes(event.objects_hash),
    )


def sequence(batch: int = BATCH) -> int:
    """Add waiting events to the log and sign its new size; how many were added."""
    with transaction.atomic():
        state, _ = LogState.objects.select_for_update().get_or_create(id=1)
        waiting = list(Event.objects.filter(leaf_index__isnull=True).order_by("number")[:batch])
        if not waiting:
            return 0
        hashes = [leaf_hash(leaf_of(event).encode()) for event in waiting]
        _place(waiting, state.size)
        state.size = append(RowTiles(), state.size, hashes)
        state.save()
        _sign(state.size)
    return len(waiting)


def sequence_waiting() -> int:
    """Add all that waits, a batch at a time so that nobody waits long to write; how many."""
    total = added = sequence()
    while added == BATCH:
        added = sequence()
        total += added
    return total


def _place(waiting: Iterable[Event], start: int) -> None:
    """Number the events as leaves from `start` on. By hand: there may be thousands a second."""
    places = [(place, event.number) for place, event in enumerate(waiting, start=start)]
    with connection.cursor() as cursor:
        cursor.executemany(_PLACE_SQL, places)


def _sign(size: int) -> None:
    note = checkpoint_signer().sign(size, root(RowTiles(), size))
    SignedCheckpoint.objects.create(size=size, note=note, signed_at_ms=now_ms())


def leaf_hashes() -> Iterator[bytes]:
    """Every leaf's hash, made anew from the rows, in the log's order."""
    events = Event.objects.filter(leaf_index__isnull=False).order_by("leaf_index")
    for event in events.iterator(chunk_size=5_000):
        yield leaf_hash(leaf_of(event).encode())


def latest_checkpoint() -> SignedCheckpoint | None:
    return SignedCheckpoint.objects.order_by("-size").first()


def objects_of(events: Iterable[Event]) -> dict[int, list[UUID]]:
    """The objects each event tells of, by the event's number, in the order they were told."""
    told: dict[int, list[UUID]] = {}
    rows = EventObject.objects.filter(event__in=events).order_by("event_id", "position")
    for number, object_id in rows.values_list("event_id", "object_id"):
        told.setdefault(number, []).append(object_id)
    return told
