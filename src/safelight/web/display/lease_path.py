"""The short way for leases: from the WSGI door straight to the room and back.

Every screen asks every second and a half, so this goes round Django's middleware, as picture bytes
do; never round the gate. Whatever goes wrong, there is no lease, and the screen turns dark.
"""

import json
import logging
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Final

from django.db import Error, connections

from safelight.teaching.showing import Lease, lease_for
from safelight.vocabulary.errors import SafelightError
from safelight.web.clinic.byte_path import HEADERS, Application, Environ, StartResponse
from safelight.web.display.door import cookie_name

PATH: Final = "/screen/lease/"
_NO_LEASE: Final = b"{}"

logger = logging.getLogger("safelight.leases")


def with_lease_path(site: Application) -> Application:
    """`site`, with leases answered before it is asked."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] == "GET":
            return _answer(environ, start_response)
        return site(environ, start_response)

    return application


def _answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    told = lease_bytes(_cookie(environ.get("HTTP_COOKIE", "")))
    status = "503 Service Unavailable" if told == _NO_LEASE else "200 OK"
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(told)))]
    start_response(status, [*HEADERS, *headers])
    return [told]


def lease_bytes(cookie: str) -> bytes:
    """The screen's lease as JSON; an empty object when it could not be found out."""
    try:
        return json.dumps(written(lease_for(cookie)), separators=(",", ":")).encode()
    except SafelightError as error:
        logger.error("a lease could not be given: %s", error.code)
    except Error as error:
        logger.error("a lease could not be decided about: %s", type(error).__name__)
        connections.close_all()
    return _NO_LEASE


def written(lease: Lease) -> dict[str, object]:
    """As lease.js reads it: times in milliseconds."""
    return {
        "state": lease.state.value,
        "for": lease.milliseconds,
        "slide": str(lease.slide) if lease.slide else None,
        "version": lease.version,
        "pictures": [[str(photograph), may] for photograph, may in lease.pictures],
    }


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(cookie_name())
    except CookieError:
        return ""
    return found.value if found else ""
