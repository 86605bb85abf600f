"""Seal an object at once, or chunk by chunk as its bytes arrive (spec sections 3 and 4)."""

import os
from collections.abc import Iterator
from uuid import UUID

from safelight.engines.envelope.chunks import filled, seal_chunk_into
from safelight.engines.envelope.errors import ChunkSequenceError
from safelight.engines.envelope.header import HEADER_SIZE, Kind, encode_header
from safelight.engines.envelope.keys import cipher
from safelight.engines.envelope.layout import (
    CHUNK_OVERHEAD,
    DEFAULT_CHUNK_SIZE,
    MAX_CHUNKS,
    NONCE_SIZE,
    sealed_size,
)


def seal(
    key: bytes,
    object_id: UUID,
    kind: Kind,
    plaintext: bytes | bytearray | memoryview,
    chunk_size: int = DEFAULT_CHUNK_SIZE,
) -> bytes:
    """`plaintext` as one sealed object, `sealed_size` bytes long.

    Raises KeySizeError and ChunkSizeError. Use a new key for every object.
    """
    return seal_with_nonces(
        key, object_id, kind, plaintext, chunk_size=chunk_size, nonces=_fresh_nonces()
    )


def _fresh_nonces() -> Iterator[bytes]:
    while True:
        yield os.urandom(NONCE_SIZE)


def seal_with_nonces(
    key: bytes,
    object_id: UUID,
    kind: Kind,
    plaintext: bytes | bytearray | memoryview,
    *,
    chunk_size: int,
    nonces: Iterator[bytes],
) -> bytes:
    """Seal under given nonces: for the published vectors only, since a nonce must not repeat."""
    aead = cipher(key)
    header = encode_header(object_id, kind, chunk_size)
    text = memoryview(plaintext).cast("B")
    final = max(0, len(text) - 1) // chunk_size
    frame_size = chunk_size + CHUNK_OVERHEAD

    def fill(out: memoryview) -> None:
        out[:HEADER_SIZE] = header
        frames = out[HEADER_SIZE:]
        for index in range(final + 1):
            seal_chunk_into(
                frames[index * frame_size : (index + 1) * frame_size],
                aead,
                header,
                index,
                text[index * chunk_size : (index + 1) * chunk_size],
                last=index == final,
                nonce=next(nonces),
            )

    return filled(sealed_size(len(text), chunk_size), fill)


class Sealer:
    """Seals one object chunk by chunk, and can be made anew in the middle of it.

    Write `header` first, then what `seal_chunk` returns, in order. After a crash count the whole
    chunks in the file (`whole_chunks`), cut the torn tail (`chunk_offset`), and go on with a new
    Sealer from `next_chunk`. No state but that number is needed, since every chunk draws its own
    random nonce. A chunk that was sealed twice is authentic in both versions, so that the whole
    plaintext has to be compared with a digest agreed with the sender (spec section 4.2).
    """

    def __init__(
        self,
        key: bytes,
        object_id: UUID,
        kind: Kind,
        chunk_size: int = DEFAULT_CHUNK_SIZE,
        *,
        next_chunk: int = 0,
    ) -> None:
        """Start at chunk `next_chunk`; KeySizeError, ChunkSizeError or ChunkSequenceError."""
        if next_chunk < 0:
            raise ChunkSequenceError
        self._aead = cipher(key)
        self.header = encode_header(object_id, kind, chunk_size)
        self.chunk_size = chunk_size
        self.next_chunk = next_chunk
        self.finished = False

    def seal_chunk(self, plaintext: bytes | bytearray | memoryview, *, last: bool = False) -> bytes:
        """The next sealed chunk, 28 bytes longer than `plaintext`.

        Every chunk but the last is exactly `chunk_size` long; the last may be shorter or empty.
        Anything else, and anything after the last, is a ChunkSequenceError. A last chunk of full
        length is sealed as one more chunk and an empty last one, 28 bytes longer again.
        """
        text = memoryview(plaintext).cast("B")
        self._check_sequence(len(text), last=last)
        # INVARIANT: a chunk of full length is never the last, or counting the whole chunks of a
        # file could not tell an upload that ended there from one that was cut off there.
        if last and len(text) == self.chunk_size:
            return self._seal_next(text, last=False) + self._seal_next(text[:0], last=True)
        return self._seal_next(text, last=last)

    def _seal_next(self, text: memoryview, *, last: bool) -> bytes:
        index, self.next_chunk, self.finished = self.next_chunk, self.next_chunk + 1, last
        aead, header, nonce = self._aead, self.header, os.urandom(NONCE_SIZE)

        def fill(out: memoryview) -> None:
            seal_chunk_into(out, aead, header, index, text, last=last, nonce=nonce)

        return filled(len(text) + CHUNK_OVERHEAD, fill)

    def _check_sequence(self, length: int, *, last: bool) -> None:
        fits = length <= self.chunk_size if last else length == self.chunk_size
        if self.finished or not fits or self.next_chunk >= MAX_CHUNKS:
            raise ChunkSequenceError
