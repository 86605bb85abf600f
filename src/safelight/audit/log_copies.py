"""A copy of the log for a witness: every leaf made anew from its row, and the newest checkpoint."""

from collections.abc import Iterator
from typing import IO, ClassVar

from safelight.audit.log import latest_checkpoint, leaf_of
from safelight.audit.models import Event
from safelight.audit.ports import checkpoint_signer
from safelight.engines.transparency import LeafError, RunningRoot, leaf_hash, log_copy
from safelight.vocabulary.errors import SafelightError

CHUNK = 5_000


class NoCheckpointError(SafelightError):
    code: ClassVar[str] = "no-checkpoint"
    message: ClassVar[str] = (
        "No checkpoint is signed yet; the worker signs the first a moment after it starts."
    )


class RecordAlteredError(SafelightError):
    code: ClassVar[str] = "record-altered"
    message: ClassVar[str] = (
        "The record is not as it was signed, so no copy was made; `safelight audit verify` says "
        "where."
    )


def write_log_copy(out: IO[bytes]) -> int:
    """Write a copy up to the newest checkpoint to `out`; how many entries it has.

    In constant memory. Raises NoCheckpointError, and RecordAlteredError when the rows are no
    longer those that were signed: what was written until then is no copy.
    """
    checkpoint = latest_checkpoint()
    if checkpoint is None:
        raise NoCheckpointError
    tree = RunningRoot()
    out.writelines(log_copy(_leaves(checkpoint.size, tree), checkpoint.note))
    if (tree.size, tree.root()) != checkpoint_signer().verify(checkpoint.note):
        raise RecordAlteredError
    return tree.size


def _leaves(size: int, tree: RunningRoot) -> Iterator[bytes]:
    events = Event.objects.filter(leaf_index__lt=size).order_by("leaf_index")
    for event in events.iterator(chunk_size=CHUNK):
        try:
            leaf = leaf_of(event).encode()
        except LeafError:
            raise RecordAlteredError from None
        tree.add(leaf_hash(leaf))
        yield leaf
