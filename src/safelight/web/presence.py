"""Who sits at this session, and whether it may go on: sign-in, second factor and idle lock.

INVARIANT: a view that is not marked `login_not_required` runs only for a person with a usable
session. What is not listed here is closed.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import MAX_URL_LENGTH, urlencode
from django.utils.translation import gettext as _

from safelight.engines.policy import SessionState
from safelight.institution.selectors import current_house, current_policy
from safelight.people import presence
from safelight.people.asker import Asker
from safelight.people.sessions import digest
from safelight.vocabulary.roles import Role

View = Callable[..., HttpResponse]

# What a page asks for by itself, without anybody touching it, keeps no session awake.
BACKGROUND_PATHS = frozenset(
    {
        "/clinic/uploads/states/",
        "/teaching/lectures/now/",
        "/shared/shown/",
        "/screen/slide/",
    }
)
OPEN_WHILE_LOCKED = frozenset({"lock", "locked"})
OPEN_FOR_ENROLMENT = frozenset({"mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"})


class PresenceMiddleware:
    """Sets `request.asker`: who asks (usable or locked), or None while nobody may ask anything."""

    def __init__(self, get_response: View) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.asker = find_asker(request, timezone.now())  # type: ignore[attr-defined] # ours
        with timezone.override(current_house().zone):
            return self._get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: View,
        _args: Any,  # noqa: ANN401 - Django's signature
        _kwargs: Any,  # noqa: ANN401
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        asker = asker_of(request)
        if asker is None:
            return _refuse_stranger(request, name)
        if asker.session is SessionState.LOCKED and name not in OPEN_WHILE_LOCKED:
            return _refuse_locked(request)
        return None


def asker_of(request: HttpRequest) -> Asker | None:
    asker: Asker | None = getattr(request, "asker", None)
    return asker


def session_digest(request: HttpRequest) -> str:
    """The key under which this browser's session stands in the rows."""
    return digest(request.session.session_key or "")


def find_asker(request: HttpRequest, now: datetime) -> Asker | None:
    """Who sits at this session; lets it fall asleep, or keeps it awake, as time and rule say."""
    if not request.user.is_authenticated:
        return None
    row = presence.presence_at(session_digest(request))
    facts = presence.facts_of(row) if row else None
    if row is None or facts is None or not presence.is_theirs(facts):
        logout(request)
        return None
    state = presence.session_state(facts, current_policy(), now)
    if state is SessionState.LOCKED:
        presence.lock(row.session_key)
    elif state is SessionState.USABLE and request.path not in BACKGROUND_PATHS:
        presence.touch(row, now)
    if state is SessionState.ABSENT:
        return None
    return Asker(
        staff=row.staff_id,
        role=Role(row.staff.role),
        display_name=row.staff.display_name,
        session_key=row.session_key,
        session=state,
    )


def _refuse_stranger(request: HttpRequest, name: str) -> HttpResponse | None:
    """Nobody is signed in, or somebody is who has yet to set up a second factor."""
    if not request.user.is_authenticated:
        sentence = _("You are signed out. Please sign in again.")
        return _refuse(request, HTTPStatus.UNAUTHORIZED, "sign-in", sentence, "account_login")
    if name in OPEN_FOR_ENROLMENT:
        return None
    sentence = _("Set up a second step before you go on.")
    return _refuse(request, HTTPStatus.FORBIDDEN, "second-factor", sentence, "mfa_activate_totp")


def _refuse_locked(request: HttpRequest) -> HttpResponse:
    sentence = _("The session is locked. Unlock it to go on; nothing was lost.")
    return _refuse(request, HTTPStatus.LOCKED, "session-locked", sentence, "locked")


def _refuse(
    request: HttpRequest, status: HTTPStatus, code: str, sentence: str, door: str
) -> HttpResponse:
    """A page is led to the `door`; a script is told, so that the page it serves stays open."""
    if not is_navigation(request):
        return JsonResponse({"code": code, "sentence": sentence}, status=status)
    wanted = request.get_full_path() if request.method == "GET" else ""
    # A longer one is led back to by nobody, and of far longer ones Django makes an error of ours.
    query = urlencode({"next": wanted}) if 0 < len(wanted) <= MAX_URL_LENGTH else ""
    return HttpResponseRedirect(f"{reverse(door)}?{query}" if query else reverse(door))


def is_navigation(request: HttpRequest) -> bool:
    """Whether the browser would show the answer as a page of its own."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    asks_for_data = "application/json" in request.headers.get("Accept", "")
    is_form_method = request.method in {"GET", "HEAD", "POST"}
    return mode == "navigate" and is_form_method and not asks_for_data
