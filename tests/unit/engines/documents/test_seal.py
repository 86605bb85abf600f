import asyncio
import io
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest
from asn1crypto.cms import ContentInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from tests.unit.engines.documents.copies import NOW, a_copy
from tests.unit.engines.documents.readers import root, seen_text

from safelight.engines.documents import (
    DocumentError,
    NotSealedError,
    SealError,
    UnreadableDocumentError,
    new_seal,
    render_copy,
    seal_pdf,
    sealing,
    verify_pdf,
)

INSTITUTION = "St Mary's Hospital"
REASON = "Electronic seal of the institution, not the patient's signature"
SEALED_AT = NOW + timedelta(minutes=1)
KEY, CERTIFICATE = new_seal(INSTITUTION, not_before=NOW - timedelta(days=1))
named = pytest.mark.parametrize


@lru_cache(maxsize=1)
def a_pdf():
    return render_copy(a_copy(pictures=()))


def seal(pdf, key=KEY, certificate=CERTIFICATE, **changes):
    words: Any = {"institution": INSTITUTION, "reason": REASON, "sealed_at": SEALED_AT}
    return seal_pdf(pdf, key, certificate, **words | changes)


@lru_cache(maxsize=1)
def a_sealed_pdf():
    return seal(a_pdf())


def seals_in(pdf):
    return PdfFileReader(io.BytesIO(pdf)).embedded_signatures


def is_trusted(pdf, certificate=CERTIFICATE):
    try:
        verdict = verify_pdf(pdf, certificate)
    except DocumentError:
        return False
    return verdict.is_intact and verdict.is_whole


def test_a_sealed_copy_is_whole_intact_and_names_the_institution():
    verdict = verify_pdf(a_sealed_pdf(), CERTIFICATE)
    assert verdict.is_intact
    assert verdict.is_whole
    assert verdict.signer == "St Mary's Hospital – electronic seal"  # noqa: RUF001 - as printed
    assert verdict.sealed_at == SEALED_AT


def test_an_independent_reader_trusts_it_as_a_certification_that_allows_no_change():
    (seal_in_it,) = seals_in(a_sealed_pdf())
    context = ValidationContext(
        trust_roots=[x509_of(CERTIFICATE)], allow_fetching=False, moment=SEALED_AT
    )
    status = validate_pdf_signature(seal_in_it, context)
    assert status.bottom_line
    assert seal_in_it.docmdp_level is MDPPerm.NO_CHANGES
    assert seal_in_it.field_name == "InstitutionSeal"


def x509_of(der):
    return Certificate.load(der)


def test_it_is_a_pades_seal_that_says_whose_it_is_and_is_not():
    (seal_in_it,) = seals_in(a_sealed_pdf())
    entry = seal_in_it.sig_object
    assert entry["/SubFilter"] == "/ETSI.CAdES.detached"
    assert entry["/Reason"] == REASON
    assert entry["/Name"] == INSTITUTION
    signed = {attribute["type"].native for attribute in seal_in_it.signer_info["signed_attrs"]}
    assert "signing_certificate_v2" in signed  # EN 319 142-1, 6.3: B-B
    assert "signing_time" not in signed


def test_the_seal_is_added_behind_and_changes_nothing_before_it():
    assert a_sealed_pdf().startswith(a_pdf())
    assert seen_text(a_sealed_pdf()) == seen_text(a_pdf())
    assert root(a_sealed_pdf())["/MarkInfo"]["/Marked"]


def test_no_clock_but_the_callers_is_read():
    assert datetime.now(UTC).strftime("%Y%m%d").encode() not in a_sealed_pdf()
    assert b"/M (D\\07220310302103100Z)" in a_sealed_pdf()


def test_sealing_and_checking_work_where_a_loop_runs():
    async def inside():
        return verify_pdf(seal(a_pdf()), CERTIFICATE)

    assert asyncio.run(inside()).is_whole


def regions():
    """An offset in each part of the sealed file, by name."""
    pdf = a_sealed_pdf()
    (seal_in_it,) = seals_in(pdf)
    _, gap, resume, _ = seal_in_it.byte_range
    length = len(ContentInfo.load(seal_in_it.pkcs7_content).dump())
    return {
        "header": 5,
        "first content stream": pdf.index(b"stream\n") + 20,
        "metadata": pdf.index(b"pdfuaid") + 3,
        "title": pdf.index(b"/Title") + 9,
        "end of the unsealed copy": len(a_pdf()) - 3,
        "page that got the seal": len(a_pdf()) + 12,
        "reason": pdf.index(b"/Reason") + 12,
        "time": pdf.index(b"/M (D") + 8,
        "first byte of the seal": gap + 1,
        "middle of the seal": gap + length,
        "end of the seal": gap + 2 * length,
        "padding of the seal": gap + 2 * length + 101,
        "bracket of the seal": resume - 1,
        "byte range": pdf.index(b"/ByteRange") + 14,
        "last cross-reference": pdf.rindex(b"xref") + 12,
        "trailer": len(pdf) - 3,
    }


@named("region", regions())
def test_a_changed_byte_is_seen_wherever_it_is(region):
    pdf = bytearray(a_sealed_pdf())
    pdf[regions()[region]] ^= 1
    assert not is_trusted(bytes(pdf))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_byte_is_ever_trusted(data):
    pdf = bytearray(a_sealed_pdf())
    pdf[data.draw(st.integers(0, len(pdf) - 1))] ^= data.draw(st.integers(1, 255))
    assert not is_trusted(bytes(pdf))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60_000))
def test_no_piece_of_a_sealed_copy_is_trusted(length):
    assert not is_trusted(a_sealed_pdf()[: min(length, len(a_sealed_pdf()) - 1)])


@named("more", [b"\n", b"%", b"0", b"%%EOF\n", a_pdf()])
def test_nothing_can_be_added_behind_the_seal(more):
    assert not is_trusted(a_sealed_pdf() + more)


def test_a_later_revision_is_not_whole_although_the_sealed_one_is_intact():
    writer = IncrementalPdfFileWriter(io.BytesIO(a_sealed_pdf()))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    verdict = verify_pdf(output.getvalue(), CERTIFICATE)
    assert verdict.is_intact
    assert not verdict.is_whole


def test_another_institutions_certificate_does_not_vouch_for_it():
    _, others = new_seal(INSTITUTION, not_before=NOW - timedelta(days=1))
    verdict = verify_pdf(a_sealed_pdf(), others)
    assert not verdict.is_intact
    assert not verdict.is_whole
    assert verdict.signer == ""
    assert verdict.sealed_at is None


def test_mallorys_seal_in_the_institutions_name_is_not_intact():
    key, certificate = new_seal(INSTITUTION, not_before=NOW - timedelta(days=1))
    assert not verify_pdf(seal(a_pdf(), key, certificate), CERTIFICATE).is_intact


@named("days", [-2, 4000])
def test_outside_the_certificates_years_nothing_is_sealed_and_no_seal_is_believed(days):
    then = NOW + timedelta(days=days)
    with pytest.raises(SealError):
        seal(a_pdf(), sealed_at=then)
    forced = sealing._sealed(a_pdf(), sealing._signer(KEY, x509_of(CERTIFICATE), "", REASON), then)
    assert not verify_pdf(forced, CERTIFICATE).is_intact


def test_an_unsealed_copy_has_no_seal():
    with pytest.raises(NotSealedError):
        verify_pdf(a_pdf(), CERTIFICATE)


@named("data", [b"", b"%PDF-1.7", b"\0" * 100, b"%PDF-1.7\n%%EOF", b"{" * 5000, a_pdf()[:5000]])
def test_what_is_no_document_is_refused_in_a_sentence(data):
    with pytest.raises(UnreadableDocumentError):
        verify_pdf(data, CERTIFICATE)
    with pytest.raises(SealError):
        seal(data)


@named("certificate", [b"", b"0", KEY, CERTIFICATE + b"0", CERTIFICATE[:-1]])
def test_what_is_no_certificate_is_refused_in_a_sentence(certificate):
    with pytest.raises(SealError):
        verify_pdf(a_sealed_pdf(), certificate)
    with pytest.raises(SealError):
        seal(a_pdf(), certificate=certificate)


@named("key", [b"", b"0", CERTIFICATE, KEY[:-1]])
def test_what_is_no_key_is_refused_in_a_sentence(key):
    with pytest.raises(SealError):
        seal(a_pdf(), key=key)


def test_a_naive_time_is_refused():
    with pytest.raises(SealError):
        seal(a_pdf(), sealed_at=SEALED_AT.replace(tzinfo=None))
    with pytest.raises(SealError):
        new_seal(INSTITUTION, not_before=NOW.replace(tzinfo=None))


def test_a_copy_is_sealed_once():
    with pytest.raises(SealError):
        seal(a_sealed_pdf())


def test_the_certificate_is_for_sealing_alone():
    certificate = x509.load_der_x509_certificate(CERTIFICATE)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert not constraints.ca
    assert certificate.not_valid_before_utc == NOW - timedelta(days=1)
    assert certificate.not_valid_after_utc > NOW + timedelta(days=3650)


def test_the_key_is_a_p256_key_of_the_certificate():
    key = load_der_private_key(KEY, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.public_key() == x509.load_der_x509_certificate(CERTIFICATE).public_key()


@named(
    ("name", "signer"),
    [
        ("Hospital " * 20, "Hospital Hospital Hospital Hospital Hospital – electronic seal"),  # noqa: RUF001
        ("Hôpital\0\n \u202eNord", "Hôpital Nord – electronic seal"),  # noqa: RUF001
        ("مستشفى الأمل", "مستشفى الأمل"),
        ("مستشفى " * 20, "مستشفى مستشفى مستشفى مستشفى مستشفى"),
        ("مستشفى A", "Electronic seal"),
        ("🏥", "Electronic seal"),
    ],
)
def test_any_institution_gets_a_seal(name, signer):
    key, certificate = new_seal(name, not_before=NOW)
    verdict = verify_pdf(seal(a_pdf(), key, certificate, institution=name), certificate)
    assert verdict.is_whole
    assert verdict.signer == signer


@named(("name", "years"), [("", 10), ("\0\n", 10), ("Hospital", 0), ("Hospital", 31)])
def test_a_senseless_seal_is_refused(name, years):
    with pytest.raises(SealError):
        new_seal(name, not_before=NOW, years=years)
