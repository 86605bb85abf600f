"""Sealed objects, wrapped keys, sealed fields and search tokens (docs/specs/envelope-v1.md).

Everything here is AES-256-GCM, HKDF-SHA256 and HMAC-SHA256 from the `cryptography` package and
the standard library; nothing reads a clock, a file or the network. Sizes are bytes throughout.
"""

from safelight.engines.envelope.errors import (
    ChunkSequenceError,
    ChunkSizeError,
    EnvelopeError,
    HeaderError,
    KeySizeError,
    KeyUnwrapError,
    TamperedError,
    TrailingDataError,
    TruncatedError,
    WrongKindError,
    WrongObjectError,
)
from safelight.engines.envelope.fields import FieldKey, seal_field, unseal_field
from safelight.engines.envelope.header import HEADER_SIZE, Kind
from safelight.engines.envelope.keys import KEY_SIZE, new_key, unwrap_key, wrap_key
from safelight.engines.envelope.layout import (
    CHUNK_OVERHEAD,
    DEFAULT_CHUNK_SIZE,
    MAX_CHUNK_SIZE,
    MIN_CHUNK_SIZE,
    chunk_offset,
    sealed_size,
    whole_chunks,
)
from safelight.engines.envelope.opening import unseal, unseal_stream
from safelight.engines.envelope.sealing import Sealer, seal
from safelight.engines.envelope.tokens import TOKEN_SIZE, keyed_token

__all__ = [
    "CHUNK_OVERHEAD",
    "DEFAULT_CHUNK_SIZE",
    "HEADER_SIZE",
    "KEY_SIZE",
    "MAX_CHUNK_SIZE",
    "MIN_CHUNK_SIZE",
    "TOKEN_SIZE",
    "ChunkSequenceError",
    "ChunkSizeError",
    "EnvelopeError",
    "FieldKey",
    "HeaderError",
    "KeySizeError",
    "KeyUnwrapError",
    "Kind",
    "Sealer",
    "TamperedError",
    "TrailingDataError",
    "TruncatedError",
    "WrongKindError",
    "WrongObjectError",
    "chunk_offset",
    "keyed_token",
    "new_key",
    "seal",
    "seal_field",
    "sealed_size",
    "unseal",
    "unseal_field",
    "unseal_stream",
    "unwrap_key",
    "whole_chunks",
    "wrap_key",
]
