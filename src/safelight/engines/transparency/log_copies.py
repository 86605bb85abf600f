"""Copies of the log: every leaf and the signed checkpoint, in one stream (receipt-v1, section 5).

A copy is checked as it is read, in constant memory. It holds no details, but ids and times of
events of every patient: it is for a witness, never for the public.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from safelight.engines.transparency.checkpoints import (
    MAX_NOTE_LENGTH,
    Checkpoint,
    open_checkpoint,
)
from safelight.engines.transparency.errors import (
    CheckpointError,
    LeafError,
    LogCopyError,
    ShortLogCopyError,
)
from safelight.engines.transparency.hashing import leaf_hash
from safelight.engines.transparency.leaves import Leaf
from safelight.engines.transparency.rebuilding import RunningRoot
from safelight.engines.transparency.receipts import Verified
from safelight.engines.transparency.verifiers import parse_verifier_key

MAGIC: Final = b"safelight log copy 1\n"
_LENGTH_SIZE: Final = 2
_CHECK_SIZE: Final = 4
_END: Final = bytes(_LENGTH_SIZE)
_LONGEST_NOTE: Final = 4 * MAX_NOTE_LENGTH  # bytes, of characters


def log_copy(leaves: Iterable[bytes], checkpoint: str) -> Iterator[bytes]:
    """The parts of a copy in their order: encoded leaves from the first on, then the note."""
    yield MAGIC
    for leaf in leaves:
        yield len(leaf).to_bytes(_LENGTH_SIZE, "big") + leaf + leaf_hash(leaf)[:_CHECK_SIZE]
    yield _END
    yield checkpoint.encode()


def check_log_copy(copy: BinaryIO, verifier_key: str, receipt: Verified) -> Checkpoint:
    """The copy's own checkpoint, when the log it holds is the one of the receipt.

    The root is made anew from the leaves. Raises LogCopyError, with the entry where it can be
    told; ShortLogCopyError for a whole copy that ends before the receipt's checkpoint; and
    VerifierKeyError.
    """
    tree = RunningRoot()
    root_then = tree.root()
    proven = {item.index: item.leaf for item in (receipt.certifying, *receipt.also)}
    differing = None
    for index, leaf in enumerate(_leaves(copy)):
        tree.add(leaf_hash(leaf))
        if tree.size == receipt.checkpoint.size:
            root_then = tree.root()
        if index in proven and proven[index].encode() != leaf:
            differing = index
    own = _checkpoint(copy, verifier_key, tree)
    if tree.size < receipt.checkpoint.size:
        raise ShortLogCopyError(
            f"The copy of the log has {tree.size} entries and is older than the receipt, which "
            f"was signed over {receipt.checkpoint.size}."
        )
    if differing is not None or root_then != receipt.checkpoint.root:
        raise LogCopyError(_two_histories(differing))
    return own


def _two_histories(differing: int | None) -> str:
    where = "" if differing is None else f" Entry {differing} differs."
    return (
        "The copy of the log and the receipt were signed with the same key, but tell of different "
        f"histories.{where} Keep both: together they prove that the log was forked."
    )


def _leaves(copy: BinaryIO) -> Iterator[bytes]:
    """Each leaf, as soon as its own check and form say that it is one."""
    if copy.read(len(MAGIC)) != MAGIC:
        raise LogCopyError("This is no copy of a log.")
    index = 0
    while (head := _take(copy, _LENGTH_SIZE, index)) != _END:
        leaf = _take(copy, int.from_bytes(head, "big"), index)
        if leaf_hash(leaf)[:_CHECK_SIZE] != _take(copy, _CHECK_SIZE, index):
            raise LogCopyError(_altered(index))
        try:
            Leaf.decode(leaf)
        except LeafError:
            raise LogCopyError(_altered(index)) from None
        yield leaf
        index += 1


def _take(copy: BinaryIO, size: int, index: int) -> bytes:
    found = copy.read(size)
    if len(found) != size:
        raise LogCopyError(f"The copy of the log breaks off in entry {index}.")
    return found


def _altered(index: int) -> str:
    return f"The copy of the log was altered: entry {index} is not what it was."


def _checkpoint(copy: BinaryIO, verifier_key: str, tree: RunningRoot) -> Checkpoint:
    """What was signed over the copy, when it was signed over these very leaves."""
    name, public_key = parse_verifier_key(verifier_key)
    try:
        note = copy.read(_LONGEST_NOTE + 1).decode()
        checkpoint = open_checkpoint(note, name, public_key)
    except (CheckpointError, ValueError):
        raise LogCopyError(
            "The checkpoint at the end of the copy of the log was altered, or signed with "
            "another key."
        ) from None
    if (checkpoint.origin, checkpoint.size) != (name, tree.size):
        raise LogCopyError(
            f"The copy of the log has {tree.size} entries, but {checkpoint.size} were signed."
        )
    if checkpoint.root != tree.root():
        raise LogCopyError(
            f"The copy of the log was altered: one of its entries 0 to {tree.size - 1} is not "
            "what was signed."
        )
    return checkpoint
