"""Making a link to a copy for the recipient whom an agreement names, and its end."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from safelight.audit.services import record
from safelight.consent.models import Agreement
from safelight.engines.policy import AgreementStatus
from safelight.engines.smart_health_link import (
    Flag,
    HealthLink,
    HealthLinkInputError,
    write_link,
)
from safelight.exporting.copying import expected_length, permitted
from safelight.exporting.errors import CopyLinkNotFoundError, CopyLinkRefusedError
from safelight.exporting.models import CopiedPicture, CopyLink
from safelight.exporting.seals import digest, link_binding, seal_words
from safelight.exporting.services.standing import (
    entry_about,
    lock_link,
    require_link,
    require_patient,
)
from safelight.people.asker import Asker
from safelight.release.recipients import (
    is_agreed,
    lock_agreement,
    needs_reason,
    term_of,
    use_of,
)
from safelight.release.rules import ends_at
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose

KEY_BYTES: Final = 32
TOKEN_BYTES: Final = 32
PASSCODE_DIGITS: Final = 8
LONGEST_REASON: Final = 4000
MARK_BITS: Final = 32
LONGEST_COPY: Final = 64_000_000
"""Letters of a sealed file, about: it is made in memory while somebody waits for it."""

_PICTURES: Final = gettext_noop("Choose labelled pictures that the agreement lists.")
_REASON: Final = gettext_noop("Say why intimate or forensic pictures are given.")
_DAYS: Final = gettext_noop("It cannot last that long. Choose fewer days.")
_SIZE: Final = gettext_noop("These are too many pictures for one link. Make several.")
_ENDED: Final = gettext_noop("The patient's agreement has ended. Ask the patient.")
_ADDRESS: Final = gettext_noop("Links need this site to be reached by https, at a short address.")

AddressOf = Callable[[str], str]
"""From the secret part to the whole address, as a stranger's software will ask for it."""


@dataclass(frozen=True, kw_only=True)
class NewCopyLink:
    """What the sender chose. PHI: the reason, which protected pictures need; "" for none."""

    agreement: UUID
    photographs: Sequence[UUID]
    days: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class MadeLink:
    """What is shown once: the link, with its key, and the passcode that is said by telephone."""

    id: UUID
    link: str = field(repr=False)
    passcode: str = field(repr=False)
    expires_at: datetime


def make(asker: Asker, patient: UUID, new: NewCopyLink, address_of: AddressOf) -> MadeLink:
    """A link for the recipient whom an agreement in force names.

    Raises CopyLinkNotFoundError unless the asker treats the patient, CopyLinkRefusedError with why.
    """
    current = require_patient(asker, patient)
    key, token = secrets.token_bytes(KEY_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    passcode = "".join(secrets.choice("0123456789") for _ in range(PASSCODE_DIGITS))
    with transaction.atomic():
        agreement = _agreement(current, new.agreement)
        row = _new_row(asker, agreement, new)
        row.token_digest, row.code_hash = digest(token), make_password(passcode)
        row.sealed_words = seal_words(row, key, new.reason.strip())
        link = _written(address_of(token), key, row.expires_at)
        row.save(force_insert=True)
        for position, photograph in enumerate(new.photographs):
            CopiedPicture.objects.create(link=row, photograph_id=photograph, position=position)
        row.binding = link_binding(row)
        row.save(update_fields=["binding"])
        details = {"until": row.expires_at.isoformat(), "reason": new.reason.strip()}
        told = (agreement.id, *new.photographs)
        made = entry_about(EventTag.EXPORTING_LINK_MADE, row, asker.staff, *told, details=details)
        record(made)
    return MadeLink(id=row.id, link=link, passcode=passcode, expires_at=row.expires_at)


def _agreement(patient: UUID, agreement: UUID) -> Agreement:
    row = lock_agreement(patient, agreement, Purpose.RECORD_COPY)
    if row is None:
        raise CopyLinkNotFoundError
    if row.status != AgreementStatus.ACTIVE:
        raise CopyLinkRefusedError(_ENDED)
    return row


def _new_row(asker: Asker, agreement: Agreement, new: NewCopyLink) -> CopyLink:
    _check_pictures(agreement, new)
    now = timezone.now()
    end = ends_at(now, now, new.days, term_of(agreement))
    if end is None:
        raise CopyLinkRefusedError(_DAYS)
    return CopyLink(
        id=uuid4(),
        agreement=agreement,
        patient_id=agreement.patient_id,
        given_by_id=asker.staff,
        given_at=now,
        expires_at=end.replace(microsecond=0),  # as the link itself says it
        mark_number=_new_mark(),
        states_reason=bool(new.reason.strip()),
    )


def _check_pictures(agreement: Agreement, new: NewCopyLink) -> None:
    wanted = list(new.photographs)
    if not is_agreed(agreement, wanted) or permitted(agreement, wanted) != tuple(wanted):
        raise CopyLinkRefusedError(_PICTURES)
    if expected_length(wanted, use_of(agreement)) > LONGEST_COPY:
        raise CopyLinkRefusedError(_SIZE)
    if len(new.reason) > LONGEST_REASON or (needs_reason(wanted) and not new.reason.strip()):
        raise CopyLinkRefusedError(_REASON)


def _written(address: str, key: bytes, expires_at: datetime) -> str:
    """Without a label: whoever finds the link learns nothing by it."""
    try:
        return write_link(
            HealthLink(
                url=address,
                key=key,
                flags=frozenset({Flag.PASSCODE}),
                expires=int(expires_at.timestamp()),
            )
        )
    except HealthLinkInputError as error:
        raise CopyLinkRefusedError(_ADDRESS) from error


def _new_mark() -> int:
    """32 random bits that no other link has."""
    while True:
        number = secrets.randbits(MARK_BITS)
        if not CopyLink.objects.filter(mark_number=number).exists():
            return number


def revoke(asker: Asker, link: UUID) -> None:
    """From the commit on nothing is fetched by it. Twice is as good as once.

    What was fetched before stays where it is: the recipient has to be asked to delete it.
    """
    require_link(asker, link)
    with transaction.atomic():
        row = lock_link(link)
        if row.revoked_at is not None:
            return
        row.revoked_at = timezone.now()
        row.binding = b""  # a moment that is taken out of the row again revives nothing
        row.save(update_fields=["revoked_at", "binding"])
        record(entry_about(EventTag.EXPORTING_LINK_REVOKED, row, asker.staff))


def note_deletion_asked(asker: Asker, link: UUID) -> None:
    """Somebody asked the recipient to delete what they fetched, as the patient was promised."""
    require_link(asker, link)
    with transaction.atomic():
        row = lock_link(link)
        has_left = row.requests.exclude(fetched_at=None).exists()
        if row.deletion_asked_at is not None or not has_left:
            return
        row.deletion_asked_at = timezone.now()
        row.save(update_fields=["deletion_asked_at"])
        record(entry_about(EventTag.EXPORTING_DELETION_ASKED, row, asker.staff))
