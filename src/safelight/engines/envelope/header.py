"""The fixed header that names a sealed object and binds every chunk to it (spec section 3.1)."""

import struct
from enum import IntEnum
from uuid import UUID

from safelight.engines.envelope.errors import (
    HeaderError,
    TruncatedError,
    WrongKindError,
    WrongObjectError,
)
from safelight.engines.envelope.layout import (
    HEADER_SIZE,
    MAX_CHUNK_EXPONENT,
    MIN_CHUNK_EXPONENT,
    chunk_exponent,
)

__all__ = ["HEADER_SIZE", "Kind", "check_header", "encode_header"]

# The first byte is not ASCII and not valid UTF-8, so that no text can pass for a sealed object.
MAGIC = b"\x89SLE"
VERSION = 1
_LAYOUT = struct.Struct(">4s4B16s")


class Kind(IntEnum):
    """What a sealed object holds; the numbers are part of the format and are never reused."""

    QUARANTINE = 1
    ORIGINAL = 2
    DISPLAY = 3
    THUMBNAIL = 4
    REDACTED = 5
    DOCUMENT = 6
    AUDIT_DETAILS = 7
    FIELD = 8


_KINDS = frozenset(Kind)


def encode_header(object_id: UUID, kind: Kind, chunk_size: int) -> bytes:
    """The 24 bytes in front of the chunks; ChunkSizeError when `chunk_size` is not allowed."""
    return _LAYOUT.pack(MAGIC, VERSION, kind, chunk_exponent(chunk_size), 0, object_id.bytes)


def check_header(header: bytes, object_id: UUID, kind: Kind) -> int:
    """The chunk size, when `header` is that of this object and kind; else an EnvelopeError."""
    if len(header) != HEADER_SIZE:
        raise TruncatedError
    magic, version, found_kind, exponent, reserved, found_id = _LAYOUT.unpack(header)
    if magic != MAGIC or version != VERSION or reserved or found_kind not in _KINDS:
        raise HeaderError
    if not MIN_CHUNK_EXPONENT <= exponent <= MAX_CHUNK_EXPONENT:
        raise HeaderError
    if found_id != object_id.bytes:
        raise WrongObjectError
    if found_kind != kind:
        raise WrongKindError
    return 1 << int(exponent)
