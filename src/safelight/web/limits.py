"""How often one may try to sign in and to search, and what is said when it was too often."""

from datetime import timedelta
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from safelight.people.asker import Asker
from safelight.people.limits import allow
from safelight.vocabulary.errors import SafelightError
from safelight.web.presence import is_navigation


class RateLimitedError(SafelightError):
    code: ClassVar[str] = "rate-limited"
    message: ClassVar[str] = (
        "That was too often in a short time. Please wait a minute, then try again."
    )


def allow_search(asker: Asker) -> None:
    """Raises RateLimitedError. Ample for a busy clinic, too slow to copy the index name by name."""
    _require(allow("search", str(asker.staff), rate=60, per=timedelta(minutes=2)))


def allow_sign_in(request: HttpRequest, username: str) -> None:
    """Raises RateLimitedError: by address, where a whole ward may sit, and by account."""
    per = timedelta(minutes=10)
    _require(allow("sign-in-address", client_address(request), rate=200, per=per))
    if username:
        _require(allow("sign-in-account", username.strip().lower(), rate=15, per=per))


def allow_proof(staff: str) -> None:
    """One more password, code or passkey from somebody who is half signed in, or locked."""
    _require(allow("proof", staff, rate=10, per=timedelta(minutes=10)))


def allow_code_once(staff: str, code: str) -> bool:
    """Whether this code was not used before; it is valid for less long than it is remembered."""
    return allow("used-code", f"{staff}/{code}", rate=1, per=timedelta(minutes=3))


def allow_screen(request: HttpRequest) -> None:
    """One more screen from this address, behind which a whole building may sit."""
    _require(allow("screen", client_address(request), rate=60, per=timedelta(minutes=10)))


def allow_pairing(asker: Asker) -> None:
    """One more code of a screen. Ample for typing errors, hopeless for guessing one of a billion."""
    _require(allow("screen-code", str(asker.staff), rate=20, per=timedelta(minutes=5)))


def client_address(request: HttpRequest) -> str:
    """Where the request comes from, by the word of the proxies that are the operator's own.

    An IPv6 address stands as its /64 network, of which one customer may use every address.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if 0 < trusted <= len(forwarded) and forwarded[-trusted].strip():
        return _as_one_customer(forwarded[-trusted].strip())
    return _as_one_customer(str(request.META.get("REMOTE_ADDR", "")))


def _as_one_customer(address: str) -> str:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or ip_network((int(ip), 64), strict=False))


def too_many(request: HttpRequest, error: RateLimitedError) -> HttpResponse:
    if not is_navigation(request):
        return JsonResponse(
            {"code": error.code, "sentence": error.sentence}, status=HTTPStatus.TOO_MANY_REQUESTS
        )
    context = {"sentence": error.sentence}
    return render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)


def _require(is_allowed: bool) -> None:  # noqa: FBT001 - the one thing it takes
    if not is_allowed:
        raise RateLimitedError
