"""Keys: 32 random bytes, and their wrapping under a key-encryption key (spec section 5)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safelight.engines.envelope.errors import KeySizeError, KeyUnwrapError
from safelight.engines.envelope.layout import NONCE_SIZE, TAG_SIZE

KEY_SIZE = 32
WRAPPED_SIZE = 1 + NONCE_SIZE + KEY_SIZE + TAG_SIZE

_VERSION = b"\x01"
_LABEL = b"safelight/wrap/v1\x00"


def new_key() -> bytes:
    """32 fresh bytes from the operating system's generator."""
    return os.urandom(KEY_SIZE)


def cipher(key: bytes) -> AESGCM:
    """AES-256-GCM under `key`; KeySizeError rather than a silent AES-128."""
    if len(key) != KEY_SIZE:
        raise KeySizeError
    return AESGCM(key)


def derive(key: bytes, info: bytes) -> bytes:
    """A 32-byte subkey: HKDF-SHA256 (RFC 5869) without salt, bound to `info`."""
    if len(key) != KEY_SIZE:
        raise KeySizeError
    return HKDF(SHA256(), KEY_SIZE, None, info).derive(key)


def wrap_key(kek: bytes, data_key: bytes, context: bytes) -> bytes:
    """`data_key` sealed under `kek` for one `context`, 61 bytes.

    The context says what the key is for (say, custodian and object ids); the same bytes must be
    given to unwrap. Each context has its own subkey, so one `kek` wraps any number of keys.
    """
    return wrap_with_nonce(kek, data_key, context, os.urandom(NONCE_SIZE))


def wrap_with_nonce(kek: bytes, data_key: bytes, context: bytes, nonce: bytes) -> bytes:
    """Wrap under a given nonce: for the published vectors only, since a nonce must not repeat."""
    if len(data_key) != KEY_SIZE:
        raise KeySizeError
    aead = AESGCM(derive(kek, _LABEL + context))
    return _VERSION + nonce + aead.encrypt(nonce, data_key, _VERSION)


def unwrap_key(kek: bytes, wrapped: bytes, context: bytes) -> bytes:
    """The data key; KeyUnwrapError when key, context or a single bit is not the right one."""
    aead = AESGCM(derive(kek, _LABEL + context))
    if len(wrapped) != WRAPPED_SIZE or wrapped[:1] != _VERSION:
        raise KeyUnwrapError
    try:
        return aead.decrypt(wrapped[1 : 1 + NONCE_SIZE], wrapped[1 + NONCE_SIZE :], _VERSION)
    except InvalidTag:
        raise KeyUnwrapError from None
