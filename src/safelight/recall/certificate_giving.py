"""The certificate as a sealed PDF, and its receipt as a file, for whoever may have them.

Each giving is in the record before anything leaves.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format

from safelight.audit.services import Entry, record_durably
from safelight.consent.seals import current_seal
from safelight.consent.visits import Reader, Visit
from safelight.engines.documents import (
    CertificateCount,
    CertificateLine,
    WithdrawalCertificate,
    render_certificate,
    seal_pdf,
)
from safelight.institution.selectors import current_house
from safelight.people.asker import Asker
from safelight.recall import certificate_words as words
from safelight.recall.certificate import newest_certificate, receipt_of, statement_of
from safelight.recall.errors import WithdrawalNotFoundError
from safelight.recall.models import Certificate, Withdrawal
from safelight.recall.selectors import theirs
from safelight.recall.services.chasing import require_officer_or_treating
from safelight.release.certificates import Certificate as GivenCertificate
from safelight.release.opened import Opened
from safelight.release.patient_words import speaking
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import CHASING

CHECKED_AT: Final = "verify/receipt/"
"""Where the page stands that checks a receipt, under the address of the site."""


def certificate_for_signer(visit: Visit, withdrawal: UUID, base_url: str) -> bytes:
    """The newest certificate as PDF. `base_url` is this site as the reader knows it.

    Raises WithdrawalNotFoundError for what is not theirs, CertificateNotReadyError.
    """
    _require_theirs(visit, withdrawal)
    return _pdf(_given(withdrawal, visit.access), base_url)


def receipt_for_signer(visit: Visit, withdrawal: UUID) -> str:
    """What proves the certificate, as the text of a file. Raises as `certificate_for_signer`."""
    _require_theirs(visit, withdrawal)
    return receipt_of(_given(withdrawal, visit.access))


def _require_theirs(visit: Visit, withdrawal: UUID) -> None:
    if not theirs(visit).filter(id=withdrawal).exists():
        raise WithdrawalNotFoundError


def certificates_of(reader: Reader) -> list[GivenCertificate]:
    """Every certificate that was made for this reader, with its proof as the document."""
    rows = Certificate.objects.filter(withdrawal__in=theirs(reader)).select_related("withdrawal")
    return [
        GivenCertificate(row.id, row.made_at, partial(_as_file, row))
        for row in rows.order_by("made_at", "number")
    ]


def _as_file(row: Certificate) -> Opened:
    return Opened(receipt_of(row).encode(), "application/json")


def certificate_for_staff(asker: Asker, withdrawal: UUID, base_url: str) -> bytes:
    """To be printed for the patient: by who treats them, or a privacy officer. Raises as above."""
    _require_staff(asker, withdrawal)
    return _pdf(_given(withdrawal, asker.staff), base_url)


def receipt_for_staff(asker: Asker, withdrawal: UUID) -> str:
    _require_staff(asker, withdrawal)
    return receipt_of(_given(withdrawal, asker.staff))


def _require_staff(asker: Asker, withdrawal: UUID) -> None:
    row = Withdrawal.objects.filter(id=withdrawal).first()
    if row is None:
        raise WithdrawalNotFoundError
    require_officer_or_treating(asker, row.patient_id)


def _given(withdrawal: UUID, actor: UUID) -> Certificate:
    row = newest_certificate(withdrawal)
    record_durably(
        Entry(
            tag=EventTag.RECALL_CERTIFICATE_GIVEN,
            actor=actor,
            subject=row.withdrawal.patient_id,
            purpose=Purpose.PATIENT_REQUEST.act_reason or "",
            objects=(withdrawal, row.id),
        )
    )
    return row


def _pdf(row: Certificate, base_url: str) -> bytes:
    said, proof = statement_of(row), json.loads(receipt_of(row))
    with speaking(said["language"]), timezone.override(current_house().zone):
        content = _content(row, said, proof, f"{base_url.rstrip('/')}/{CHECKED_AT}")
        pdf = render_certificate(content)
        reason = content.labels.seal
    seal = current_seal()
    return seal_pdf(
        pdf,
        seal.key,
        seal.certificate,
        institution=said["hospital"],
        reason=reason,
        sealed_at=timezone.now(),
    )


def _content(
    row: Certificate, said: Mapping[str, Any], proof: Mapping[str, Any], check_url: str
) -> WithdrawalCertificate:
    return WithdrawalCertificate(
        language=said["language"],
        created_at=row.made_at,
        title=words.title(said["number"]),
        institution=said["hospital"],
        contact_name=said["contact"],
        contact_phone=said["phone"],
        withdrawal=said["withdrawal"],
        scope=said["scope_words"],
        effective=_moment(said["effective_at"]),
        issued=_moment(said["issued_at"]),
        remark=words.remark(
            is_final=said["is_final"],
            is_open=any(item["state"] in CHASING for item in said["counts"]),
        ),
        counts=tuple(
            CertificateCount(words=item["words"], count=item["count"]) for item in said["counts"]
        ),
        lines=tuple(
            CertificateLine(
                text=item["line"], is_open=item["state"] in CHASING, proof=item["proof"]
            )
            for item in said["lines"]
        ),
        not_retractable=tuple(said["cannot_be_called_back"]),
        kept=tuple(said["kept_by_law"]),
        backups=words.backups(said["keystore_backup_days"]),
        check_url=check_url,
        checkpoint=proof["checkpoint"],
        inclusion=_inclusion(proof["entries"][0]),
        labels=words.labels(),
    )


def _moment(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")


def _inclusion(entry: Mapping[str, Any]) -> str:
    """The certifying entry as it stands in the receipt: its place, the leaf, the way to the root."""
    return "\n".join([str(entry["index"]), entry["leaf"], *entry["path"]])
