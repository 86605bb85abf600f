"""Sealed bytes that no row names: what a crash left between the blob store and the record."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from safelight.vault.models import SealedObject
from safelight.vault.ports import blob_store
from safelight.vault.tombstones import destroy_grants

BATCH = 500


def discard(object_ids: Iterable[UUID]) -> None:
    """Keys first, then bytes: what is left of an object that never came to be."""
    ids = list(object_ids)
    destroy_grants(ids)
    for object_id in ids:
        blob_store().delete(object_id)


def sweep_orphans(older_than: datetime) -> int:
    """Discard blobs without a row that were stored before `older_than`; how many.

    INVARIANT: `older_than` lies further back than any intake may take from its first blob to its
    commit, or this would delete what is about to be recorded.
    """
    limit = older_than.timestamp()
    old = (object_id for object_id, stored in blob_store().ids() if stored < limit)
    return sum(_discard_unnamed(batch) for batch in _batches(old))


def _batches(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    batch: list[UUID] = []
    for object_id in ids:
        batch.append(object_id)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _discard_unnamed(ids: list[UUID]) -> int:
    named = set(SealedObject.objects.filter(id__in=ids).values_list("id", flat=True))
    unnamed = [object_id for object_id in ids if object_id not in named]
    discard(unnamed)
    return len(unnamed)
