"""Key names, key ids and verifier keys of C2SP signed notes, for Ed25519 (signature type 1)."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from safelight.engines.transparency.errors import VerifierKeyError

KEY_ID_SIZE = 4
_ED25519 = b"\x01"
_ENCODED_SIZE = 1 + 32

# Narrower than C2SP, which allows any Unicode but spaces: a name must look the same to everyone.
_NAME = re.compile(r"[!-*,-~]{1,255}")
_VERIFIER_KEY = re.compile(r"([!-*,-~]{1,255})\+([0-9a-f]{8})\+([0-9A-Za-z+/]+=*)")


def is_key_name(name: str) -> bool:
    """Whether `name` is 1 to 255 printable ASCII characters without space and plus."""
    return _NAME.fullmatch(name) is not None


def key_id(name: str, public_key: Ed25519PublicKey) -> bytes:
    """The four bytes that tell keys of one name apart; VerifierKeyError for a bad name."""
    if not is_key_name(name):
        raise VerifierKeyError
    encoded = _ED25519 + public_key.public_bytes_raw()
    return sha256(name.encode("ascii") + b"\n" + encoded).digest()[:KEY_ID_SIZE]


def verifier_key(name: str, public_key: Ed25519PublicKey) -> str:
    """``name+id+key``: all that a witness needs to check checkpoints; VerifierKeyError."""
    identifier = key_id(name, public_key).hex()
    encoded = b64encode(_ED25519 + public_key.public_bytes_raw()).decode("ascii")
    return f"{name}+{identifier}+{encoded}"


def parse_verifier_key(text: str) -> tuple[str, Ed25519PublicKey]:
    """Name and public key; VerifierKeyError when anything is malformed or the id does not fit."""
    match = _VERIFIER_KEY.fullmatch(text)
    encoded = match and strict_base64(match[3])
    if not match or not encoded or len(encoded) != _ENCODED_SIZE or encoded[:1] != _ED25519:
        raise VerifierKeyError
    public_key = Ed25519PublicKey.from_public_bytes(encoded[1:])
    if key_id(match[1], public_key).hex() != match[2]:
        raise VerifierKeyError
    return match[1], public_key


def strict_base64(text: str) -> bytes | None:
    """The bytes of RFC 4648 section 4 base64 in its one canonical spelling, else None."""
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        return None
    return found if b64encode(found).decode("ascii") == text else None
