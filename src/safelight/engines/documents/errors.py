"""Why a document cannot be made or trusted, each in one sentence for whoever asked for it."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class DocumentError(SafelightError):
    """Any refusal by the documents engine."""

    code: ClassVar[str] = "documents"
    message: ClassVar[str] = "This document could not be made or read."


class UnfitContentError(DocumentError):
    """What was given cannot stand on the page: too much of it, or not of the kind it should be."""

    code: ClassVar[str] = "documents.unfit-content"
    message: ClassVar[str] = "The copy could not be made from what was given."


class UnfitPictureError(UnfitContentError):
    """A thumbnail is not a JPEG, PNG or WebP picture of a reasonable size."""

    code: ClassVar[str] = "documents.unfit-picture"
    message: ClassVar[str] = "A small picture for the copy cannot be read."


class RenderingError(DocumentError):
    """The page could not be set."""

    code: ClassVar[str] = "documents.rendering"
    message: ClassVar[str] = "The copy could not be drawn."


class CodeTooLongError(DocumentError):
    """The text does not fit into a QR code, or there is none."""

    code: ClassVar[str] = "documents.code-too-long"
    message: ClassVar[str] = "This text does not fit into a QR code."


class SealError(DocumentError):
    """The institution's key, certificate or the document does not allow sealing."""

    code: ClassVar[str] = "documents.seal"
    message: ClassVar[str] = "The document could not be sealed."


class UnreadableDocumentError(DocumentError):
    """The bytes are not a PDF document that can be checked, or not a whole one."""

    code: ClassVar[str] = "documents.unreadable"
    message: ClassVar[str] = "This is not a document that can be checked, or it is damaged."


class NotSealedError(DocumentError):
    """The document is readable, but carries no seal of an institution."""

    code: ClassVar[str] = "documents.not-sealed"
    message: ClassVar[str] = "This document carries no seal."
