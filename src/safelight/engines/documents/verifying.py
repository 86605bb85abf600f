"""Checking an institution's seal on a PDF."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from asn1crypto.cms import ContentInfo
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
)
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from safelight.engines.documents.errors import (
    NotSealedError,
    UnreadableDocumentError,
)
from safelight.engines.documents.loops import completed
from safelight.engines.documents.sealing import FIELD_NAME
from safelight.engines.documents.seals import is_in_force, read_certificate

T = TypeVar("T")

MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SealVerdict:
    """What the seal proves; trust the document only when both hold."""

    is_intact: bool
    """What is sealed is unaltered, and sealed with the key of the given certificate."""
    is_whole: bool
    """The seal covers every byte of the file, and nothing was added behind it."""
    signer: str
    """The common name in the certificate; empty unless intact."""
    sealed_at: datetime | None
    """The institution's own word for when; None unless intact."""


def verify_pdf(pdf: bytes, certificate: bytes) -> SealVerdict:
    """The verdict on the seal of `pdf` by the holder of `certificate` (X.509, DER).

    The certificate is judged at the time the seal says, since a copy outlives its certificate.
    Raises `UnreadableDocumentError` for what is not a whole PDF, `NotSealedError` for one without
    exactly one seal of ours, and `SealError` when the certificate itself cannot be read.
    """
    if len(pdf) > MOST_BYTES:
        raise UnreadableDocumentError
    trusted = read_certificate(certificate)
    seals = _guarded(lambda: _seals(pdf))
    if len(seals) != 1 or seals[0].field_name != FIELD_NAME:
        raise NotSealedError
    return _guarded(lambda: _verdict(pdf, seals[0], trusted))


def _guarded(step: Callable[[], T]) -> T:
    """The outcome of `step`; whatever the parser trips over in hostile bytes is one refusal."""
    try:
        return step()
    except Exception as error:
        raise UnreadableDocumentError from error


def _seals(pdf: bytes) -> list[EmbeddedPdfSignature]:
    return list(PdfFileReader(io.BytesIO(pdf)).embedded_signatures)


def _verdict(pdf: bytes, seal: EmbeddedPdfSignature, trusted: Certificate) -> SealVerdict:
    if seal.signer_cert.dump() != trusted.dump():
        return SealVerdict(is_intact=False, is_whole=False, signer="", sealed_at=None)
    moment = seal.self_reported_timestamp or trusted.not_valid_before
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False, moment=moment)
    status = completed(async_validate_pdf_signature(seal, context))
    # Path validation does not look at the years of a trust anchor (RFC 5280, 6.1).
    is_trusted = status.trusted and is_in_force(trusted, moment)
    is_intact = status.intact and status.valid and is_trusted
    return SealVerdict(
        is_intact=is_intact,
        is_whole=_is_whole(pdf, seal, status),
        signer=trusted.subject.native.get("common_name", "") if is_intact else "",
        sealed_at=moment if is_intact else None,
    )


def _is_whole(pdf: bytes, seal: EmbeddedPdfSignature, status: PdfSignatureStatus) -> bool:
    """Whether every byte counts: all are under the seal but the seal, and that has one spelling."""
    start, length, resume, rest = (int(number) for number in seal.byte_range)
    return (
        status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        and bool(status.docmdp_ok)
        and seal.docmdp_level is MDPPerm.NO_CHANGES
        and (start, resume + rest) == (0, len(pdf))
        and pdf[length:resume] == _spelled(seal, resume - length)
    )


def _spelled(seal: EmbeddedPdfSignature, length: int) -> bytes:
    """The seal as `seal_pdf` writes it into the gap that it cannot cover itself."""
    sealed: bytes = ContentInfo.load(seal.pkcs7_content).dump()
    digits = sealed.hex().upper()
    return b"<" + digits.encode().ljust(length - 2, b"0") + b">"
