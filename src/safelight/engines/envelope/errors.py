"""Why an envelope could not be sealed or opened; the codes are the outcome classes of the spec."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class EnvelopeError(SafelightError):
    """The root of everything this engine raises."""

    code: ClassVar[str] = "envelope"
    message: ClassVar[str] = "This stored object cannot be opened."


class HeaderError(EnvelopeError):
    """The bytes do not start with a header of a known version, kind and chunk size."""

    code: ClassVar[str] = "envelope.header"
    message: ClassVar[str] = "This is not a sealed object of a version that can be read here."


class WrongObjectError(EnvelopeError):
    """The header names another object than the one asked for."""

    code: ClassVar[str] = "envelope.wrong-object"
    message: ClassVar[str] = "Another object was found in the place of the one asked for."


class WrongKindError(EnvelopeError):
    """The header names another kind (say, a thumbnail where an original was asked for)."""

    code: ClassVar[str] = "envelope.wrong-kind"
    message: ClassVar[str] = "Another kind of object was found in the place of the one asked for."


class TamperedError(EnvelopeError):
    """Authentication failed: wrong key, or a changed, moved, swapped or torn chunk."""

    code: ClassVar[str] = "envelope.tampered"
    message: ClassVar[str] = "This stored object was changed or damaged and stays closed."


class TruncatedError(EnvelopeError):
    """The end is missing: the bytes stop inside a header or before the last chunk."""

    code: ClassVar[str] = "envelope.truncated"
    message: ClassVar[str] = "The end of this stored object is missing, so it stays closed."


class TrailingDataError(EnvelopeError):
    """The last chunk is authentic, but bytes follow it."""

    code: ClassVar[str] = "envelope.trailing-data"
    message: ClassVar[str] = "Something was added to the end of this stored object."


class KeyUnwrapError(EnvelopeError):
    """A wrapped key does not open under this key-encryption key and context."""

    code: ClassVar[str] = "envelope.key-unwrap"
    message: ClassVar[str] = "The key of this object cannot be opened."


class KeySizeError(EnvelopeError):
    """A key is not exactly 32 bytes."""

    code: ClassVar[str] = "envelope.key-size"
    message: ClassVar[str] = "A key of the wrong length was given."


class ChunkSizeError(EnvelopeError):
    """A chunk size is not a power of two between 4 KiB and 16 MiB."""

    code: ClassVar[str] = "envelope.chunk-size"
    message: ClassVar[str] = "The chunk size must be a power of two between 4 KiB and 16 MiB."


class ChunkSequenceError(EnvelopeError):
    """A chunk was offered out of order: wrong length, after the last one, or past the limit."""

    code: ClassVar[str] = "envelope.chunk-sequence"
    message: ClassVar[str] = "A chunk was offered that cannot follow the ones before it."
