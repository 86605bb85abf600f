"""The patient's copy of a consent: made, sealed by the institution, and checked.

Words and bytes in, bytes out: no network, no clock.
"""

from safelight.engines.documents.content import (
    ConsentCopy,
    CopyPicture,
    CopySigner,
    CopyStatement,
    CopyUse,
    Labels,
    Stroke,
)
from safelight.engines.documents.errors import (
    CodeTooLongError,
    DocumentError,
    NotSealedError,
    RenderingError,
    SealError,
    UnfitContentError,
    UnfitPictureError,
    UnreadableDocumentError,
)

__all__ = [
    "CodeTooLongError",
    "ConsentCopy",
    "CopyPicture",
    "CopySigner",
    "CopyStatement",
    "CopyUse",
    "DocumentError",
    "Labels",
    "NotSealedError",
    "RenderingError",
    "SealError",
    "Stroke",
    "UnfitContentError",
    "UnfitPictureError",
    "UnreadableDocumentError",
]
