"""The patient's copy of a consent: made, sealed by the institution, and checked.

Words and bytes in, bytes out: no network, no clock.
"""

from safelight.engines.documents.codes import qr_svg
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
from safelight.engines.documents.rendering import render_copy
from safelight.engines.documents.sealing import seal_pdf
from safelight.engines.documents.seals import new_seal
from safelight.engines.documents.verifying import SealVerdict, verify_pdf

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
    "SealVerdict",
    "Stroke",
    "UnfitContentError",
    "UnfitPictureError",
    "UnreadableDocumentError",
    "new_seal",
    "qr_svg",
    "render_copy",
    "seal_pdf",
    "verify_pdf",
]
