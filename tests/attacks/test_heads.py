"""Heads of requests that would take a process minutes to read, from somebody without a session."""

import io
import time
from typing import Any

import pytest
from tests.cast import Cast

from safelight.project.wsgi import application
from safelight.web.heads import LONGEST_TYPE, with_plain_heads

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
LONG = 60_000
QUICK = 2.0
"""Seconds. What is read in the square of its length takes five and more of this length."""

ESCAPES = 'safelight-screen="' + "\\" * LONG + '"'
PARAMETERS = 'text/html;a="' + "b;" * LONG


def answered(path: str, method: str = "GET", **head: str) -> str:
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        **head,
    }
    b"".join(application(environ, lambda status, headers, *_: told.append(status)))
    return str(told[0][:3])


@pytest.mark.parametrize("path", ["/screen/lease/", "/s/ABC/", "/accounts/login/"])
def test_cookies_full_of_escapes_are_not_unquoted(cast: Cast, path: str) -> None:
    began = time.monotonic()
    assert answered(path, HTTP_COOKIE=ESCAPES) == "200"
    assert time.monotonic() - began < QUICK


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/s/ABC/", "/static/none.css", f"/health-links/{'a' * 43}"])
def test_a_media_type_without_an_end_is_refused(cast: Cast, path: str, method: str) -> None:
    began = time.monotonic()
    assert answered(path, method, CONTENT_TYPE=PARAMETERS) == "431"
    assert time.monotonic() - began < QUICK


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("safelight=abc; csrftoken=d-_e", "safelight=abc; csrftoken=d-_e"),
        ('other="a\\"b"; safelight=abc', " safelight=abc"),
        ("\\", ""),
    ],
)
def test_cookies_of_ours_stay_as_they_are(sent: str, seen: str) -> None:
    given: list[str] = []

    def site(environ: dict[str, Any], _start: Any) -> list[bytes]:
        given.append(environ["HTTP_COOKIE"])
        return []

    with_plain_heads(site)({"HTTP_COOKIE": sent}, print)
    assert given == [seen]


def test_a_form_with_a_boundary_has_room_to_spare() -> None:
    assert len(f"multipart/form-data; boundary={'-' * 70}") < LONGEST_TYPE
