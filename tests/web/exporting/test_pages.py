"""The pages around a copy, and its addresses as the software of a recipient meets them."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from tests.at_once import at_once
from tests.cast import Cast
from tests.consenting import agreement_to, approved_form
from tests.exporting import COPY, SITE, SYSTEM, Receiver, Reply, agreed_to_a_copy, made, pictures_in
from tests.sessions import browser_of
from tests.sharing import RHEA, agreed
from tests.taking import take_labelled
from tests.web.portal.browsing import enter

from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.exporting.models import CopyLink
from safelight.exporting.services.making import MadeLink, revoke
from safelight.people.models import AttemptLimit
from safelight.web.health_links import serving

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
HOST = "safelight.example"
ELSEWHERE = "https://viewer.example"


@pytest.fixture(autouse=True)
def reached_by_https(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [HOST, "testserver"]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed_to_a_copy(cast.alice, cast.petra, [picture])


@pytest.fixture
def link(cast: Cast, picture: UUID, visit: Visit) -> MadeLink:
    return made(cast.alice, visit, [picture])


def wire(method: str, address: str, body: bytes) -> Reply:
    """A browser elsewhere asks the site by https; it must be let read, and is given no cookie."""
    assert address.startswith(SITE)
    browser = Client(headers={"host": HOST, "origin": ELSEWHERE}, enforce_csrf_checks=True)
    path = address.removeprefix(SITE)
    if method == "POST":
        answer = browser.post(path, body, content_type="application/json", secure=True)
    else:
        answer = browser.get(path, secure=True)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    return Reply(answer.status_code, answer.content, answer.get("Content-Type", ""))


def receiver_of(link: MadeLink) -> Receiver:
    return Receiver(link.link, wire)


def on_their_page(cast: Cast, picture: UUID, **changes: str) -> tuple[Client, str]:
    """Alice makes a link on the page, and is shown it once; the browser, and what the page says."""
    alice = browser_of(cast.alice)
    form = {"photograph": str(picture), "days": "7", **changes}
    new = reverse("exporting:new", args=[cast.petra])
    answer = alice.post(new, form, secure=True, headers={"host": HOST})
    assert answer.status_code == 302, answer.content.decode()
    return alice, alice.get(answer["Location"]).content.decode()


def test_without_an_agreement_to_a_copy_the_page_leads_to_asking_for_exactly_this(
    cast: Cast, picture: UUID
) -> None:
    approved_form()
    agreed(cast.alice, cast.petra, [picture])
    alice = browser_of(cast.alice)
    page = alice.get(reverse("exporting:new", args=[cast.petra]), {"photograph": str(picture)})
    asked = re.search(r'href="(/clinic/patients/[^"]+/ask/\?[^"]+)"', page.content.decode())
    assert asked
    ask = alice.get(asked[1].replace("&amp;", "&")).content.decode()
    assert re.search(r'value="record-copy.one-recipient" checked', ask)
    assert not CopyLink.objects.exists()


def test_the_page_says_before_anything_is_made_that_a_copy_cannot_be_called_back(
    cast: Cast, visit: Visit
) -> None:
    page = browser_of(cast.alice).get(reverse("exporting:new", args=[cast.petra]))
    assert RHEA in page.content.decode()
    assert "nobody can call a copy back" in page.content.decode()


def test_link_and_passcode_are_shown_once_and_open_the_pictures(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    alice, page = on_their_page(cast, picture)
    link, code = (
        re.search(r"data-health-link>([^<]+)<", page),
        re.search(r"data-passcode>(.*?)</p>", page, re.DOTALL),
    )
    assert link
    assert code
    assert "<svg" in page
    passcode = "".join(re.findall(r"\d+", code[1]))
    bundle = Receiver(link[1], wire).fetch(passcode)
    assert len(pictures_in(bundle)) == 1
    again = alice.get(reverse("exporting:shown_once", args=[CopyLink.objects.get().id]))
    assert link[1] not in again.content.decode()
    assert "shown once" in again.content.decode()


def test_a_site_without_https_makes_no_link_and_says_why(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    alice = browser_of(cast.alice)
    new = reverse("exporting:new", args=[cast.petra])
    answer = alice.post(new, {"photograph": str(picture), "days": "7"})
    assert answer.status_code == 422
    assert "https" in answer.content.decode()
    assert not CopyLink.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"days": "0"}, {"days": "x"}, {"days": "31"}, {"photograph": ""}]
)
def test_what_is_out_of_bounds_is_said_on_the_page(
    cast: Cast, picture: UUID, visit: Visit, changes: dict[str, str]
) -> None:
    form = {"photograph": str(picture), "days": "7", **changes}
    new = reverse("exporting:new", args=[cast.petra])
    answer = browser_of(cast.alice).post(new, form, secure=True, headers={"host": HOST})
    assert answer.status_code == 422
    assert not CopyLink.objects.exists()


def test_who_fetched_it_is_on_the_page_and_after_revoking_that_they_are_to_delete_it(
    cast: Cast, link: MadeLink
) -> None:
    receiver_of(link).fetch(link.passcode)
    alice, there = browser_of(cast.alice), reverse("exporting:link", args=[link.id])
    page = alice.get(there).content.decode()
    assert SYSTEM in page
    assert "Fetched a copy" in page
    revoked = alice.post(reverse("exporting:revoke", args=[link.id]), follow=True)
    assert "Ask them to delete it" in revoked.content.decode()
    listed = alice.get(reverse("exporting:of_patient", args=[cast.petra])).content.decode()
    assert "Ask them to delete it" in listed
    assert receiver_of(link).ask(link.passcode).status == 404
    assert "1 copy is to be deleted elsewhere" in alice.get("/clinic/").content.decode()
    assert RHEA in alice.get(reverse("exporting:mine")).content.decode()
    asked = alice.post(reverse("exporting:asked_to_delete", args=[link.id]), follow=True)
    assert "They were asked to delete it on" in asked.content.decode()
    assert RHEA not in alice.get(reverse("exporting:mine")).content.decode()


def test_a_file_at_a_location_is_read_by_a_viewer_of_another_site(link: MadeLink) -> None:
    receiver = receiver_of(link)
    [file] = json.loads(receiver.ask(link.passcode, embeddedLengthMax=0).body)["files"]
    assert file["location"].startswith(f"{SITE}/health-links/files/")
    assert pictures_in(receiver.open(receiver.collect(file["location"])))


@pytest.mark.parametrize("name", ["manifest", "file"])
def test_a_browser_may_ask_beforehand_whether_it_may(name: str) -> None:
    where = reverse(f"health_links:{name}", args=["A" * 43])
    answer = Client().options(where, headers={"origin": ELSEWHERE})
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer["Access-Control-Allow-Methods"] or name == "file"
    assert answer["Access-Control-Allow-Headers"] == "Content-Type"
    assert "Access-Control-Allow-Credentials" not in answer


def test_to_a_person_an_address_says_what_it_is_and_not_whether_it_leads_anywhere(
    link: MadeLink,
) -> None:
    there = receiver_of(link).address.removeprefix(SITE)
    pages = [Client().get(path) for path in (there, reverse("health_links:manifest", args=["A"]))]
    assert [page.status_code for page in pages] == [200, 200]
    assert "for record systems" in pages[0].content.decode()
    assert pages[0].content == pages[1].content
    assert not pages[0].cookies


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"\xff", b'{"recipient": 3}', b'{"recipient": "R"' + b" " * 9000 + b"}"],
)
def test_a_request_that_is_none_is_refused_and_counts_as_no_try(
    link: MadeLink, body: bytes
) -> None:
    receiver = receiver_of(link)
    assert wire("POST", receiver.address, body).status == 400
    assert CopyLink.objects.get().failed_attempts == 0


def test_a_body_beyond_all_bounds_is_refused(link: MadeLink) -> None:
    assert wire("POST", receiver_of(link).address, b"[" * 1_100_000).status == 400


@pytest.mark.parametrize("token", ["A", "A" * 43, "A" * 44, "é" * 43, "A" * 42 + "\u0660"])
def test_what_was_never_a_link_or_a_location_is_not_there(cast: Cast, token: str) -> None:
    asked = json.dumps({"recipient": SYSTEM, "passcode": "12345678"}).encode()
    for where, method in (
        (f"health-links/{token}", "POST"),
        (f"health-links/files/{token}", "GET"),
    ):
        reply = wire(method, f"{SITE}/{where}", asked)
        assert (reply.status, reply.body) == (404, b"")


def test_wrong_revoked_locked_and_unknown_look_alike(
    cast: Cast, picture: UUID, visit: Visit, link: MadeLink
) -> None:
    revoked, locked = (made(cast.alice, visit, [picture]) for _ in range(2))
    revoke(cast.alice, revoked.id)
    for _ in range(5):
        receiver_of(locked).ask("00000000")
    replies = [receiver_of(item).ask(item.passcode) for item in (revoked, locked)]
    withdraw(visit, agreement_to(visit, COPY).id)
    replies.append(receiver_of(link).ask(link.passcode))
    assert replies == [Reply(404, b"")] * 3


def test_a_wrong_passcode_is_told_how_many_are_left(link: MadeLink) -> None:
    reply = receiver_of(link).ask("00000000")
    assert (reply.status, json.loads(reply.body)) == (401, {"remainingAttempts": 4})


def test_guesses_over_the_wire_at_once_are_five_in_all(
    link: MadeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LONGEST_WAIT", 60.0)  # on a busy machine nobody is sent away
    receiver = receiver_of(link)
    answers = at_once(*[lambda: receiver.ask("00000000") for _ in range(20)])
    statuses = [answer.status for answer in answers]
    assert (statuses.count(401), statuses.count(404)) == (5, 15)


def test_one_address_asks_so_often_and_no_oftener(link: MadeLink) -> None:
    receiver = receiver_of(link)
    statuses = [receiver.ask(None).status for _ in range(61)]
    assert statuses == [401] * 60 + [429]
    AttemptLimit.objects.all().delete()
    assert receiver.ask(link.passcode).status == 200


def test_while_too_many_copies_are_made_the_next_is_asked_to_come_later(
    link: MadeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LONGEST_WAIT", 0.05)
    receiver = receiver_of(link)
    with serving.slots, serving.slots:
        asked = receiver.ask(link.passcode)
        collected = Client().get(f"/health-links/files/{'A' * 43}")
    assert (asked.status, asked.body, collected.status_code) == (503, b"", 503)
    assert collected["Retry-After"] == "10"
    assert collected["Access-Control-Allow-Origin"] == "*"
    assert receiver.ask(link.passcode).status == 200


def test_the_patient_reads_of_the_copy_in_their_pages(
    cast: Cast, visit: Visit, link: MadeLink
) -> None:
    receiver_of(link).fetch(link.passcode)
    client, _visit = enter(cast.alice, visit.proposal)
    page = client.get(reverse("portal:given")).content.decode()
    assert RHEA in page
    assert "A copy went out that nobody can call back." in page
