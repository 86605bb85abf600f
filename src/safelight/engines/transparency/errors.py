"""Why a record could not be read or believed; the codes are the outcome classes of the spec."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class TransparencyError(SafelightError):
    """The root of everything this engine raises."""

    code: ClassVar[str] = "transparency"
    message: ClassVar[str] = "The record of events cannot be verified."


class LeafError(TransparencyError):
    """A leaf is not in the one canonical encoding, or holds what a leaf may not hold."""

    code: ClassVar[str] = "transparency.leaf"
    message: ClassVar[str] = "An entry of the record of events is not well formed."


class ProofError(TransparencyError):
    """A proof does not show what it claims to show."""

    code: ClassVar[str] = "transparency.proof"
    message: ClassVar[str] = "The proof does not match the record of events."


class TileError(TransparencyError):
    """A stored tile is missing, too short, or not a whole number of hashes."""

    code: ClassVar[str] = "transparency.tile"
    message: ClassVar[str] = "A part of the record of events is missing or damaged."


class TreeRangeError(TransparencyError):
    """An index or size lies outside the tree."""

    code: ClassVar[str] = "transparency.range"
    message: ClassVar[str] = "The record of events has no such entry or size."


class HashSizeError(TransparencyError):
    """A hash is not exactly 32 bytes."""

    code: ClassVar[str] = "transparency.hash-size"
    message: ClassVar[str] = "A hash of the wrong length was given."


class CheckpointError(TransparencyError):
    """A checkpoint is malformed, or carries no valid signature of the expected key."""

    code: ClassVar[str] = "transparency.checkpoint"
    message: ClassVar[str] = "The signed checkpoint is not valid."


class VerifierKeyError(TransparencyError):
    """A verifier key, or a key's name, is malformed."""

    code: ClassVar[str] = "transparency.verifier-key"
    message: ClassVar[str] = "The verifier key is not valid."


class ReceiptError(TransparencyError):
    """What was given is no receipt of version 1, or no longer one."""

    code: ClassVar[str] = "transparency.receipt"
    message: ClassVar[str] = "This is no receipt, or it was altered."


class StatementError(TransparencyError):
    """A statement cannot be written in its one form, or the record does not vouch for it."""

    code: ClassVar[str] = "transparency.statement"
    message: ClassVar[str] = "The statement is not the one that stands in the record of events."


class LogCopyError(TransparencyError):
    """A copy of the log was altered, or tells of another history than the receipt."""

    code: ClassVar[str] = "transparency.log-copy"
    message: ClassVar[str] = "The copy of the record of events was altered."


class ShortLogCopyError(TransparencyError):
    """A copy of the log is older than the receipt, so that it says nothing about it."""

    code: ClassVar[str] = "transparency.log-copy-short"
    message: ClassVar[str] = "The copy of the record of events is older than the receipt."
