"""Who sits at a session: it begins, falls asleep, wakes up and ends; each is an event.

`session_key` is always the digest that stands in the rows (see `people.sessions`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from safelight.audit.services import Entry, record, record_durably
from safelight.engines.policy import SessionState
from safelight.institution.selectors import Policy
from safelight.people.models import Presence, StaffSession
from safelight.vocabulary.clocks import CLOCK_SLACK
from safelight.vocabulary.events import EventTag, Outcome

WRITE_EVERY: Final = timedelta(seconds=30)
# What Django's AbstractBaseUser.get_session_auth_hash salts with.
_AUTH_SALT: Final = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
_SEAT_SALT: Final = "safelight.people.presence.seat"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What stands in the rows about an unexpired session and whose it is.

    `password` is the person's present hash; `auth_hash` is the `seat` of the one they signed in with.
    """

    session_key: str
    is_active: bool
    password: str
    auth_hash: str
    locked_at: datetime | None
    last_active_at: datetime | None
    has_second_factor: bool


def session_state(facts: SessionFacts, policy: Policy, now: datetime) -> SessionState:
    """Whether a session may be used now. The one rule, for pages and for picture bytes alike.

    ABSENT also stands for who has not shown a second factor yet, left the institution, or changed
    the password elsewhere. A clock that went back locks: how long the session was idle can no
    longer be told.
    """
    if not (facts.is_active and facts.has_second_factor and is_theirs(facts)):
        return SessionState.ABSENT
    if facts.locked_at is not None or facts.last_active_at is None:
        return SessionState.LOCKED
    idle = now - facts.last_active_at
    is_awake = -CLOCK_SLACK <= idle < timedelta(minutes=policy.idle_minutes)
    return SessionState.USABLE if is_awake else SessionState.LOCKED


def is_theirs(facts: SessionFacts) -> bool:
    """Whether this very session began under the password the person has now."""
    # As AbstractBaseUser.get_session_auth_hash makes it, without building a row for every picture.
    present = salted_hmac(_AUTH_SALT, facts.password, algorithm="sha256").hexdigest()
    return constant_time_compare(seat(facts.session_key, present), facts.auth_hash)


def seat(session_key: str, auth_hash: str) -> str:
    """What ties a person to one session: a row copied under another session's key is no seat.

    Keyed by the site's secret, so that who can only write to the database cannot make one.
    """
    return salted_hmac(_SEAT_SALT, f"{session_key}/{auth_hash}", algorithm="sha256").hexdigest()


def presence_at(session_key: str) -> Presence | None:
    """Who sits at this session, with the person's own row as it stands now."""
    return Presence.objects.select_related("staff").filter(session_key=session_key).first()


def facts_of(presence: Presence) -> SessionFacts:
    staff = presence.staff
    return SessionFacts(
        session_key=presence.session_key,
        is_active=staff.is_active,
        password=staff.password,
        auth_hash=presence.auth_hash,
        locked_at=presence.locked_at,
        last_active_at=presence.last_active_at,
        has_second_factor=presence.has_second_factor,
    )


def start_session(
    session_key: str, staff: UUID, auth_hash: str, *, has_second_factor: bool
) -> None:
    """Somebody signed in; their browser's session was made a moment ago."""
    sweep_sessions()
    with transaction.atomic():
        Presence.objects.create(
            session_key=session_key,
            staff_id=staff,
            auth_hash=seat(session_key, auth_hash),
            last_active_at=timezone.now(),
            has_second_factor=has_second_factor,
        )
        _record(EventTag.ACCOUNT_SESSION_STARTED, staff)


def touch(presence: Presence, now: datetime) -> None:
    """The person did something. No event: the record tells what they did, not that they moved."""
    if now - presence.last_active_at >= WRITE_EVERY:
        Presence.objects.filter(session_key=presence.session_key, locked_at=None).update(
            last_active_at=now
        )


def lock(session_key: str) -> None:
    """Lock the session, once; no error if it is locked or gone."""
    with transaction.atomic():
        awake = Presence.objects.select_for_update().filter(session_key=session_key, locked_at=None)
        if row := awake.first():
            row.locked_at = timezone.now()
            row.save(update_fields=["locked_at"])
            _record(EventTag.ACCOUNT_SESSION_LOCKED, row.staff_id)


def unlock(session_key: str) -> None:
    """The same person is back; the caller has seen the proof."""
    with transaction.atomic():
        row = Presence.objects.select_for_update().filter(session_key=session_key).first()
        if row is not None:
            row.locked_at, row.last_active_at = None, timezone.now()
            row.save(update_fields=["locked_at", "last_active_at"])
            _record(EventTag.ACCOUNT_SESSION_UNLOCKED, row.staff_id)


def second_factor_added(session_key: str, staff: UUID, kind: str) -> None:
    """A second factor was set up, and so shown, in this session."""
    with transaction.atomic():
        Presence.objects.filter(session_key=session_key).update(has_second_factor=True)
        _record(EventTag.ACCOUNT_SECOND_FACTOR_ADDED, staff, kind=kind)


def second_factor_removed(staff: UUID, kind: str, *, is_last: bool) -> None:
    """Without any second factor left, every session of the person falls back to setting one up."""
    with transaction.atomic():
        if is_last:
            Presence.objects.filter(staff=staff).update(has_second_factor=False)
        _record(EventTag.ACCOUNT_SECOND_FACTOR_REMOVED, staff, kind=kind)


def password_changed(old_key: str, new_key: str, staff: UUID, auth_hash: str) -> None:
    """The session goes on under its new key and the new password; the person's others end."""
    with transaction.atomic():
        others = Presence.objects.filter(staff=staff).exclude(session_key=old_key)
        _end(others, how="password changed")
        Presence.objects.filter(session_key=old_key).update(
            session_key=new_key, auth_hash=seat(new_key, auth_hash)
        )
        _record(EventTag.ACCOUNT_PASSWORD_CHANGED, staff)


def end_session(session_key: str, how: str = "signed out") -> None:
    with transaction.atomic():
        _end(Presence.objects.filter(session_key=session_key), how)


def end_every_session(how: str) -> int:
    """Everybody signs in anew, as after a restore, which would bring sessions of then back."""
    with transaction.atomic():
        rows = list(Presence.objects.all())
        _end(rows, how)
        StaffSession.objects.all().delete()
    return len(rows)


def sweep_sessions() -> None:
    """Forget sessions whose time is over, and whoever sat at them."""
    with transaction.atomic():
        StaffSession.objects.filter(expire_date__lte=timezone.now()).delete()
        alive = StaffSession.objects.values("session_key")
        _end(Presence.objects.exclude(session_key__in=alive), how="expired")


def sign_in_refused(staff: UUID | None, reason: str, username: str = "") -> None:
    """Somebody could not prove who they are. The name they typed is sealed: it may be a secret."""
    record_durably(
        Entry(
            tag=EventTag.ACCOUNT_SIGN_IN_REFUSED,
            actor=staff,
            outcome=Outcome.DENIED,
            details={"reason": reason, "username": username},
        )
    )


def _end(rows: Iterable[Presence], how: str) -> None:
    for row in list(rows):
        StaffSession.objects.filter(session_key=row.session_key).delete()
        row.delete()
        _record(EventTag.ACCOUNT_SESSION_ENDED, row.staff_id, how=how)


def _record(tag: EventTag, staff: UUID, **details: str) -> None:
    record(Entry(tag=tag, actor=staff, details=details))
