"""Asking the site as browsers do: through the whole application, with cookies in jars."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.cast import Cast
from tests.conformance.product import Answer, Fetch, Headers
from tests.sessions import sit_down

from safelight.people.asker import Asker
from safelight.project.wsgi import application

FORM = "application/x-www-form-urlencoded"
TOKEN = "t" * 32


@dataclass
class Browser:
    """One browser: its cookies, and nothing that it kept of what it was shown."""

    cookies: dict[str, str] = field(default_factory=dict)

    def at(self, url: str) -> Fetch:
        """Requests of this browser for one address."""
        return lambda method, headers: self.ask(url, method, headers)

    def ask(
        self,
        url: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        kind: str = "application/json",
    ) -> Answer:
        told: list[Any] = []
        sent = application(
            self._environ(url, method, headers or {}) | _carried(body, kind),
            lambda status, heads, _error=None: told.extend((status, dict(heads))),
        )
        content = b"".join(sent)
        if close := getattr(sent, "close", None):
            close()
        return Answer(int(told[0][:3]), told[1], content)

    def _environ(self, url: str, method: str, headers: Mapping[str, str]) -> dict[str, Any]:
        parts = urlsplit(url)
        asked = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        return {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            **asked,
        }

    def posting(self, url: str, form: Mapping[str, str] | None = None) -> Fetch:
        """The same for an address that takes a form: every GET sends it, with the page's own token.

        Other methods stay as they are.
        """
        body = urlencode(form or {}).encode() or b"-"

        def fetch(method: str, headers: Headers) -> Answer:
            if method not in {"GET", "POST"}:
                return self.ask(url, method, headers)
            token = {"X-CSRFToken": TOKEN}
            with_token = Browser({**self.cookies, "csrftoken": TOKEN})
            return with_token.ask(url, "POST", {**headers, **token}, body, FORM)

        return fetch


def _carried(body: bytes, kind: str) -> dict[str, Any]:
    if not body:
        return {}
    told = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
    return {**told, "wsgi.input": BytesIO(body)}


@dataclass(frozen=True)
class Site:
    """The hospital of the tests, and browsers of whoever is asked for."""

    cast: Cast

    def browser_of(self, asker: Asker) -> Browser:
        """Signed in."""
        return Browser({"safelight": sit_down(asker)[1]})

    def strangers_at(self, url: str, *askers: Asker) -> dict[str, Fetch]:
        """Others at the same address: with no cookie, with a guessed one, and signed in as these."""
        guessed = Browser({"safelight": "f" * 32, "safelight-visit": "A" * 43})
        people = {item.display_name: self.browser_of(item).at(url) for item in askers}
        return {"nobody": Browser().at(url), "a guess": guessed.at(url), **people}
