"""The Ed25519 key that signs the record's checkpoints; fills the port that `audit` declares."""

import hashlib
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safelight.engines.transparency import (
    Checkpoint,
    open_checkpoint,
    sign_checkpoint,
    verifier_key,
)
from safelight.vault.institution_keys import LOG_SIGNATURE, institution_key


class LogKey:
    """Signs and checks checkpoints under one name, the log's origin."""

    @cached_property
    def origin(self) -> str:
        """The log's name, made of its key, so that a witness can tell two hospitals apart."""
        fingerprint = hashlib.sha256(self._private().public_key().public_bytes_raw())
        return f"safelight/log/{fingerprint.hexdigest()[:16]}"

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(institution_key(LOG_SIGNATURE))

    def sign(self, size: int, root: bytes) -> str:
        return sign_checkpoint(Checkpoint(self.origin, size, root), self.origin, self._private())

    def verify(self, note: str) -> tuple[int, bytes]:
        """Size and root of a note; raises a SafelightError if it was not signed by this key."""
        checkpoint = open_checkpoint(note, self.origin, self._private().public_key())
        return checkpoint.size, checkpoint.root

    def verifier(self) -> str:
        """The public key in the form that witnesses take."""
        return verifier_key(self.origin, self._private().public_key())
