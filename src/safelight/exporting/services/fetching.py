"""A receiver's software asks by a link: for the manifest with the passcode, then for the file.

INVARIANT: an attempt is counted before it is answered, and a copy is recorded before it leaves.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone

from safelight.audit.services import record
from safelight.engines.policy import ReferenceState
from safelight.engines.smart_health_link import (
    NOT_ACTIVE,
    UNDER_WAY,
    Attempts,
    ManifestFile,
    ManifestRequest,
    Passcode,
    Refusal,
    give_back,
    manifest,
    try_passcode,
)
from safelight.exporting.copying import (
    SealedCopy,
    expected_length,
    fetchable,
    make_copy,
)
from safelight.exporting.errors import CopyLinkNotFoundError, CopyNotGivenError
from safelight.exporting.models import CopyLink, CopyRequest
from safelight.exporting.seals import (
    digest,
    is_admitted,
    recipient_of,
    request_binding,
    seal_recipient,
    state_of,
)
from safelight.exporting.services.making import TOKEN_BYTES
from safelight.exporting.services.standing import entry_about, lock_link, save_tries
from safelight.release.recipients import use_of
from safelight.vocabulary.events import EventTag, Outcome

LOCATION_LASTS: Final = timedelta(minutes=10)
"""An hour is the most that the specification allows; software that asks goes on at once."""

_ADDRESS_LENGTH: Final = 43

LocationOf = Callable[[str], str]


def ask(token: str, request: ManifestRequest, location_of: LocationOf) -> dict[str, object]:
    """The manifest, as JSON values. Raises CopyNotGivenError, or what `make_copy` raises.

    A file that is short enough for the receiver stands in it; any other has a location for minutes.
    """
    asked, location = _admit(token, request)
    sealed = _short_copy(asked, request)
    now = timezone.now()
    file = (
        ManifestFile(embedded=sealed, last_updated=now)
        if sealed
        else ManifestFile(location=location_of(location), last_updated=now)
    )
    return manifest([file], request)


def fetch(location: str) -> str:
    """The sealed file at a location. Raises CopyNotGivenError, or what `make_copy` raises."""
    rows = CopyRequest.objects.select_related("link__agreement")
    asked = rows.filter(location_digest=digest(location)).first() if _is_secret(location) else None
    now = timezone.now()
    if asked is None or not is_admitted(asked, now):
        raise CopyNotGivenError
    return _hand_over(asked, make_copy(asked, now))


def _is_secret(text: str) -> bool:
    return len(text) == _ADDRESS_LENGTH and text.isascii()


@dataclass(frozen=True)
class _Try:
    """A passcode that is being compared, and what is answered if it is wrong."""

    code_hash: str
    refusal: Refusal
    is_last: bool


def _admit(token: str, request: ManifestRequest) -> tuple[CopyRequest, str]:
    """The request that may go on, and the secret part of its location; or CopyNotGivenError."""
    tried = _count(token, request)
    # Slow on purpose, and so with no row held: else whoever guesses would keep everybody waiting.
    is_right = check_password(_ascii_digits(request.passcode), tried.code_hash)
    refusal: Refusal | None
    with transaction.atomic():
        link = _row(token)
        if link is None:
            raise CopyNotGivenError
        refusal = _settle(link, tried, request, is_right=is_right)
        if refusal is None:
            asked, location = _begin(link, request)
            if fetchable(asked, asked.asked_at):
                return asked, location
            asked.delete()
            _refuse(link, request, EventTag.EXPORTING_ACCESS_REFUSED)
            refusal = NOT_ACTIVE
    raise CopyNotGivenError(refusal)


def _row(token: str) -> CopyLink | None:
    """The row, locked, in whatever state it is."""
    if not _is_secret(token):
        return None
    rows = CopyLink.objects.select_for_update(of=("self",)).select_related("agreement")
    return rows.filter(token_digest=digest(token)).first()


def _is_open(link: CopyLink) -> bool:
    """Whether it is in force; a row that no verb wrote is not."""
    return state_of(link, timezone.now()) is ReferenceState.IN_FORCE


def _count(token: str, request: ManifestRequest) -> _Try:
    """INVARIANT: a passcode is counted as wrong, for good, before it is compared: of those that are
    sent at once, no more than five are. Raises CopyNotGivenError where nothing is compared.
    """
    with transaction.atomic():
        link = _row(token)
        if link is None or not _is_open(link):
            raise CopyNotGivenError
        before = Attempts(failed=link.failed_attempts)
        if before.is_locked:
            raise CopyNotGivenError(UNDER_WAY)
        given = Passcode.WRONG if request.passcode else Passcode.MISSING
        after, refusal = try_passcode(before, given)
        if refusal is None or after == before:
            raise CopyNotGivenError(refusal or NOT_ACTIVE)
        save_tries(link, after.failed)
        return _Try(link.code_hash, refusal, after.is_locked)


def _settle(
    link: CopyLink, tried: _Try, request: ManifestRequest, *, is_right: bool
) -> Refusal | None:
    """What the passcode was good for, with the row as it is by now. The fifth wrong one locks it.

    INVARIANT: a link that ended meanwhile is not written to, and so not bound anew.
    """
    counted, is_open = Attempts(failed=link.failed_attempts), _is_open(link)
    if is_right:
        if is_open:
            save_tries(link, give_back(counted).failed)
        return None if is_open else NOT_ACTIVE
    is_last = is_open and tried.is_last and counted.is_locked
    if is_last:
        save_tries(link, counted.failed, locked_at=timezone.now())
    locked, refused = EventTag.EXPORTING_LINK_LOCKED, EventTag.EXPORTING_ACCESS_REFUSED
    _refuse(link, request, locked if is_last else refused)
    return tried.refusal


def _ascii_digits(code: str) -> str:
    """Arabic-Indic and other digits as the ones the code was made of; nothing else of it."""
    return "".join(str(int(letter)) for letter in code if letter.isdecimal())


def _refuse(link: CopyLink, request: ManifestRequest, tag: EventTag) -> None:
    details = {"recipient": request.recipient}
    record(entry_about(tag, link, None, outcome=Outcome.DENIED, details=details))


def _begin(link: CopyLink, request: ManifestRequest) -> tuple[CopyRequest, str]:
    location, now = secrets.token_urlsafe(TOKEN_BYTES), timezone.now()
    asked = CopyRequest(
        id=uuid4(),
        link=link,
        asked_at=now,
        location_digest=digest(location),
        location_ends_at=min(now + LOCATION_LASTS, link.expires_at),
    )
    asked.sealed_recipient = seal_recipient(asked, request.recipient)
    asked.binding = request_binding(asked)
    asked.save(force_insert=True)
    return asked, location


def _short_copy(asked: CopyRequest, request: ManifestRequest) -> str:
    """The sealed file, if it may stand in the manifest; "" for one that is to be fetched."""
    link = asked.link
    length = expected_length(fetchable(asked, timezone.now()), use_of(link.agreement))
    if not request.takes_embedded(length):
        return ""
    copy = make_copy(asked, timezone.now())
    return _hand_over(asked, copy) if request.takes_embedded(len(copy.sealed)) else ""


def _hand_over(asked: CopyRequest, copy: SealedCopy) -> str:
    """Write down that the copy leaves, unless the link ended while it was made."""
    with transaction.atomic():
        try:
            link = lock_link(asked.link_id)
        except CopyLinkNotFoundError as error:
            raise CopyNotGivenError from error
        now = timezone.now()
        if state_of(link, now) is not ReferenceState.IN_FORCE:
            raise CopyNotGivenError
        CopyRequest.objects.filter(id=asked.id, fetched_at=None).update(fetched_at=now)
        details = {"recipient": recipient_of(asked)}
        told = (asked.id, *copy.photographs)
        record(entry_about(EventTag.EXPORTING_COPY_FETCHED, link, asked.id, *told, details=details))
    return copy.sealed
