"""An institution's electronic seal: a key and the certificate that names it (eIDAS art. 35).

A seal says that a document came from the institution and is unaltered. It is nobody's signature.
"""

from datetime import datetime, timedelta

from asn1crypto.x509 import Certificate, Name
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from safelight.engines.documents.errors import SealError
from safelight.engines.documents.words import clean_line

LONGEST_NAME = 64  # bytes; RFC 5280, Appendix A.1 says characters, cryptography counts bytes
SUFFIX = " – electronic seal"  # noqa: RUF001 - a dash between words, as it is printed
UNNAMED = "Electronic seal"
MOST_YEARS = 30

KEY_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def new_seal(institution: str, *, not_before: datetime, years: int = 10) -> tuple[bytes, bytes]:
    """A fresh P-256 key (PKCS #8, DER) and its self-signed certificate (X.509, DER).

    The common name says the institution and "electronic seal", in at most 64 bytes. A name in
    right-to-left letters stands alone there, and one that no certificate can hold is left out;
    the seal on a document has it in full. Valid from `not_before` (aware) for `years`. The key
    leaves unencrypted: the caller seals it.

    Raises `SealError` for a nameless institution, a naive time or a senseless number of years.
    """
    if not_before.tzinfo is None or not 1 <= years <= MOST_YEARS:
        raise SealError
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    name = _name(institution)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_before + timedelta(days=years * 365 + years // 4))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(KEY_USAGE, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return secret, certificate.public_bytes(Encoding.DER)


def read_certificate(certificate: bytes) -> Certificate:
    """The certificate, read to its last field. Raises `SealError`."""
    try:
        read = Certificate.load(certificate, strict=True)
        _ = read.native  # nothing is parsed before it is asked for
    except (ValueError, TypeError) as error:
        raise SealError from error
    return read


def is_in_force(certificate: Certificate, moment: datetime) -> bool:
    """Whether `certificate` is valid at `moment` (aware)."""
    return bool(certificate.not_valid_before <= moment <= certificate.not_valid_after)


def _name(institution: str) -> x509.Name:
    """The institution, and as common name with what the key is for, as far as a name may say it."""
    words = clean_line(institution)
    if not words:
        raise SealError
    organization = _cut(words, LONGEST_NAME)
    common = _cut(words, LONGEST_NAME - len(SUFFIX.encode())) + SUFFIX
    candidates = (
        {NameOID.ORGANIZATION_NAME: organization, NameOID.COMMON_NAME: common},
        {NameOID.ORGANIZATION_NAME: organization, NameOID.COMMON_NAME: organization},
        {NameOID.COMMON_NAME: UNNAMED},
    )
    names = (x509.Name([x509.NameAttribute(*part) for part in c.items()]) for c in candidates)
    return next(name for name in names if _is_comparable(name))


def _is_comparable(name: x509.Name) -> bool:
    """Whether readers can compare `name`: RFC 4518 (after RFC 3454, 6) lets no attribute mix
    right-to-left with left-to-right letters, nor hold characters younger than Unicode 3.2.
    """
    try:
        return bool(Name.load(name.public_bytes()).hashable)
    except ValueError:
        return False


def _cut(words: str, room: int) -> str:
    """As much of `words` as fits into `room` bytes of UTF-8."""
    return words.encode()[:room].decode(errors="ignore").rstrip()
