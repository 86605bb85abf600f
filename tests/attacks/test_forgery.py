"""Requests that another site, an old cookie or a passer-by at a locked phone could send."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.cast import Cast
from tests.sessions import browser_of, sit_down
from tests.taking import take

from safelight.people import presence
from safelight.people.models import StaffMember
from safelight.people.sessions import digest
from safelight.photos.models import Photograph
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.vocabulary.photograph import Rendition

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
# What a locked session may still reach: its own lock, the way out, and the front of the house.
OPEN = {
    "lock",
    "locked",
    "sign_out",
    "account_login",
    "account_inactive",
    "demo_sign_in",
    "demo:mails",  # of the demo alone, for everybody
    "clinic:asked_picture",  # an empty 404 for whatever reason; see tests/conformance
    "privacy:kept_bytes",  # the same
    "mfa_authenticate",
    "mfa_login_webauthn",
}
# The software of recipients asks here from any site: no cookie says anything, a passcode does.
SOFTWARE = "health_links:"
# Patients, recipients and screens have cookies of their own; no staff session opens or closes these.
NOT_OF_THE_STAFF = ("portal:", "verify:", "shared:", "display:", SOFTWARE)
ELSEWHERE = [
    "//evil.example/",
    "///evil.example/",
    "https://evil.example/",
    "/\\evil.example/",
    "\\/evil.example/",
    "/\t/evil.example/",
    " //evil.example/",
    "javascript:alert(1)",
    "http:evil.example",
]


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    values: dict[str, Any] = {
        "patient": cast.petra,
        "photograph": uuid4(),
        "upload": uuid4(),
        "hold": uuid4(),
        "opening": uuid4(),
        "session": uuid4(),
        "question": uuid4(),
        "proposal": uuid4(),
        "agreement": uuid4(),
        "asked": uuid4(),
        "publication": uuid4(),
        "collection": uuid4(),
        "share": uuid4(),
        "copy": uuid4(),
        "size": "large",
        "token": "A" * 43,
        "letters": "ABCDEFGHJKMN",
        "rendition": "display",
        "form": "fhir",
        "language": "en",
        "style": "standard",
        "number": 1,
        "pk": 1,
    }
    for name, pattern in patterns(get_resolver().url_patterns):
        kinds = pattern.pattern.converters
        yield name, reverse(name, kwargs={key: values.get(key) or uuid4() for key in kinds})


def patterns(
    items: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for item in items:
        if isinstance(item, URLResolver):
            inner = f"{item.namespace}:" if item.namespace else ""
            yield from patterns(item.url_patterns, space + inner)
        else:
            yield f"{space}{item.name}", item


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "text/plain", "application/json", "image/jpeg"],
)
def test_another_site_changes_nothing_at_any_address(
    cast: Cast, method: str, content_type: str
) -> None:
    _, cookie = sit_down(cast.alice)
    client = Client(enforce_csrf_checks=True)
    client.cookies["safelight"] = cookie
    answers = {
        name: client.generic(method, url, b"{}", content_type, headers={"origin": "https://evil.x"})
        for name, url in addresses(cast)
    }
    let = {name for name, answer in answers.items() if answer.status_code != 403}
    assert {name for name in let if not name.startswith(SOFTWARE)} == set()
    assert {answers[name].status_code for name in let} <= {400, 405}


def test_a_locked_session_reaches_no_page_by_any_method(cast: Cast) -> None:
    alice, cookie = sit_down(cast.alice)
    presence.lock(alice.session_key)
    client = Client()
    client.cookies["safelight"] = cookie
    reached = {
        name
        for name, url in addresses(cast)
        for method in ("GET", "HEAD", "POST", "PUT")
        if name not in OPEN
        and not name.startswith(NOT_OF_THE_STAFF)
        and not is_kept_out(client.generic(method, url))
    }
    assert reached == set()


def is_kept_out(answer: Any) -> bool:
    is_led_to_the_lock = answer.headers.get("Location", "").startswith("/accounts/locked/")
    return bool(is_led_to_the_lock or answer.status_code == 423)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_door_leads_to_another_site(cast: Cast, target: str) -> None:
    client = Client()
    entered = client.post("/accounts/demo/", {"username": "alice", "next": target})
    assert entered.headers["Location"] == "/clinic/"
    client.post("/accounts/lock/")
    unlocked = client.post(f"/accounts/locked/?{urlencode({'next': target})}")
    assert unlocked.headers["Location"] == "/clinic/"


def opens(cookie: str, photograph: UUID) -> bool:
    try:
        return bool(open_photograph(Asked(digest(cookie), photograph, Rendition.DISPLAY)))
    except AccessRefusedError:
        return False


def test_a_cookie_that_was_there_before_signing_in_is_worth_nothing_after(cast: Cast) -> None:
    """Fixation: the thief knows the cookie that the victim signs in with."""
    client = Client()
    client.cookies["safelight"] = planted = "a" * 32
    client.post("/accounts/demo/", {"username": "alice"})
    assert client.cookies["safelight"].value != planted
    thief = Client()
    thief.cookies["safelight"] = planted
    assert thief.get("/clinic/").status_code == 302


@pytest.mark.parametrize("ending", ["sign out", "closed account", "new password"])
def test_an_old_cookie_opens_neither_page_nor_picture(cast: Cast, ending: str) -> None:
    photograph = take(cast.alice, cast.petra)
    client = browser_of(cast.alice)
    cookie = client.cookies["safelight"].value
    assert opens(cookie, photograph)
    member = StaffMember.objects.get(id=cast.alice.staff)
    match ending:
        case "sign out":
            client.post("/accounts/sign-out/")
        case "closed account":
            StaffMember.objects.filter(id=member.id).update(is_active=False)
        case _:
            member.set_password("another lamp of amber glass")
            member.save()
    thief = Client()
    thief.cookies["safelight"] = cookie
    assert thief.get("/clinic/").status_code == 302
    assert not opens(cookie, photograph)


def test_a_picture_that_is_named_twice_is_moved_once(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    answer = browser_of(cast.alice).post(
        f"/clinic/patients/{cast.petra}/move/",
        {
            "step": "confirm",
            "photograph": [str(photograph), str(photograph).upper()],
            "target": str(cast.pablo),
            "reason": "wristband",
        },
    )
    assert answer.status_code == 302
    assert Photograph.objects.get(moved_from=photograph).patient_id == cast.pablo
