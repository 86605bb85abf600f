"""A device in a patient's hands: nothing of the staff is reachable from it, and how it comes back."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.cast import PASSWORD, Cast
from tests.consenting import proposal_of
from tests.sessions import browser_of, grow_old
from tests.taking import take_labelled

from safelight.audit.models import Event
from safelight.consent.models import PatientAccess, PatientSession, Proposal
from safelight.people.models import Presence, StaffMember
from safelight.project.wsgi import application
from safelight.vocabulary.events import EventTag
from safelight.web.portal.door import cookie_name

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]

METHODS = ("get", "post", "put", "head", "delete")
# What anybody may reach: what patients, recipients, screens and record systems have cookies or
# passcodes of their own for, the check of a code, and the staff's doors.
OPEN = ("portal:", "verify:", "shared:", "display:", "health_links:")
LANDINGS = ("/accounts/locked/", "/accounts/login/", "/portal/")
DOORS = {
    "account_login",
    "mfa_login_webauthn",
    "account_inactive",
    "demo_sign_in",
    "demo:mails",
    "locked",
    "lock",
    "sign_out",
}


@pytest.fixture
def photograph(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def proposal(cast: Cast, photograph: UUID) -> UUID:
    return proposal_of(cast.alice, cast.petra, [photograph])


def hands_over(browser: Client, proposal: UUID) -> Any:
    return browser.post(reverse("clinic:hand_over", args=[proposal]))


@pytest.fixture
def tablet(cast: Cast, proposal: UUID) -> Client:
    """Alice's browser after she has handed it to Petra."""
    browser = browser_of(cast.alice)
    hands_over(browser, proposal)
    return browser


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for item in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(item, URLResolver):
            inner = f"{item.namespace}:" if item.namespace else ""
            yield from addresses(item.url_patterns, space + inner)
        else:
            yield f"{space}{item.name}", item


def staff_addresses(cast: Cast, photograph: UUID, proposal: UUID) -> Iterator[tuple[str, str]]:
    """Every address of the site but the patient's own and the doors, made out to real things."""
    values: dict[str, Any] = {
        "patient": cast.petra,
        "photograph": photograph,
        "proposal": proposal,
        "rendition": "display",
        "pk": 1,
        "number": 1,
        "language": "en",
    }
    for name, pattern in addresses():
        if not name.startswith(OPEN) and name not in DOORS:
            kinds = pattern.pattern.converters
            yield name, reverse(name, kwargs={key: values.get(key, uuid4()) for key in kinds})


def test_handing_over_locks_the_session_and_begins_a_visit(cast: Cast, proposal: UUID) -> None:
    browser = browser_of(cast.alice)
    response = hands_over(browser, proposal)
    assert response["Location"] == reverse("portal:start")
    assert Presence.objects.get().locked_at is not None
    assert PatientSession.objects.get().access.proposal_id == proposal
    cookie = response.cookies[cookie_name()]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    tags = [EventTag.ACCOUNT_SESSION_LOCKED, EventTag.PORTAL_SESSION_HANDED_OVER]
    assert Event.objects.filter(tag__in=tags).count() == len(tags)


@pytest.mark.parametrize("method", METHODS)
def test_from_a_handed_over_device_no_staff_address_answers(
    cast: Cast, photograph: UUID, proposal: UUID, tablet: Client, method: str
) -> None:
    """Only a way to the unlock page, *locked* for scripts, or the page for *missing*."""
    reached = {}
    for name, url in staff_addresses(cast, photograph, proposal):
        response = getattr(tablet, method)(url, follow=True)
        end = response.redirect_chain[-1][0] if response.redirect_chain else ""
        is_led_away = end.startswith(LANDINGS)
        if not (is_led_away or response.status_code in {403, 404, 405, 423}):
            reached[name] = (end, response.status_code)
    assert reached == {}


def test_no_refusal_says_anything_of_the_patient(
    cast: Cast, photograph: UUID, proposal: UUID, tablet: Client
) -> None:
    for _name, url in staff_addresses(cast, photograph, proposal):
        for headers in ({}, {"Accept": "application/json"}):
            said = tablet.get(url, headers=headers).content.decode()
            assert not re.search("Petra|Okonjo|204817|Pablo|Serrano", said), url


def test_no_byte_of_a_picture_comes_by_a_staff_way(
    cast: Cast, photograph: UUID, proposal: UUID, tablet: Client
) -> None:
    cookies = "; ".join(f"{name}={item.value}" for name, item in tablet.cookies.items())
    asked = 0
    for _name, url in staff_addresses(cast, photograph, proposal):
        for rendition in ("original", "display", "thumbnail"):
            if url.endswith("/bytes/display"):
                asked += 1
                sent = answer_of(url.replace("display", rendition), cookies)
                assert sent == ("404 Not Found", b"")
    assert asked


def answer_of(url: str, cookies: str) -> tuple[str, bytes]:
    """Of the raw handler, which stands before Django."""
    answered: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": url,
        "HTTP_COOKIE": cookies,
        "QUERY_STRING": "",
        "wsgi.input": BytesIO(),
    }
    body = b"".join(application(environ, lambda status, headers: answered.append(status)))
    return answered[0], body


def test_the_lock_tells_a_script_that_it_is_locked_and_nothing_else(tablet: Client) -> None:
    said = tablet.get(reverse("lock"), headers={"Accept": "application/json"})
    assert json.loads(said.content) == {"locked": True}


def test_the_unlock_page_says_whose_turn_it_is(proposal: UUID, tablet: Client) -> None:
    response = tablet.get(reverse("clinic:proposal", args=[proposal]), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("locked"))
    assert "handed over to a patient" in response.content.decode()


def a_real_member(cast: Cast) -> None:
    """Not of the demo, who need no password."""
    StaffMember.objects.filter(id=cast.alice.staff).update(is_test_data=False)


def test_a_wrong_password_does_not_give_the_device_back(cast: Cast, tablet: Client) -> None:
    a_real_member(cast)
    tablet.post(reverse("locked"), {"password": "not this one"})
    assert Presence.objects.get().locked_at is not None
    assert PatientSession.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}], ids=["page", "script"])
def test_with_their_factor_the_staff_are_back_and_the_patient_is_out(
    cast: Cast, proposal: UUID, tablet: Client, headers: dict[str, str]
) -> None:
    a_real_member(cast)
    response = tablet.post(reverse("locked"), {"password": PASSWORD}, headers=headers)
    if not headers:
        assert response["Location"] == reverse("clinic:proposal", args=[proposal])
    assert response.cookies[cookie_name()]["max-age"] == 0
    assert not PatientSession.objects.exists()
    assert PatientAccess.objects.get().ended_at is not None
    assert tablet.get(reverse("clinic:proposal", args=[proposal])).status_code == 200


def test_a_visit_cookie_that_was_kept_opens_nothing_after_the_unlock(
    cast: Cast, tablet: Client
) -> None:
    kept = tablet.cookies[cookie_name()].value
    tablet.post(reverse("locked"))
    thief = Client()
    thief.cookies[cookie_name()] = kept
    assert thief.get(reverse("portal:read")).status_code == 302


def test_signing_out_ends_the_visit_as_well(tablet: Client) -> None:
    tablet.post(reverse("locked"))
    other = Client()
    other.cookies = tablet.cookies
    other.post(reverse("sign_out"))
    assert not PatientSession.objects.exists()
    assert not Presence.objects.exists()


def test_whoever_signs_in_on_a_handed_over_device_ends_the_visit(
    cast: Cast, tablet: Client
) -> None:
    """The session that handed it over is gone, and its cookie with it."""
    Presence.objects.all().delete()
    tablet.post(reverse("demo_sign_in"), {"username": "bob"})
    assert Presence.objects.get().staff_id == cast.bob.staff
    assert not PatientSession.objects.exists()


def test_an_idle_lock_ends_no_visit_and_gives_no_device_away(
    cast: Cast, proposal: UUID, tablet: Client
) -> None:
    grow_old(tablet.cookies["safelight"].value, minutes=600)
    assert tablet.get(reverse("portal:read")).status_code == 200
    assert tablet.get(reverse("clinic:today")).status_code == 302


def test_a_closed_request_is_not_handed_over(cast: Cast, proposal: UUID) -> None:
    Proposal.objects.update(state="closed")
    browser = browser_of(cast.alice)
    response = hands_over(browser, proposal)
    assert response["Location"] == reverse("clinic:proposal", args=[proposal])
    assert cookie_name() not in response.cookies
    assert not PatientSession.objects.exists()


def test_link_and_code_are_shown_once_and_really_open(cast: Cast, proposal: UUID) -> None:
    alice = browser_of(cast.alice)
    made = alice.post(reverse("clinic:send_link", args=[proposal]))
    shown = alice.get(made["Location"]).content.decode()
    letters, code = _spans(shown, "letters"), _spans(shown, "code")
    petra = Client()
    sent = {"day": "9", "month": "3", "year": "1971", "code": code}
    assert petra.post(reverse("portal:door", args=[letters]), sent)["Location"] == "/portal/"
    assert "shown once" in alice.get(made["Location"]).content.decode()
    assert letters not in alice.get(made["Location"]).content.decode()


def _spans(shown: str, name: str) -> str:
    part = shown.partition(f"data-invitation-{name}>")[2].partition("</p>")[0]
    return "".join(re.findall(r"<span>(\w+)</span>", part))


def test_the_link_of_one_request_is_not_shown_on_the_page_of_another(
    cast: Cast, photograph: UUID, proposal: UUID
) -> None:
    other = proposal_of(cast.alice, cast.petra, [photograph])
    alice = browser_of(cast.alice)
    alice.post(reverse("clinic:send_link", args=[proposal]))
    shown = alice.get(reverse("clinic:invitation", args=[other])).content.decode()
    assert "data-invitation-code" not in shown


def test_a_link_locked_by_guesses_is_told_and_replaced(cast: Cast, proposal: UUID) -> None:
    alice = browser_of(cast.alice)
    made = alice.post(reverse("clinic:send_link", args=[proposal]))
    letters = _spans(alice.get(made["Location"]).content.decode(), "letters")
    for _ in range(5):
        sent = {"day": "1", "month": "1", "year": "1970", "code": "000000"}
        Client().post(reverse("portal:door", args=[letters]), sent)
    url = reverse("clinic:proposal", args=[proposal])
    assert "locked after five wrong attempts" in alice.get(url).content.decode()
    alice.post(reverse("clinic:send_link", args=[proposal]))
    assert "locked after five wrong attempts" not in alice.get(url).content.decode()
