"""Uploads under way, sealed as they arrive. Only `capture` may import this.

The file of an upload is an envelope that grows chunk by chunk under a key that lives no longer
than the upload. Plain bytes exist in memory only, and no more of them than one chunk, until the
whole picture is opened for intake.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO
from uuid import UUID

from safelight.engines import envelope
from safelight.vault import custodians
from safelight.vault.custodians import Holder
from safelight.vault.kinds import CustodianKind
from safelight.vault.ports import blob_store, quarantine_store

CHUNK_SIZE = 256 * 1024


def holder(upload: UUID) -> Holder:
    return Holder(CustodianKind.INTAKE, upload)


def begin(upload: UUID) -> None:
    """Make the short-lived key of an upload."""
    custodians.establish(CustodianKind.INTAKE, upload)


def received(upload: UUID) -> int:
    """How many plain bytes of the upload are sealed so far; a whole number of chunks."""
    size = quarantine_store().size(upload)
    return envelope.whole_chunks(size, CHUNK_SIZE) * CHUNK_SIZE


def append(upload: UUID, pieces: Iterable[bytes], *, promised_size: int) -> int:
    """Seal what arrives, chunk by chunk, behind what is there; the plain size received in the end.

    `pieces` may have any length and may stop early (the connection dropped): whole chunks are
    kept, the torn rest is dropped and will be sent again. Raises StoreFullError, VaultError.
    """
    chunk = received(upload) // CHUNK_SIZE
    last = max(0, promised_size - 1) // CHUNK_SIZE
    sealer = _sealer(upload, chunk)
    with _tail(upload, sealer, chunk) as file:
        for plain in _chunks(pieces, promised_size - chunk * CHUNK_SIZE):
            file.write(sealer.seal_chunk(plain, last=sealer.next_chunk == last))
    return promised_size if sealer.finished else sealer.next_chunk * CHUNK_SIZE


def _sealer(upload: UUID, chunk: int) -> envelope.Sealer:
    key = custodians.custodian_key(CustodianKind.INTAKE, upload)
    return envelope.Sealer(key, upload, envelope.Kind.QUARANTINE, CHUNK_SIZE, next_chunk=chunk)


def _tail(upload: UUID, sealer: envelope.Sealer, chunk: int) -> BinaryIO:
    """The upload's file, open at its end, without a chunk that was torn in the middle."""
    store = quarantine_store()
    if chunk:
        store.cut(upload, envelope.chunk_offset(chunk, CHUNK_SIZE))
    else:
        store.delete(upload)
    file = store.append(upload)
    if not chunk:
        file.write(sealer.header)
    return file


def _chunks(pieces: Iterable[bytes], expected: int) -> Iterator[bytes | memoryview]:
    """`pieces` cut into whole chunks, and the short one that completes what was promised."""
    pending = bytearray()
    for piece in pieces:
        pending += piece
        while len(pending) >= min(CHUNK_SIZE, expected) > 0:
            taken, pending = bytes(pending[:CHUNK_SIZE]), pending[CHUNK_SIZE:]
            expected -= len(taken)
            yield taken


def open_upload(upload: UUID) -> bytearray:
    """The upload's bytes in memory, for intake."""
    key = custodians.custodian_key(CustodianKind.INTAKE, upload)
    whole = bytearray()
    with quarantine_store().read(upload) as sealed:
        for chunk in envelope.unseal_stream(key, upload, envelope.Kind.QUARANTINE, sealed):
            whole += chunk
    return whole


def open_unverified(object_id: UUID, kind: envelope.Kind, upload: UUID) -> bytes:
    """A sealed picture that is not yet verified, through its upload's own key.

    Once the upload's key is destroyed, capture can open it no more; only release can.
    """
    key = custodians.granted_key(object_id, CustodianKind.INTAKE, upload)
    return envelope.unseal(key, object_id, kind, blob_store().get(object_id))


def forget_bytes(upload: UUID) -> None:
    quarantine_store().delete(upload)


def end(upload: UUID) -> None:
    """Destroy the upload's key and its bytes."""
    custodians.destroy_intake(upload)
    quarantine_store().delete(upload)


def uploads() -> Iterator[tuple[UUID, float]]:
    return quarantine_store().ids()
