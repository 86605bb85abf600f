"""Small sealed values in database rows: names, identifiers, free text (spec section 6)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safelight.engines.envelope.errors import HeaderError, TamperedError, TruncatedError
from safelight.engines.envelope.keys import derive
from safelight.engines.envelope.layout import NONCE_SIZE, TAG_SIZE

FIELD_OVERHEAD = 1 + NONCE_SIZE + TAG_SIZE

_VERSION = b"\x01"
_LABEL = b"safelight/field/v1"


class FieldKey:
    """Seals and opens the fields of one owner; derive it once, use it for all of them.

    The context names the field (say, table, column and row id) and is authenticated, so that a
    sealed value moved to another row or column does not open there.
    """

    def __init__(self, kek: bytes) -> None:
        """Derive the field key of this 32-byte key-encryption key; KeySizeError otherwise."""
        self._aead = AESGCM(derive(kek, _LABEL))

    def seal(self, context: bytes, plaintext: bytes) -> bytes:
        """`plaintext` sealed for this context, 29 bytes longer. At most 2^32 times per key."""
        return self.seal_with_nonce(context, plaintext, os.urandom(NONCE_SIZE))

    def seal_with_nonce(self, context: bytes, plaintext: bytes, nonce: bytes) -> bytes:
        """Seal under a given nonce: for the published vectors only."""
        return _VERSION + nonce + self._aead.encrypt(nonce, plaintext, _VERSION + context)

    def unseal(self, context: bytes, sealed: bytes) -> bytes:
        """The plaintext; TruncatedError, HeaderError (version) or TamperedError."""
        if len(sealed) < FIELD_OVERHEAD:
            raise TruncatedError
        if sealed[:1] != _VERSION:
            raise HeaderError
        nonce, rest = sealed[1 : 1 + NONCE_SIZE], sealed[1 + NONCE_SIZE :]
        try:
            return self._aead.decrypt(nonce, rest, _VERSION + context)
        except InvalidTag:
            raise TamperedError from None


def seal_field(kek: bytes, context: bytes, plaintext: bytes) -> bytes:
    """One field sealed for this context; see FieldKey."""
    return FieldKey(kek).seal(context, plaintext)


def unseal_field(kek: bytes, context: bytes, sealed: bytes) -> bytes:
    """One field opened; see FieldKey."""
    return FieldKey(kek).unseal(context, sealed)
