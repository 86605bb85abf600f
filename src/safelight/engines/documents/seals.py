"""An institution's electronic seal: a key and the certificate that names it (eIDAS art. 35).

A seal says that a document came from the institution and is unaltered. It is nobody's signature.
"""

from datetime import datetime, timedelta

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

    Valid from `not_before` (aware) for `years`. The key leaves unencrypted: the caller seals it.
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


def _name(institution: str) -> x509.Name:
    """The institution, and as common name with what the key is for."""
    words = clean_line(institution)
    if not words:
        raise SealError
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _shortened(words, LONGEST_NAME)),
            x509.NameAttribute(
                NameOID.COMMON_NAME,
                _shortened(words, LONGEST_NAME - len(SUFFIX.encode())) + SUFFIX,
            ),
        ]
    )


def _shortened(words: str, room: int) -> str:
    """`words` in at most `room` bytes of UTF-8, with an ellipsis where some are left out."""
    if len(words.encode()) <= room:
        return words
    return words.encode()[: room - len("…".encode())].decode(errors="ignore").rstrip() + "…"
