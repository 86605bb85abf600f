"""Every address of the site by everybody: nobody gets a page that the table does not give them."""

from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.cast import Cast
from tests.consenting import proposal_of
from tests.sessions import browser_of, sit_down
from tests.taking import take_labelled

from safelight.consent.services.forms import new_draft
from safelight.project.wsgi import application

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
TABLE: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "matrix.yaml").read_text())
EVERYBODY = ("alice", "bob", "ada", "theo", "priya", "nobody")


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for item in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(item, URLResolver):
            inner = f"{item.namespace}:" if item.namespace else ""
            yield from addresses(item.url_patterns, space + inner)
        else:
            yield f"{space}{item.name}", item


def test_the_table_holds_every_address_and_no_other() -> None:
    assert {name for name, _ in addresses()} == set(TABLE)


def arguments(pattern: URLPattern, cast: Cast, photograph: UUID) -> dict[str, Any]:
    values = {
        "patient": cast.petra,
        "photograph": photograph,
        "proposal": proposal_of(cast.alice, cast.petra, [photograph]),
        "agreement": uuid4(),
        "letters": "ABCDEFGHJKMN",
        "question": uuid4(),
        "upload": uuid4(),
        "session": uuid4(),
        "rendition": "display",
        "pk": 1,
        "number": new_draft(cast.ada),
        "language": "en",
        "style": "standard",
        "form": "fhir",
    }
    return {name: values[name] for name in pattern.pattern.converters}


def outcome(client: Client, url: str) -> str:
    response = client.get(url)
    match response.status_code:
        case HTTPStatus.OK:
            return "page"
        case HTTPStatus.NOT_FOUND:
            return "missing"
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return "method"
        case HTTPStatus.FOUND:
            return "door" if response["Location"].startswith("/accounts/login/") else "lead"
    return str(response.status_code)


def bytes_outcome(cookie: str, url: str) -> str:
    answered: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": url,
        "HTTP_COOKIE": f"safelight={cookie}",
        "QUERY_STRING": "",
        "wsgi.input": BytesIO(),
    }
    body = b"".join(application(environ, lambda status, headers: answered.append(status)))
    return "bytes" if answered == ["200 OK"] and body else "none"


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_gets_what_the_table_says(cast: Cast, who: str) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    asker = getattr(cast, who, None)
    column = EVERYBODY.index(who)
    found, expected = {}, {}
    for name, pattern in addresses():
        url = reverse(name, kwargs=arguments(pattern, cast, photograph))
        expected[name] = TABLE[name][column]
        if name == "clinic:rendition":
            found[name] = bytes_outcome(sit_down(asker)[1] if asker else "nobody", url)
        else:
            found[name] = outcome(browser_of(asker) if asker else Client(), url)
    assert found == expected


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if "missing" in row])
def test_missing_and_forbidden_look_alike(cast: Cast, name: str) -> None:
    """What somebody is refused and what does not exist give the same bytes."""
    photograph = take_labelled(cast.alice, cast.petra)
    pattern = dict(addresses())[name]
    forbidden = reverse(name, kwargs=arguments(pattern, cast, photograph))
    missing = reverse(name, kwargs={key: _other(key) for key in pattern.pattern.converters})
    client = browser_of(getattr(cast, EVERYBODY[TABLE[name].index("missing")]))
    assert client.get(forbidden).content == client.get(missing).content


def _other(key: str) -> object:
    known = {
        "rendition": "display",
        "pk": 99,
        "number": 99,
        "language": "tlh",
        "style": "loud",
        "form": "xml",
    }
    return known.get(key) or uuid4()


@pytest.mark.parametrize(
    "name", [name for name, row in TABLE.items() if row[0] == "page" and name.startswith("clinic:")]
)
def test_pages_are_not_kept_and_say_no_name_in_their_title(cast: Cast, name: str) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    pattern = dict(addresses())[name]
    url = reverse(name, kwargs=arguments(pattern, cast, photograph))
    response = browser_of(cast.alice).get(url)
    assert response["Cache-Control"] == "no-store"
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    title = response.content.decode().partition("<title>")[2].partition("</title>")[0]
    assert title
    assert not any(word in title for word in ("Petra", "Okonjo", "204817"))
    assert not any(word in url for word in ("Petra", "Okonjo", "204817"))
