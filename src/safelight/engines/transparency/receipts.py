"""Receipts: a statement, the log entries that vouch for it, and the signed checkpoint over them.

Whoever has the log's verifier key needs nothing else to check one (docs/specs/receipt-v1.md).
INVARIANT: nothing of a receipt is believed before the given key has signed for it.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from safelight.engines.transparency.checkpoints import Checkpoint, open_checkpoint
from safelight.engines.transparency.errors import (
    CheckpointError,
    LeafError,
    ProofError,
    ReceiptError,
    StatementError,
)
from safelight.engines.transparency.hashing import HASH_SIZE, leaf_hash
from safelight.engines.transparency.leaves import Leaf
from safelight.engines.transparency.statements import (
    canonical,
    certified_objects_hash,
    read_canonical,
    texts_of,
)
from safelight.engines.transparency.verification import verify_inclusion
from safelight.engines.transparency.verifiers import parse_verifier_key, strict_base64

FORMAT: Final = "safelight-receipt"
VERSION: Final = 1
LARGEST_RECEIPT: Final = 1_000_000  # bytes
MOST_ENTRIES: Final = 50
LONGEST_PATH: Final = 64
_MEMBERS: Final = {"checkpoint", "entries", "format", "statement", "version"}
_ENTRY_MEMBERS: Final = {"index", "leaf", "path"}
_AROUND: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of the log with its way to the root: the encoded leaf, its place, the hashes."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry that was shown to stand in the log. `index` counts from zero."""

    index: int
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Verified:
    """What a receipt proves: that its statement was recorded by the event `certifying`.

    When, is `certifying.leaf.recorded_at` (milliseconds since 1970 UTC, by the log's clock). The
    events `also` are named in the statement. `checkpoint` is the state of the log that was signed.
    """

    statement: Mapping[str, Any]
    certifying: Proven
    also: tuple[Proven, ...]
    checkpoint: Checkpoint


def write_receipt(
    statement: Mapping[str, Any], entries: Sequence[LogEntry], checkpoint: str
) -> str:
    """The receipt as one line of text, the certifying entry first; nothing of it is checked.

    StatementError when the statement is not plain data.
    """
    written = {
        "format": FORMAT,
        "version": VERSION,
        "statement": statement,
        "entries": [_written(entry) for entry in entries],
        "checkpoint": checkpoint,
    }
    return canonical(written).decode()


def verify_receipt(receipt: str | bytes, verifier_key: str) -> Verified:
    """What the receipt proves under this key; the receipt's own word for a key is never asked.

    Raises VerifierKeyError when the key is malformed, and else a TransparencyError whose sentence
    says what does not match: ReceiptError, CheckpointError, LeafError, ProofError, StatementError.
    """
    name, public_key = parse_verifier_key(verifier_key)
    read = _read(receipt)
    entries = [_read_entry(item) for item in _list(read["entries"], MOST_ENTRIES)]
    if not entries or not isinstance(read["statement"], dict):
        raise ReceiptError
    checkpoint = _opened(read["checkpoint"], name, public_key)
    first, *others = (_prove(entry, checkpoint) for entry in entries)
    _check_certified(read["statement"], first)
    _check_named(read["statement"], [first, *others])
    return Verified(read["statement"], first, tuple(others), checkpoint)


def _written(entry: LogEntry) -> dict[str, Any]:
    return {
        "index": entry.index,
        "leaf": b64encode(entry.leaf).decode("ascii"),
        "path": [b64encode(each).decode("ascii") for each in entry.path],
    }


def _read(receipt: str | bytes) -> dict[str, Any]:
    """The members of the receipt, of which only names, format and version were looked at."""
    if len(receipt) > LARGEST_RECEIPT:
        raise ReceiptError("This is larger than any receipt.")
    try:
        data = receipt.encode() if isinstance(receipt, str) else bytes(receipt)
        read = read_canonical(data.strip(_AROUND))
    except (StatementError, UnicodeEncodeError):
        raise ReceiptError from None
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise ReceiptError
    if type(read.get("version")) is not int or read["version"] != VERSION:  # true equals 1
        raise ReceiptError("This receipt is of a version that is not known here.")
    if read.keys() != _MEMBERS:
        raise ReceiptError
    return read


def _read_entry(item: object) -> LogEntry:
    if not isinstance(item, dict) or item.keys() != _ENTRY_MEMBERS:
        raise ReceiptError
    index, path = item["index"], _list(item["path"], LONGEST_PATH)
    if type(index) is not int or index < 0:
        raise ReceiptError
    hashes = tuple(map(_bytes, path))
    if any(len(each) != HASH_SIZE for each in hashes):
        raise ReceiptError
    return LogEntry(_bytes(item["leaf"]), index, hashes)


def _list(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ReceiptError
    return value


def _bytes(value: object) -> bytes:
    found = strict_base64(value) if isinstance(value, str) and value.isascii() else None
    if found is None:
        raise ReceiptError
    return found


def _opened(note: object, name: str, public_key: Ed25519PublicKey) -> Checkpoint:
    if not isinstance(note, str):
        raise ReceiptError
    try:
        checkpoint = open_checkpoint(note, name, public_key)
    except CheckpointError:
        raise CheckpointError(
            "The checkpoint of the receipt was not signed with this key, or it was altered."
        ) from None
    if checkpoint.origin != name:
        raise CheckpointError("The checkpoint of the receipt is that of another log.")
    return checkpoint


def _prove(entry: LogEntry, checkpoint: Checkpoint) -> Proven:
    try:
        leaf = Leaf.decode(entry.leaf)
    except LeafError:
        raise LeafError(f"Entry {entry.index} in the receipt is not well formed.") from None
    hashed = leaf_hash(entry.leaf)
    try:
        verify_inclusion(hashed, entry.index, checkpoint.size, entry.path, checkpoint.root)
    except ProofError:
        raise ProofError(
            f"Entry {entry.index} in the receipt does not stand in the log that was signed."
        ) from None
    return Proven(entry.index, leaf)


def _check_certified(statement: Mapping[str, Any], first: Proven) -> None:
    """The subject leads the list of ids, which no other event's list does (spec, section 4)."""
    subject = first.leaf.subject
    if subject is None or certified_objects_hash(subject, statement) != first.leaf.objects_hash:
        raise StatementError


def _check_named(statement: Mapping[str, Any], proven: Sequence[Proven]) -> None:
    if len({item.index for item in proven}) != len(proven):
        raise ReceiptError("The receipt names one entry of the log twice.")
    named = set(texts_of(statement))
    for item in proven[1:]:
        if str(item.leaf.event_id) not in named:
            raise StatementError(
                f"The statement does not name the event of entry {item.index} in the receipt."
            )
