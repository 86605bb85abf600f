"""Sealing: from bytes in memory to a sealed object and its grants. Nothing here opens anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from safelight.engines import envelope
from safelight.vault.custodians import Holder, grant_all
from safelight.vault.models import SealedObject
from safelight.vault.ports import blob_store


@dataclass(frozen=True)
class ToSeal:
    """Plain bytes that are to become the object `id`."""

    id: UUID
    kind: envelope.Kind
    plaintext: bytes | memoryview


def seal_objects(objects: Iterable[ToSeal], holders: Iterable[Holder]) -> list[SealedObject]:
    """Seal each object under a key of its own, store it, and grant the key to every holder.

    Blobs first, grants second; the rows are returned unsaved, for the caller's transaction. A
    crash in between leaves orphans that nobody can name; `sweep_orphans` takes them.
    """
    rows, keys = [], []
    for item in objects:
        key = envelope.new_key()
        sealed = envelope.seal(key, item.id, item.kind, item.plaintext)
        blob_store().put(item.id, sealed)
        keys.append((item.id, key))
        rows.append(SealedObject(id=item.id, kind=int(item.kind), sealed_size=len(sealed)))
    grant_all(keys, holders)
    return rows


def save_sealed(rows: Iterable[SealedObject]) -> None:
    """Record sealed objects in the open transaction; from its commit on they are no orphans."""
    SealedObject.objects.bulk_create(rows)
