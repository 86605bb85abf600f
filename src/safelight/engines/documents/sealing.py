"""Sealing a PDF with the institution's certificate: PAdES baseline B-B (EN 319 142-1)."""

import io
from datetime import UTC, datetime

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from safelight.engines.documents.errors import SealError
from safelight.engines.documents.loops import completed
from safelight.engines.documents.seals import is_in_force, read_certificate
from safelight.engines.documents.words import clean_line

FIELD_NAME = "InstitutionSeal"
RESERVED = 8192  # hexadecimal digits for the seal; one certificate and its attributes need a third


class _Update(IncrementalPdfFileWriter):
    """An update that leaves the document's own account of itself as it is."""

    def _update_meta(self) -> None:
        """Take no time from the machine's clock, and keep the metadata: the seal has its own."""


def seal_pdf(
    pdf: bytes,
    key: bytes,
    certificate: bytes,
    *,
    institution: str,
    reason: str,
    sealed_at: datetime,
) -> bytes:
    """`pdf` with the institution's seal added behind it (incrementally), certifying every byte.

    `key` is PKCS #8 and `certificate` X.509, both DER, as `new_seal` makes them. The seal is
    `ETSI.CAdES.detached`, in the hidden field `InstitutionSeal`, and allows no change (DocMDP 1).
    `reason` is shown by readers beside it: the caller says there that it is the institution's
    electronic seal, not the patient's signature. No timestamp is fetched; `sealed_at` (aware) is
    the institution's own word, and inside the years of the certificate. Raises `SealError`.
    """
    named = read_certificate(certificate)
    if sealed_at.tzinfo is None or not is_in_force(named, sealed_at):
        raise SealError
    try:
        signer = _signer(key, named, institution, reason)
        return _sealed(pdf, signer, sealed_at.astimezone(UTC))
    except Exception as error:  # any failure of a foreign parser or signer means: not sealed
        raise SealError from error


def _signer(key: bytes, certificate: Certificate, institution: str, reason: str) -> PdfSigner:
    simple = SimpleSigner(
        signing_cert=certificate,
        signing_key=PrivateKeyInfo.load(key, strict=True),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # pyHanko has no types here
    )
    meaning = PdfSignatureMetadata(
        field_name=FIELD_NAME,
        name=clean_line(institution),
        reason=clean_line(reason),
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    # PDF/UA-1, 7.18.1: an annotation outside the structure tree has to be hidden.
    hidden = InvisSigSettings(set_print_flag=False, set_hidden_flag=True)
    field = SigFieldSpec(FIELD_NAME, invis_sig_settings=hidden)
    return PdfSigner(meaning, simple, new_field_spec=field)


def _sealed(pdf: bytes, signer: PdfSigner, sealed_at: datetime) -> bytes:
    session = signer.init_signing_session(_Update(io.BytesIO(pdf)))
    session.system_time = sealed_at
    document = session.prepare_tbs_document(None, bytes_reserved=RESERVED)
    digest, output = document.digest_tbs_document()
    attributes = PdfCMSSignedAttributes(signing_time=sealed_at)
    completed(document.perform_signature(digest.document_digest, attributes))
    output.seek(0)
    return bytes(output.read())
