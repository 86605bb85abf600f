"""The short way for picture bytes: from the WSGI door straight to the gate and back.

It goes round Django's middleware and URL resolver, never round the gate. Whatever goes wrong, the
answer is the same empty 404: missing, forbidden, expired and broken look alike from outside.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

from django.conf import settings
from django.db import Error, connections

from safelight.people.sessions import digest
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.release.opened import Opened
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import Rendition
from safelight.web.use_words import read_use

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

PREFIX: Final = "/clinic/photographs/"
MIDDLE: Final = "/bytes/"
UUID_LENGTH: Final = 36

HEADERS: Final = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Content-Disposition", "inline"),
]

logger = logging.getLogger("safelight.bytes")


def with_byte_path(site: Application) -> Application:
    """`site`, with picture bytes answered before it is asked."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(PREFIX) and path[len(PREFIX) + UUID_LENGTH :].startswith(MIDDLE):
            return _answer(environ, path, start_response)
        return site(environ, start_response)

    return application


def _answer(environ: Environ, path: str, start_response: StartResponse) -> Iterable[bytes]:
    opened = _open(environ, path)
    if opened is None:
        start_response("404 Not Found", [*HEADERS, ("Content-Length", "0")])
        return [b""]
    length = ("Content-Length", str(len(opened.content)))
    start_response("200 OK", [*HEADERS, ("Content-Type", opened.media_type), length])
    return [opened.content]


def _open(environ: Environ, path: str) -> Opened | None:
    asked = _asked(environ, path)
    if asked is None:
        return None
    try:
        return open_photograph(asked)
    except AccessRefusedError:
        return None
    except SafelightError as error:
        logger.error("a picture could not be opened: %s", error.code)
    except Error as error:
        logger.error("a picture could not be decided about: %s", type(error).__name__)
        connections.close_all()
    return None


def _asked(environ: Environ, path: str) -> Asked | None:
    """What the address and the cookie say; None when they do not say a picture and a session."""
    if environ["REQUEST_METHOD"] != "GET":
        return None
    cookie = _cookie(environ.get("HTTP_COOKIE", ""))
    rest = path[len(PREFIX) :]
    query = parse_qs(environ.get("QUERY_STRING", ""))
    try:
        photograph = UUID(rest[:UUID_LENGTH])
        rendition = Rendition(rest[UUID_LENGTH + len(MIDDLE) :])
        use = read_use({name: values[0] for name, values in query.items()})
    except ValueError:
        return None
    if not cookie:
        return None
    return Asked(digest(cookie), photograph, rendition, _gallery(query), use)


def _gallery(query: dict[str, list[str]]) -> UUID | None:
    try:
        return UUID(query["gallery"][0])
    except (KeyError, ValueError):
        return None


def _cookie(header: str) -> str:
    """The session cookie; the last one wins, as in browsers' own sending order it is ours."""
    name = settings.SESSION_COOKIE_NAME
    value = ""
    for part in header.split(";"):
        key, _, candidate = part.strip().partition("=")
        if key == name:
            value = candidate
    return value
