"""What the head of a request may hold before anything of it is read.

Some of what reads a head takes the square of its length, and servers take hundreds of thousands of
letters: a handful of requests from anybody would hold all threads for minutes.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

LONGEST_TYPE: Final = 500
"""Letters of a media type with its parameters. Django counts its quotation marks again and again."""

_TOO_LARGE: Final = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
_COOKIES: Final = "HTTP_COOKIE"
_ESCAPE: Final = "\\"


def with_plain_heads(site: Application) -> Application:
    """`site`, which never sees a media type without an end, nor a cookie with an escape in it.

    No cookie of ours has one. Python before 3.11.10 and 3.12.6 unquotes them in the square of their
    length (CVE-2024-7592).
    """

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if len(environ.get("CONTENT_TYPE", "")) > LONGEST_TYPE:
            return _refused(start_response)
        if _ESCAPE in environ.get(_COOKIES, ""):
            environ[_COOKIES] = _without_escapes(environ[_COOKIES])
        return site(environ, start_response)

    return application


def _without_escapes(header: str) -> str:
    return ";".join(cookie for cookie in header.split(";") if _ESCAPE not in cookie)


def _refused(start_response: Callable[..., Any]) -> Iterable[bytes]:
    headers = [("Content-Length", "0"), ("Cache-Control", "no-store")]
    start_response(f"{_TOO_LARGE.value} {_TOO_LARGE.phrase}", headers)
    return [b""]
