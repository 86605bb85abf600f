"""The patient's copy of a consent, and the certificate of a withdrawal: made, sealed, and checked; archives.

Words and bytes in, bytes out: no network, no clock.
"""

from safelight.engines.documents.archive import Archive
from safelight.engines.documents.certificates import (
    CertificateCount,
    CertificateLabels,
    CertificateLine,
    WithdrawalCertificate,
    render_certificate,
)
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
    "Archive",
    "CertificateCount",
    "CertificateLabels",
    "CertificateLine",
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
    "WithdrawalCertificate",
    "new_seal",
    "qr_svg",
    "render_certificate",
    "render_copy",
    "seal_pdf",
    "verify_pdf",
]
