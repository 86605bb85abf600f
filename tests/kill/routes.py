"""Every byte route of the conformance suite, opened in one process and asked in others.

What a browser sends is noted, cookies included, so that whoever asks later shares nothing with the
process that opened the way: the process is new, the browser is as it was.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.cast import Cast
from tests.conformance.judging import PLAIN, UNDER_LOCK, shows
from tests.conformance.product import Answer
from tests.conformance.safelight import WAYS, Safelight
from tests.conformance.site import Browser

from safelight.publishing.models import PublicationPicture

ROUTES = [name for name in WAYS if name.partition(" ")[0] not in UNDER_LOCK]


@dataclass(frozen=True)
class Request:
    """One request as a browser sent it."""

    cookies: Mapping[str, str]
    url: str
    method: str
    headers: Mapping[str, str]
    body: str
    kind: str

    def again(self) -> Answer:
        body = self.body.encode()
        return Browser(dict(self.cookies)).ask(self.url, self.method, self.headers, body, self.kind)


def open_routes(cast: Cast, path: Path) -> None:
    """Open every way on the same patient, and write down how each is asked for."""
    found = {name: asdict(_opened(cast, name)) for name in ROUTES}
    PublicationPicture.objects.update(released_at=None)  # it leaves once; it is to leave again
    path.write_text(json.dumps(found))


def _opened(cast: Cast, name: str) -> Request:
    way = Safelight(cast).open(name)
    with _noted() as asked:
        assert shows(way.fetch("GET", PLAIN)), f"{name} shows nothing to begin with"
    (request,) = asked
    return request


@contextmanager
def _noted() -> Iterator[list[Request]]:
    """What browsers send meanwhile."""
    asked: list[Request] = []
    real = Browser.ask

    def noting(
        browser: Browser,
        url: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        kind: str = "application/json",
    ) -> Answer:
        sent = dict(headers or {})
        asked.append(Request(dict(browser.cookies), url, method, sent, body.decode(), kind))
        return real(browser, url, method, headers, body, kind)

    with patch.object(Browser, "ask", noting):
        yield asked


def routes_that_show(path: Path) -> list[str]:
    """By which of them a picture, or anything that could be one, comes now."""
    known: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return [name for name, told in known.items() if shows(Request(**told).again())]
