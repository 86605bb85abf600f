"""Open a sealed object at once, or chunk by chunk in constant memory (spec section 3.3)."""

from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safelight.engines.envelope.chunks import filled, open_chunk_into
from safelight.engines.envelope.header import HEADER_SIZE, Kind, check_header
from safelight.engines.envelope.keys import cipher
from safelight.engines.envelope.layout import CHUNK_OVERHEAD


def unseal(
    key: bytes, object_id: UUID, kind: Kind, sealed: bytes | bytearray | memoryview
) -> bytes:
    """The plaintext of a sealed object, whole or not at all.

    Raises the EnvelopeError that names the cause: HeaderError, WrongObjectError, WrongKindError,
    TamperedError (also for a wrong key), TruncatedError, TrailingDataError, KeySizeError.
    """
    aead = cipher(key)
    view = memoryview(sealed).cast("B")
    header, frames = bytes(view[:HEADER_SIZE]), view[HEADER_SIZE:]
    chunk_size = check_header(header, object_id, kind)
    frame_size = chunk_size + CHUNK_OVERHEAD
    final = max(0, len(frames) - 1) // frame_size

    def fill(out: memoryview) -> None:
        for index in range(final + 1):
            open_chunk_into(
                out[index * chunk_size : (index + 1) * chunk_size],
                aead,
                header,
                index,
                frames[index * frame_size : (index + 1) * frame_size],
                last=index == final,
            )

    tail_size = max(0, len(frames) - final * frame_size - CHUNK_OVERHEAD)
    return filled(final * chunk_size + tail_size, fill)


def unseal_stream(key: bytes, object_id: UUID, kind: Kind, reader: BinaryIO) -> Iterator[bytes]:
    """The plaintext, one verified chunk after the other; two chunks are in memory at a time.

    The header is read and checked before this returns. Each chunk is authentic when it is
    yielded, but that the object is *complete* is known only when the iterator ends without an
    error: a consumer that must not act on a part has to wait for the end. Raises as `unseal`
    does; what `reader` raises passes through.
    """
    aead = cipher(key)
    header = _read(reader, HEADER_SIZE)
    chunk_size = check_header(header, object_id, kind)
    return _open_frames(aead, header, _frames(reader, chunk_size + CHUNK_OVERHEAD))


def _open_frames(
    aead: AESGCM, header: bytes, frames: Iterator[tuple[bytes, bool]]
) -> Iterator[bytes]:
    for index, (frame, last) in enumerate(frames):
        yield _open_frame(aead, header, index, memoryview(frame), last=last)


def _open_frame(aead: AESGCM, header: bytes, index: int, frame: memoryview, *, last: bool) -> bytes:
    return filled(
        max(0, len(frame) - CHUNK_OVERHEAD),
        lambda out: open_chunk_into(out, aead, header, index, frame, last=last),
    )


def _frames(reader: BinaryIO, frame_size: int) -> Iterator[tuple[bytes, bool]]:
    """Each frame with whether it is the last, which only looking ahead can tell."""
    frame = _read(reader, frame_size)
    while following := _read(reader, frame_size):
        yield frame, False
        frame = following
    yield frame, True


def _read(reader: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end: a raw file or socket may return less at a time."""
    found = reader.read(size)
    while len(found) < size and (more := reader.read(size - len(found))):
        found += more
    return found
