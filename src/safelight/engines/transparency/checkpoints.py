"""Signed checkpoints: C2SP tlog-checkpoint bodies in C2SP signed notes."""

import re
from base64 import b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from safelight.engines.transparency.errors import CheckpointError
from safelight.engines.transparency.hashing import HASH_SIZE
from safelight.engines.transparency.verifiers import (
    KEY_ID_SIZE,
    is_key_name,
    key_id,
    strict_base64,
)

MAX_TREE_SIZE = (1 << 63) - 1
MAX_NOTE_LENGTH = 64 * 1024

_BODY = re.compile(r"([!-*,-~]{1,255})\n(0|[1-9][0-9]{0,18})\n([0-9A-Za-z+/]{43}=)\n")
_NOT_IN_NOTES = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([0-9A-Za-z+/]+=*)")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: `origin` names the log, `root` is the hash over its first `size` leaves.

    Raises CheckpointError when the origin is not a key name (ASCII, no space or plus), the size
    is not in 0 … 2^63 - 1, or the root is not 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what could not be written and read back unchanged."""
        fits = 0 <= self.size <= MAX_TREE_SIZE and len(self.root) == HASH_SIZE
        if not fits or not is_key_name(self.origin):
            raise CheckpointError

    def body(self) -> str:
        """The three lines that are signed, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode('ascii')}\n"


def sign_checkpoint(
    checkpoint: Checkpoint, signer_name: str, private_key: Ed25519PrivateKey
) -> str:
    """The checkpoint as a note with one signature line; VerifierKeyError for a bad name."""
    body = checkpoint.body()
    identifier = key_id(signer_name, private_key.public_key())
    signature = b64encode(identifier + private_key.sign(body.encode("ascii"))).decode("ascii")
    return f"{body}\n— {signer_name} {signature}\n"


def open_checkpoint(note: str, verifier_name: str, public_key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint that this key signed under this name.

    Well-formed signatures of other keys, say of witnesses, are passed over, as C2SP demands.
    Whether `origin` is the log that was asked for is for the caller to compare.
    Raises CheckpointError when the note is malformed, when no signature is by this key, or when
    any that claims to be fails; VerifierKeyError for a bad name.
    """
    body, lines = _split_note(note)
    expected = key_id(verifier_name, public_key)
    signatures = [
        blob[KEY_ID_SIZE:]
        for name, blob in map(_parse_signature, lines)
        if name == verifier_name and blob[:KEY_ID_SIZE] == expected
    ]
    if not signatures:
        raise CheckpointError
    for signature in signatures:
        _check_signature(public_key, signature, body)
    return _parse_body(body)


def is_shaped_like_checkpoint(note: str) -> bool:
    """Whether this could be a checkpoint of anybody; nothing of it was verified."""
    try:
        body, lines = _split_note(note)
        _parse_body(body)
        return bool([_parse_signature(line) for line in lines])
    except CheckpointError:
        return False


def _split_note(note: str) -> tuple[str, list[str]]:
    """The signed text and the signature lines below its last empty line."""
    if len(note) > MAX_NOTE_LENGTH or _NOT_IN_NOTES.search(note):
        raise CheckpointError
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise CheckpointError
    return text + "\n", signatures[:-1].split("\n")


def _parse_signature(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE.fullmatch(line)
    blob = match and strict_base64(match[2])
    if not match or not blob or len(blob) <= KEY_ID_SIZE:
        raise CheckpointError
    return match[1], blob


def _check_signature(public_key: Ed25519PublicKey, signature: bytes, body: str) -> None:
    try:
        public_key.verify(signature, body.encode("utf-8"))
    except InvalidSignature:
        raise CheckpointError from None


def _parse_body(body: str) -> Checkpoint:
    match = _BODY.fullmatch(body)
    root = match and strict_base64(match[3])
    if not match or not root:
        raise CheckpointError
    return Checkpoint(match[1], int(match[2]), root)
