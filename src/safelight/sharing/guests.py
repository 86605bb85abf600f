"""A recipient in their browser: what an opening is, and how it is found by its cookie.

Only hashes are kept, as for signers (`consent/visits.py`): of the code a slow one; of the cookie
and of the letters in the link one that is keyed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from safelight.engines.policy import AgreementStatus, ReferenceState
from safelight.institution.selectors import current_policy
from safelight.release.rules import state_at
from safelight.sharing.models import Opening, Share, SharePasskey
from safelight.vault.institution_keys import search_token
from safelight.vocabulary.clocks import CLOCK_SLACK

# Crockford's base 32: no I, L, O or U, so that nothing is read for something else.
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINK_LETTERS: Final = 16
LONGEST_OPENING: Final = timedelta(hours=4)
WRITE_EVERY: Final = timedelta(seconds=30)
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", " ": "", "-": ""})
_BITS: Final = 5


@dataclass(frozen=True)
class Guest:
    """The recipient of one share, in the one browser in which they have shown the code."""

    key: str
    opening: UUID
    share: UUID
    patient: UUID
    zone: str


def digest(secret: str) -> str:
    """What stands in the database for a cookie or the letters of a link."""
    return search_token("share", secret).hex()


def link_letters(share: UUID) -> str:
    """The letters of a share's link: the same whenever it is sent, and kept nowhere. 80 bits."""
    token = search_token("share-link", str(share))
    number = int.from_bytes(token)
    return "".join(LETTERS[number >> _BITS * place & 31] for place in range(LINK_LETTERS))


def read_letters(typed: str) -> str:
    """The letters as somebody typed them, with what is easily misread put right."""
    return typed.upper().translate(_MISREAD)[: 2 * LINK_LETTERS]


def listed(share: Share) -> tuple[UUID, ...]:
    """The pictures of a share in their order, whether they may be shown or not."""
    rows = share.pictures.order_by("position", "id")
    return tuple(rows.values_list("photograph", flat=True))


def share_binding(share: Share) -> bytes:
    """What a share is, with its pictures (saved before) and its wrong tries.

    INVARIANT: written anew with every change that a verb makes, while it holds the row.
    """
    told = (
        share.id,
        share.agreement_id,
        share.patient_id,
        int(share.given_at.timestamp()),
        int(share.expires_at.timestamp()),
        share.openings,
        share.mark_number,
        share.states_reason,
        share.token_digest,
        share.code_hash,
        share.failed_attempts,
        int(share.locked_at.timestamp()) if share.locked_at else "",
        *listed(share),
    )
    return search_token("share-binding", "/".join(str(item) for item in told))


def opening_binding(opening: Opening) -> bytes:
    """Keyed by the institution's secret: a row copied to another share is no way in, nor a later end."""
    ends_at = int(opening.expires_at.timestamp())
    told = (opening.id, opening.share_id, opening.number, opening.key, ends_at)
    return search_token("share-opening", "/".join(str(item) for item in told))


def passkey_binding(passkey: SharePasskey) -> bytes:
    """A device that no verb of ours added opens nothing."""
    told = (passkey.id, passkey.share_id, bytes(passkey.credential).hex())
    return search_token("share-passkey", "/".join(str(item) for item in told))


def state_of(share: Share, now: datetime) -> ReferenceState | None:
    """Whether the share can be looked by; None, which denies, for a row that no verb wrote."""
    if share.revoked_at is not None:
        return ReferenceState.REVOKED
    if not constant_time_compare(bytes(share.binding), share_binding(share)):
        return None
    if share.agreement.status != AgreementStatus.ACTIVE:
        return ReferenceState.OVER  # a newer word about the same pictures does not revive it
    return state_at(now, share.given_at, share.expires_at, share.revoked_at)


def find_guest(cookie: str, *, is_awake: bool = True) -> Guest | None:
    """The guest behind this cookie; None when the share or the opening is over, or unknown.

    `is_awake` False does not keep the opening awake: a page that asks by itself is nobody there.
    """
    now = timezone.now()
    row = alive(now).filter(key=digest(cookie)).first() if cookie else None
    if row is None or not is_admitted(row, now):
        return None
    if is_awake and now - row.last_active_at >= WRITE_EVERY:
        Opening.objects.filter(id=row.id).update(last_active_at=now)
    return Guest(row.key, row.id, row.share_id, row.share.patient_id, row.zone)


def living_opening(guest: Guest, now: datetime) -> Opening | None:
    """The guest's opening, if it may go on at this very moment."""
    row = alive(now).filter(id=guest.opening, key=guest.key).first()
    return row if row and is_admitted(row, now) else None


def is_admitted(row: Opening, now: datetime) -> bool:
    """Whether this browser was let in for this very share, and the share is in force."""
    is_bound = constant_time_compare(bytes(row.binding), opening_binding(row))
    return is_bound and state_of(row.share, now) is ReferenceState.IN_FORCE


def alive(now: datetime) -> QuerySet[Opening]:
    """Openings that may go on at `now`. One touched in the future has a wrong clock, and may not."""
    idle = timedelta(minutes=current_policy().portal_idle_minutes)
    return Opening.objects.select_related("share__agreement").filter(
        ended_at=None,
        started_at__lte=now + CLOCK_SLACK,
        last_active_at__gt=now - idle,
        last_active_at__lte=now + CLOCK_SLACK,
        expires_at__gt=now,
    )
