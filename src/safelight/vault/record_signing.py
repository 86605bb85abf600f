"""The Ed25519 key that signs consent records; whoever alters one cannot sign it again."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safelight.vault.institution_keys import CONSENT_SIGNATURE, institution_key


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(institution_key(CONSENT_SIGNATURE))


def sign_record(digest: bytes) -> bytes:
    """64 bytes over `digest`, the SHA-256 of a record as it was signed."""
    return _private().sign(b"safelight/consent-record/v1\n" + digest)


def is_signed(digest: bytes, signature: bytes) -> bool:
    try:
        _private().public_key().verify(signature, b"safelight/consent-record/v1\n" + digest)
    except InvalidSignature:
        return False
    return True
