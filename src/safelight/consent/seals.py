"""The institution's electronic seal for documents (eIDAS 910/2014 art. 35): a key and a certificate.

It says that a copy comes from the institution and was not altered. It is nobody's signature.
"""

import base64
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.consent.models import DocumentSeal
from safelight.engines.documents import new_seal
from safelight.institution.models import Institution
from safelight.institution.selectors import current_house
from safelight.vault.fields import institution_fields


@dataclass(frozen=True)
class Seal:
    """The private key (PKCS #8, DER) and the certificate (X.509, DER)."""

    key: bytes
    certificate: bytes


def current_seal() -> Seal:
    """The newest seal; made on first use."""
    row = DocumentSeal.objects.order_by("-number").first()
    return _open(row) if row else _make()


def certificates() -> list[bytes]:
    """Every certificate there ever was, newest first; a copy is checked with its own."""
    rows = DocumentSeal.objects.order_by("-number").values_list("certificate", flat=True)
    return [bytes(item) for item in rows]


def _make() -> Seal:
    with transaction.atomic():
        Institution.objects.select_for_update().first()  # one of two processes makes it
        if row := DocumentSeal.objects.order_by("-number").first():
            return _open(row)
        now = timezone.now()
        key, certificate = new_seal(current_house().name, not_before=now)
        row = DocumentSeal.objects.create(certificate=certificate, sealed_key=b"", made_at=now)
        text = base64.b64encode(key).decode()
        row.sealed_key = institution_fields().seal("document-seal", _place(row), text)
        row.save(update_fields=["sealed_key"])
    return Seal(key, certificate)


def _open(row: DocumentSeal) -> Seal:
    text = institution_fields().unseal("document-seal", _place(row), row.sealed_key)
    return Seal(base64.b64decode(text), bytes(row.certificate))


def _place(row: DocumentSeal) -> UUID:
    return UUID(int=row.number)
