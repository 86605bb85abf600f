"""The cookie of a screen: given when it opens, worth something once a teacher has let it in."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_NAME: Final = "safelight-screen"


def cookie_name() -> str:
    """Browsers take a cookie of such a name from this very host alone, and over TLS."""
    return f"__Host-{_NAME}" if settings.SESSION_COOKIE_SECURE else _NAME


def cookie_of(request: HttpRequest) -> str:
    return request.COOKIES.get(cookie_name(), "")


def give_cookie(response: HttpResponse, secret: str) -> None:
    """It ends with the browser's session, and its lecture ends it sooner."""
    response.set_cookie(
        cookie_name(),
        secret,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
