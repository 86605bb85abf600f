"""Sessions that really stand in the rows, as a browser's cookie would find them."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone

from safelight.people.asker import Asker
from safelight.people.models import Presence, StaffMember
from safelight.people.presence import seat
from safelight.people.sessions import SessionStore, digest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sit_down(asker: Asker) -> tuple[Asker, str]:
    """The asker at a session of their own, and the cookie that belongs to it."""
    member = StaffMember.objects.get(id=asker.staff)
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    cookie = session.session_key
    assert cookie
    Presence.objects.create(
        session_key=digest(cookie),
        staff=member,
        auth_hash=seat(digest(cookie), member.get_session_auth_hash()),
        last_active_at=timezone.now(),
        has_second_factor=True,
    )
    return replace(asker, session_key=digest(cookie)), cookie


def browser_of(asker: Asker) -> Client:
    """A browser in which the asker is signed in."""
    _, cookie = sit_down(asker)
    client = Client()
    client.cookies["safelight"] = cookie
    return client


def grow_old(cookie: str, minutes: int) -> None:
    """Nobody touched this session for so long."""
    Presence.objects.filter(session_key=digest(cookie)).update(
        last_active_at=timezone.now() - timedelta(minutes=minutes)
    )


def stranger() -> str:
    return uuid4().hex
