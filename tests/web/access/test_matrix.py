"""Every address of the site by everybody: nobody gets a page that the table does not give them."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.asking import ask_bob
from tests.cast import Cast
from tests.consenting import TEACHING, proposal_of, signed
from tests.exporting import agreed_to_a_copy, made
from tests.keeping import in_custody, opened_for
from tests.lecturing import deck_with, lecture_on, slides_of
from tests.recalling import takes_back
from tests.sessions import browser_of, sit_down
from tests.sharing import agreed, shared
from tests.taking import take_labelled

from safelight.consent.services.forms import new_draft
from safelight.project.wsgi import application
from safelight.recall.services.cascade import carry_out
from safelight.vocabulary.recall import WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
TABLE: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "matrix.yaml").read_text())
LECTURED = frozenset({"deck", "slide", "lecture"})
SIMPLE: dict[str, object] = {
    "token": "A" * 43,
    "letters": "ABCDEFGHJKMN",
    "size": "large",
    "rendition": "display",
    "pk": 1,
    "language": "en",
    "style": "standard",
    "form": "fhir",
}
UNKNOWN = frozenset(
    {
        "picture",
        "screen",
        "agreement",
        "publication",
        "collection",
        "question",
        "upload",
        "session",
        "hold",
        "line",
    }
)
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
    """What stands in an address, made anew for each; what it does not name is not made."""
    wanted = pattern.pattern.converters
    together = lectured(cast) if not wanted.keys().isdisjoint(LECTURED) else {}
    together |= opened(cast) if "opening" in wanted else {}
    return {
        name: together[name] if name in together else value(name, cast, photograph)
        for name in wanted
    }


def lectured(cast: Cast) -> dict[str, Any]:
    deck = deck_with(cast.theo)
    return {"deck": deck, "slide": slides_of(deck)[0], "lecture": lecture_on(cast.theo, deck)}


def opened(cast: Cast) -> dict[str, Any]:
    """Priya asked to open it, and Ada confirmed."""
    kept = in_custody(cast)
    return {"photograph": kept, "opening": opened_for(cast, kept)}


def value(name: str, cast: Cast, photograph: UUID) -> object:
    ways: dict[str, Callable[[], object]] = {
        "patient": lambda: cast.petra,
        "photograph": lambda: photograph,
        "proposal": lambda: proposal_of(cast.alice, cast.petra, [photograph]),
        "asked": lambda: ask_bob(cast, [photograph]),
        "number": lambda: new_draft(cast.ada),
        "share": lambda: share_of(cast, photograph),
        "withdrawal": lambda: taken_back(cast, photograph),
        "copy": lambda: copy_of(cast, photograph),
    }
    if name in ways:
        return ways[name]()
    return uuid4() if name in UNKNOWN else SIMPLE[name]


def share_of(cast: Cast, photograph: UUID) -> UUID:
    visit = agreed(cast.alice, cast.petra, [photograph])
    return shared(cast.alice, visit, [photograph]).share


def copy_of(cast: Cast, photograph: UUID) -> UUID:
    visit = agreed_to_a_copy(cast.alice, cast.petra, [photograph])
    return made(cast.alice, visit, [photograph]).id


def taken_back(cast: Cast, photograph: UUID) -> UUID:
    visit = signed(cast.alice, cast.petra, [photograph], TEACHING)
    row = takes_back(visit, WithdrawalScope.ALL_USES)
    carry_out(row.id)
    return row.id


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
        "size": "large",
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
    if response["Content-Type"] == "application/pdf":
        return  # a file that was asked for; its title is looked at where it is made
    title = response.content.decode().partition("<title>")[2].partition("</title>")[0]
    assert title or response["Content-Type"] == "application/json"
    assert not any(word in title for word in ("Petra", "Okonjo", "204817"))
    assert not any(word in url for word in ("Petra", "Okonjo", "204817"))
