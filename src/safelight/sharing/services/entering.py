"""How a recipient comes to what is shared with them, and how they leave it."""

import secrets
from dataclasses import dataclass
from functools import cache
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from safelight.engines.policy import ReferenceState
from safelight.release.recipients import permitted
from safelight.sharing.errors import CodeLockedError, CodeRefusedError, ShareOverError, SharingError
from safelight.sharing.guests import (
    LONGEST_OPENING,
    Guest,
    digest,
    listed,
    opening_binding,
    read_letters,
    state_of,
)
from safelight.sharing.models import Opening, Share
from safelight.sharing.rules import MOST_ATTEMPTS
from safelight.sharing.services.giving import CODE_DIGITS, end_now, end_openings
from safelight.sharing.services.standing import record_share, save_tries
from safelight.vocabulary.events import EventTag, Outcome

LONGEST_ZONE: Final = 64


@dataclass(frozen=True)
class _Try:
    """A code that is being tried: counted as wrong already. `number` counts the tries so far."""

    code_hash: str
    number: int


def enter(typed_letters: str, code: str, zone: str = "") -> str:
    """Come in by the link and the code; the cookie's secret.

    `zone` is the browser's time zone (IANA), for the mark; one that is none is left out. Whoever
    comes in takes the place of whoever was in: a recipient goes from telephone to desk. Raises
    CodeRefusedError (unknown link or wrong code: one sentence), CodeLockedError after five wrong
    codes, ShareOverError for the right code of a share that shows nothing now.
    """
    tried = _count(typed_letters)
    # Slow on purpose, and so with no row held: else whoever guesses would keep everybody waiting.
    is_right = check_password(_ascii_digits(code), tried.code_hash if tried else _nobodys_code())
    if tried is None:
        raise CodeRefusedError
    return _settle(typed_letters, tried, zone, is_right=is_right)


def _count(typed_letters: str) -> _Try | None:
    """INVARIANT: a try is counted, for good, before the code is looked at: of codes that are tried
    at once, no more than five are. What turns out right is given back.

    None where there is no code to compare with: no link, or a passkey took its place.
    """
    with transaction.atomic():
        share = find_share(typed_letters)
        if share is None:
            return None
        if share.locked_at is not None:
            raise CodeLockedError
        if not share.code_hash:  # nothing is guessed, nothing is counted
            return None
        if share.failed_attempts >= MOST_ATTEMPTS:
            raise CodeLockedError
        share.failed_attempts += 1
        save_tries(share)
        return _Try(share.code_hash, share.failed_attempts)


def _settle(typed_letters: str, tried: _Try, zone: str, *, is_right: bool) -> str:
    """What the code was good for, with the row as it is by now."""
    wrong: SharingError
    with transaction.atomic():
        share = find_share(typed_letters)
        if share is None:
            raise CodeRefusedError
        if not is_right or share.code_hash != tried.code_hash:
            wrong = _note_failure(share, tried)
        elif share.locked_at is not None:
            raise CodeLockedError
        elif not has_something_to_show(share):
            share.failed_attempts = max(0, share.failed_attempts - 1)
            save_tries(share)
            record_share(EventTag.SHARING_ACCESS_REFUSED, share, None, outcome=Outcome.DENIED)
            wrong = ShareOverError()
        else:
            # The tries before it are forgotten; those that are still under way stay counted.
            share.failed_attempts = max(0, share.failed_attempts - tried.number)
            return begin(share, zone)
    raise wrong


def find_share(typed_letters: str) -> Share | None:
    """The row, locked; None also for one that no verb wrote."""
    rows = Share.objects.select_for_update(of=("self",)).select_related("agreement")
    share = rows.filter(token_digest=digest(read_letters(typed_letters))).first()
    if share is None or state_of(share, timezone.now()) is None:
        return None
    return share


def has_something_to_show(share: Share) -> bool:
    """Whether it is in force, has an opening left, and a picture that the policy shows."""
    if state_of(share, timezone.now()) is not ReferenceState.IN_FORCE:
        return False
    if share.opened.count() >= share.openings:
        return False
    return bool(permitted(share.agreement, listed(share)))


def _ascii_digits(code: str) -> str:
    """Arabic-Indic and other digits as the ones the code was made of; nothing else of it."""
    return "".join(str(int(letter)) for letter in code if letter.isdecimal())


@cache
def _nobodys_code() -> str:
    """Checked where there is no link, so that it takes as long as a wrong code does."""
    return make_password("".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS)))


def _note_failure(share: Share, tried: _Try) -> CodeRefusedError:
    """A wrong code, or one that was replaced while it was tried; the fifth locks the share."""
    is_last = min(share.failed_attempts, tried.number) >= MOST_ATTEMPTS
    if is_last:
        share.locked_at = timezone.now()
        save_tries(share)
    tag = EventTag.SHARING_ACCESS_LOCKED if is_last else EventTag.SHARING_ACCESS_REFUSED
    record_share(tag, share, None, outcome=Outcome.DENIED)
    return CodeLockedError() if is_last else CodeRefusedError()


def begin(share: Share, zone: str) -> str:
    """A new opening, in the open transaction; the cookie's secret. Keeps the count of wrong tries.

    INVARIANT: the browser that was in is out before the next one is in.
    """
    secret, now = secrets.token_urlsafe(32), timezone.now()
    taken_over = share.opened.filter(ended_at=None).exists()
    end_openings(share)
    opening = Opening(
        id=uuid4(),
        share=share,
        number=share.opened.count() + 1,
        key=digest(secret),
        zone=known_zone(zone),
        started_at=now,
        last_active_at=now,
        expires_at=min(now + LONGEST_OPENING, share.expires_at),
    )
    opening.binding = opening_binding(opening)
    opening.save(force_insert=True)
    save_tries(share)
    details = {"number": opening.number, "took_over": taken_over}
    record_share(EventTag.SHARING_SHARE_OPENED, share, opening.id, opening.id, details=details)
    return secret


def known_zone(zone: str) -> str:
    """The zone if there is one of this name; "" otherwise."""
    if not zone or len(zone) > LONGEST_ZONE:
        return ""
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def leave(guest: Guest) -> None:
    """The recipient is done in this browser; the link stays good while openings are left."""
    with transaction.atomic():
        if end_now(Opening.objects.filter(id=guest.opening)):
            share = Share.objects.get(id=guest.share)
            record_share(EventTag.SHARING_SHARE_CLOSED, share, guest.opening, guest.opening)
