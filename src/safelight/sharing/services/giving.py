"""Giving a share to a recipient outside, changing it within its bounds, and taking it back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from safelight.audit.services import Detail
from safelight.consent.models import Agreement
from safelight.engines.policy import AgreementStatus
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.release.recipients import (
    is_agreed,
    lock_agreement,
    needs_reason,
    permitted,
    term_of,
)
from safelight.release.rules import ends_at
from safelight.sharing.errors import ShareNotFoundError, ShareRefusedError
from safelight.sharing.guests import digest, link_letters, listed, share_binding, state_of
from safelight.sharing.models import Opening, Share, SharedPicture
from safelight.sharing.services.standing import (
    lock_share,
    record_share,
    require_patient,
    require_share,
)
from safelight.sharing.words import seal_address, seal_words
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.notices import MailRefusedError, check_recipient
from safelight.vocabulary.purposes import Purpose

CODE_DIGITS: Final = 8
LONGEST_TEXT: Final = 4000
MARK_BITS: Final = 32
_LANGUAGE: Final = gettext_noop("Choose the recipient's language.")
_QUESTION: Final = gettext_noop("Write what you want to know, in at most 4000 letters.")
_PICTURES: Final = gettext_noop("Choose pictures that the agreement lists.")
_REASON: Final = gettext_noop("Say why intimate or forensic pictures are shown.")
_DAYS: Final = gettext_noop("It cannot last that long. Choose fewer days.")
_OPENINGS: Final = gettext_noop("It cannot be opened that often. Choose a smaller number.")
_ENDED: Final = gettext_noop("The patient's agreement has ended. Ask the patient.")
_REVOKED: Final = gettext_noop("This share was revoked. Give a new one.")


@dataclass(frozen=True, kw_only=True)
class NewShare:
    """What the sender chose. PHI: the address and the texts.

    `reason` is why intimate or forensic pictures are shown; "" where there are none.
    """

    agreement: UUID
    photographs: Sequence[UUID]
    address: str
    question: str
    days: int
    openings: int
    reason: str = ""
    language: str = "en"


@dataclass(frozen=True)
class GivenCode:
    """The code that the sender says by another way than the link. Shown once; a hash stays here."""

    share: UUID
    code: str


def give(asker: Asker, patient: UUID, new: NewShare) -> GivenCode:
    """Share pictures with the recipient whom an agreement in force names.

    Raises ShareNotFoundError unless the asker treats the patient, ShareRefusedError with why.
    """
    current = require_patient(asker, patient)
    code = _new_code()
    with transaction.atomic():
        agreement = _agreement(current, new.agreement)
        row = _new_row(asker, agreement, new, code)
        row.save(force_insert=True)
        for position, photograph in enumerate(new.photographs):
            SharedPicture.objects.create(share=row, photograph_id=photograph, position=position)
        row.binding = share_binding(row)
        row.save(update_fields=["binding"])
        told = {"address": new.address.strip(), "reason": new.reason.strip()}
        record_share(
            EventTag.SHARING_SHARE_GIVEN,
            row,
            asker.staff,
            agreement.id,
            *new.photographs,
            details={**_bounds_told(row), **told},
        )
    return GivenCode(row.id, code)


def _bounds_told(row: Share) -> dict[str, Detail]:
    return {"until": row.expires_at.isoformat(), "openings": row.openings}


def _agreement(patient: UUID, agreement: UUID) -> Agreement:
    row = lock_agreement(patient, agreement, Purpose.SECOND_OPINION)
    if row is None:
        raise ShareNotFoundError
    if row.status != AgreementStatus.ACTIVE:
        raise ShareRefusedError(_ENDED)
    return row


def _new_row(asker: Asker, agreement: Agreement, new: NewShare, code: str) -> Share:
    now, share = timezone.now(), uuid4()
    _check_words(new)
    _check_pictures(agreement, new)
    row = Share(
        id=share,
        agreement=agreement,
        patient_id=agreement.patient_id,
        given_by_id=asker.staff,
        given_at=now,
        expires_at=_end(now, now, new.days, agreement),
        openings=_openings(new.openings),
        mark_number=_new_mark(),
        states_reason=bool(new.reason.strip()),
        language=new.language,
        token_digest=digest(link_letters(share)),
        code_hash=make_password(code),
    )
    row.sealed_address = seal_address(row, new.address.strip())
    row.sealed_words = seal_words(row, new.question.strip(), new.reason.strip())
    return row


def _check_words(new: NewShare) -> None:
    try:
        check_recipient(new.address.strip())
    except MailRefusedError as error:
        raise ShareRefusedError(error.sentence) from error
    if new.language not in LANGUAGES:
        raise ShareRefusedError(_LANGUAGE)
    if not new.question.strip() or len(new.question) > LONGEST_TEXT:
        raise ShareRefusedError(_QUESTION)
    if len(new.reason) > LONGEST_TEXT:
        raise ShareRefusedError(_REASON)


def _check_pictures(agreement: Agreement, new: NewShare) -> None:
    if not is_agreed(agreement, list(new.photographs)):
        raise ShareRefusedError(_PICTURES)
    if needs_reason(new.photographs) and not new.reason.strip():
        raise ShareRefusedError(_REASON)


def _end(given_at: datetime, now: datetime, days: int, agreement: Agreement) -> datetime:
    end = ends_at(given_at, now, days, term_of(agreement))
    if end is None:
        raise ShareRefusedError(_DAYS)
    return end


def _openings(wanted: int) -> int:
    if not 1 <= wanted <= current_policy().share_openings:
        raise ShareRefusedError(_OPENINGS)
    return wanted


def _new_mark() -> int:
    """32 random bits that no other share has."""
    while True:
        number = secrets.randbits(MARK_BITS)
        if not Share.objects.filter(mark_number=number).exists():
            return number


def _new_code() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))


def extend(asker: Asker, share: UUID, *, days: int, openings: int) -> None:
    """Until so many days from now, and so many openings in all; ShareRefusedError beyond bounds."""
    require_share(asker, share)
    with transaction.atomic():
        row = _changeable(share)
        row.expires_at = _end(row.given_at, timezone.now(), days, row.agreement)
        row.openings = _openings(openings)
        row.binding = share_binding(row)
        row.save(update_fields=["expires_at", "openings", "binding"])
        record_share(EventTag.SHARING_SHARE_EXTENDED, row, asker.staff, details=_bounds_told(row))


def renew_code(asker: Asker, share: UUID) -> GivenCode:
    """A new code; the one before and passkeys are void, wrong tries forgotten, whoever is in is out."""
    require_share(asker, share)
    code = _new_code()
    with transaction.atomic():
        row = _changeable(share)
        row.code_hash, row.failed_attempts, row.locked_at = make_password(code), 0, None
        row.binding = share_binding(row)
        row.save(update_fields=["code_hash", "failed_attempts", "locked_at", "binding"])
        row.passkeys.all().delete()
        end_openings(row)
        record_share(EventTag.SHARING_CODE_RENEWED, row, asker.staff)
    return GivenCode(row.id, code)


def _changeable(share: UUID) -> Share:
    row = lock_share(share)
    if row.revoked_at is not None:
        raise ShareRefusedError(_REVOKED)
    # INVARIANT: what no verb wrote is not bound anew, and so made good, by one that changes it.
    if state_of(row, timezone.now()) is None:
        raise ShareNotFoundError
    if row.agreement.status != AgreementStatus.ACTIVE or not permitted(row.agreement, listed(row)):
        raise ShareRefusedError(_ENDED)
    return row


def revoke(asker: Asker, share: UUID) -> None:
    """From the commit on nothing of it is shown, whoever has it open. Twice is as good as once."""
    require_share(asker, share)
    with transaction.atomic():
        row = lock_share(share)
        if row.revoked_at is not None:
            return
        # INVARIANT: without its binding a row that somebody revives opens nothing.
        row.revoked_at, row.binding = timezone.now(), b""
        row.save(update_fields=["revoked_at", "binding"])
        end_openings(row)
        record_share(EventTag.SHARING_SHARE_REVOKED, row, asker.staff)


def end_openings(row: Share) -> None:
    """Nobody has it open any more, in the open transaction."""
    end_now(Opening.objects.filter(share=row))


def end_now(openings: QuerySet[Opening]) -> int:
    """How many were under way. INVARIANT: without its binding one that somebody revives is no way in."""
    return openings.filter(ended_at=None).update(ended_at=timezone.now(), binding=b"")
