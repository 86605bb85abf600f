"""Uploads under way, sealed as they arrive. Only `capture` may import this.

The file of an upload is an envelope that grows chunk by chunk under a key that lives no longer
than the upload. Plain bytes exist in memory only, and no more of them than one chunk, until the
whole picture is opened for intake.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from uuid import UUID

from safelight.engines import envelope
from safelight.vault import custodians
from safelight.vault.custodians import Holder
from safelight.vault.errors import TakenOverError
from safelight.vault.keystore.models import Custodian
from safelight.vault.kinds import CustodianKind
from safelight.vault.ports import blob_store, quarantine_store

CHUNK_SIZE = 256 * 1024


def holder(upload: UUID) -> Holder:
    return Holder(CustodianKind.INTAKE, upload)


def begin(upload: UUID) -> None:
    """Make the short-lived key of an upload, if it has none."""
    custodians.establish(CustodianKind.INTAKE, upload)


def received(upload: UUID) -> int:
    """How many plain bytes of the upload are sealed and durable; a whole number of chunks."""
    return envelope.whole_chunks(quarantine_store().size(upload), CHUNK_SIZE) * CHUNK_SIZE


def append(upload: UUID, pieces: Iterable[bytes], *, offset: int, promised_size: int) -> int:
    """Seal what arrives behind the first `offset` bytes; how many are there in the end.

    `offset` is a whole number of chunks, as `received` says. `pieces` may have any length and may
    stop early (the connection dropped): whole chunks are kept, the torn rest will be sent again.
    What exceeds the promise is not read. Raises KeyMissingError, StoreFullError, VaultError, and
    TakenOverError when the upload was completed here but goes on elsewhere.
    """
    chunk = offset // CHUNK_SIZE
    key = custodians.custodian_key(CustodianKind.INTAKE, upload)
    sealer = envelope.Sealer(key, upload, envelope.Kind.QUARANTINE, CHUNK_SIZE, next_chunk=chunk)
    kept = envelope.chunk_offset(chunk, CHUNK_SIZE) if chunk else 0
    with closing(quarantine_store().resume(upload, kept)) as file:
        if not kept:
            file.write(sealer.header)
        for plain, last in _chunks(pieces, promised_size - offset):
            file.write(sealer.seal_chunk(plain, last=last))
        if not sealer.finished:
            file.sync()
            return sealer.next_chunk * CHUNK_SIZE
        if not file.is_current():
            raise TakenOverError
    return promised_size


def _chunks(pieces: Iterable[bytes], left: int) -> Iterator[tuple[bytearray, bool]]:
    """`pieces` cut into whole chunks and the shorter, perhaps empty one that ends the promise."""
    source = iter(pieces)
    pending = bytearray()
    last = False
    while not last:
        wanted = min(left, CHUNK_SIZE)
        while len(pending) < wanted:
            piece = next(source, b"")
            if not piece:
                return
            pending += piece
        left, last = left - wanted, wanted < CHUNK_SIZE
        yield pending[:wanted], last
        del pending[:wanted]


def open_upload(upload: UUID, size: int) -> bytearray:
    """The upload's `size` bytes in memory, for intake; held there once.

    Raises EnvelopeError when the file is torn or damaged, BlobMissingError, KeyMissingError.
    """
    key = custodians.custodian_key(CustodianKind.INTAKE, upload)
    whole, at = bytearray(size), 0
    with quarantine_store().read(upload) as sealed:
        for chunk in envelope.unseal_stream(key, upload, envelope.Kind.QUARANTINE, sealed):
            whole[at : at + len(chunk)] = chunk
            at += len(chunk)
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


def files_older_than(moment: datetime) -> list[UUID]:
    """Uploads that left bytes here and added none since `moment`."""
    limit = moment.timestamp()
    return [upload for upload, changed in quarantine_store().ids() if changed < limit]


def keys_older_than(moment: datetime) -> list[UUID]:
    """Uploads whose short-lived key was made before `moment` and still exists."""
    rows = Custodian.objects.filter(kind=CustodianKind.INTAKE.value, created_at__lt=moment)
    return list(rows.values_list("owner", flat=True))
