"""The door of what is shared: a guest's cookie. Who signed in to anything else makes no difference."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from safelight.release.errors import AccessRefusedError
from safelight.release.patient_words import speaking
from safelight.sharing.errors import ShareOverError
from safelight.sharing.guests import Guest, find_guest
from safelight.vault.errors import KeyMissingError
from safelight.web.portal.door import View, language_of, said_in

Page = Callable[Concatenate[HttpRequest, Guest, ...], HttpResponse]

# Browsers take a cookie of such a name from this very host alone, and over TLS.
_NAME: Final = "safelight-shared"


def cookie_name() -> str:
    return f"__Host-{_NAME}" if settings.SESSION_COOKIE_SECURE else _NAME


def guest_of(request: HttpRequest, *, is_awake: bool = True) -> Guest | None:
    return find_guest(request.COOKIES.get(cookie_name(), ""), is_awake=is_awake)


def give_opening(response: HttpResponse, secret: str) -> None:
    """Put the opening's cookie into the answer; it ends with the browser's session."""
    _set_cookie(response, secret)


def end_opening(response: HttpResponse) -> None:
    _set_cookie(response, "", max_age=0)


def _set_cookie(response: HttpResponse, value: str, *, max_age: int | None = None) -> None:
    response.set_cookie(
        cookie_name(),
        value,
        max_age=max_age,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def guest(page: Page) -> View:
    """Only for an opening that may go on; anybody else is told that nothing is open, and no reason."""

    @login_not_required
    @wraps(page)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        known, language = guest_of(request), language_of(request)
        if known is None:
            return redirect("shared:over")
        with speaking(language):
            try:
                response = page(request, known, *args, **kwargs)
            except (ShareOverError, AccessRefusedError, KeyMissingError):
                response = redirect("shared:over")
            return said_in(response, language)

    return view
