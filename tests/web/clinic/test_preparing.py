"""The pages that prepare a picture: what they show, what they send on, what they refuse."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.preparing import FACE, ToldScanner, face, prepare, scanner_that_finds
from tests.sessions import browser_of
from tests.taking import take_labelled

from safelight.audit.models import Event
from safelight.engines.recognition import Detection
from safelight.institution.services import decide_policy
from safelight.people.services import assign
from safelight.photos.models import Photograph
from safelight.redaction.models import Redaction
from safelight.redaction.ports import Look
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.identifiability import Identifying, Overlooked, Region

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
NONE = {word.value: {"answer": "none", "reason": ""} for word in Overlooked}
BOX = {"left": FACE.left, "top": FACE.top, "width": FACE.width, "height": FACE.height}
COVERED = {
    "masks": [{"region": BOX, "fill": "solid", "shape": "box"}],
    "crop": None,
    "kept": [],
    "answers": NONE,
}
KEPT = COVERED | {"masks": [], "kept": [{"finding": "1", "reason": "It is what is taught"}]}
WHY = "It is what is taught"


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def scanner() -> Iterator[ToldScanner]:
    with scanner_that_finds([face()]) as told:
        yield told


@pytest.fixture
def alice(cast: Cast, scanner: ToldScanner) -> Client:
    return browser_of(cast.alice)


def address(name: str, picture: UUID) -> str:
    return reverse(f"clinic:{name}", args=[picture])


def shown(client: Client, name: str, picture: UUID) -> str:
    response = client.get(address(name, picture))
    assert response.status_code == 200
    return str(response.content.decode())


def facts(page: str) -> dict[str, Any]:
    """What prepare.js begins with."""
    found = re.search(r'<script id="prepare-facts"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def send(client: Client, name: str, picture: UUID, body: Any = None) -> tuple[int, dict[str, Any]]:
    response = client.post(address(name, picture), json.dumps(body or {}), "application/json")
    return response.status_code, response.json()


def saved(client: Client, picture: UUID, draft: dict[str, Any] = COVERED) -> None:
    status, body = send(client, "prepare_save", picture, draft)
    assert (status, body) == (200, {"location": address("prepare_check", picture)})


def approve(client: Client, picture: UUID, **reasons: str) -> Any:
    version = Redaction.objects.get(state="draft").version
    return client.post(address("prepare_check", picture), {"version": version, **reasons})


# Covering


@pytest.mark.parametrize(
    ("name", "button", "leads_to"),
    [
        ("prepare", "Cancel", "photograph"),
        ("prepare_check", "Change it", "prepare"),
        ("prepare_second", "Back to the picture", "photograph"),
    ],
)
def test_every_page_leads_back(
    cast: Cast, alice: Client, picture: UUID, name: str, button: str, leads_to: str
) -> None:
    prepare(cast.alice, picture)
    saved(alice, picture)
    link = f'<a class="button" href="{address(leads_to, picture)}">{button}</a>'
    assert link in shown(alice, name, picture)


def test_the_page_of_a_picture_leads_here(alice: Client, picture: UUID) -> None:
    assert address("prepare", picture) in shown(alice, "photograph", picture)


def test_the_page_begins_without_findings_and_asks_every_question(
    alice: Client, picture: UUID, scanner: ToldScanner
) -> None:
    page = shown(alice, "prepare", picture)
    told = facts(page)
    assert (told["width"], told["height"]) == (96, 64)
    assert (told["findings"], told["draft"]) == (None, None)
    assert all(f'data-mask-question="{word.value}"' in page for word in Overlooked)
    assert scanner.looks == []


def test_a_look_is_answered_with_what_was_found_and_is_remembered(
    alice: Client, picture: UUID
) -> None:
    status, body = send(alice, "prepare_look", picture)
    assert status == 200
    assert [item["region"] for item in body["findings"]] == [[10, 8, 30, 30]]
    told = facts(shown(alice, "prepare", picture))
    assert (told["findings"], told["is_done"]) == (body["findings"], False)


def test_writing_is_looked_for_when_the_page_asks_again(
    alice: Client, picture: UUID, scanner: ToldScanner
) -> None:
    scanner.written = (Detection(Identifying.TEXT, Region(60, 40, 20, 6), 0.8, "writing"),)
    assert send(alice, "prepare_look", picture)[1]["is_done"] is False
    status, refused = send(alice, "prepare_save", picture, COVERED)
    assert (status, refused["code"]) == (422, "still-looking")
    status, body = send(alice, "prepare_look", picture)
    assert (status, body["is_done"]) == (200, True)
    assert [item["kind"] for item in body["findings"]] == ["face", "text"]
    told = facts(shown(alice, "prepare", picture))
    assert (told["findings"], told["is_done"]) == (body["findings"], True)
    assert send(alice, "prepare_look", picture)[1] == body
    assert scanner.looks == [Look.FIRST, Look.CLOSER]


def test_a_failed_look_is_a_sentence_that_may_pass(
    alice: Client, picture: UUID, scanner: ToldScanner
) -> None:
    scanner.fails = True
    status, body = send(alice, "prepare_look", picture)
    assert (status, body["code"]) == (503, "scan-failed")
    assert facts(shown(alice, "prepare", picture))["findings"] is None


def test_what_was_saved_is_there_again(alice: Client, picture: UUID) -> None:
    saved(alice, picture, KEPT)
    assert facts(shown(alice, "prepare", picture))["draft"] == KEPT


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({}, "malformed-draft"),
        ([], "malformed-draft"),
        (COVERED | {"more": 1}, "malformed-draft"),
        (COVERED | {"masks": "everything"}, "malformed-draft"),
        (COVERED | {"masks": [{"region": BOX, "fill": "blur", "shape": "box"}]}, "malformed-draft"),
        (COVERED | {"kept": [{"finding": "9", "reason": WHY}]}, "malformed-draft"),
        (COVERED | {"crop": BOX | {"width": 0}}, "malformed-draft"),
        (COVERED | {"masks": []}, "undecided"),
        (COVERED | {"answers": {}}, "undecided"),
    ],
)
def test_what_is_no_draft_is_refused_in_a_sentence(
    alice: Client, picture: UUID, draft: Any, code: str
) -> None:
    status, body = send(alice, "prepare_save", picture, draft)
    assert status == 422
    assert body["sentence"].endswith(".")
    assert body["code"] == code
    assert not Event.objects.filter(tag=EventTag.PHOTOGRAPH_REDACTION_PREPARED.value).exists()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(alice: Client, picture: UUID, body: bytes) -> None:
    response = alice.post(address("prepare_save", picture), body, "application/json")
    assert (response.status_code, response.json()["code"]) == (422, "malformed-draft")


def test_a_protected_picture_is_prepared_only_for_a_stated_reason(
    alice: Client, picture: UUID
) -> None:
    Photograph.objects.update(sensitivity="intimate")
    for name in ("prepare", "prepare_check", "prepare_second"):
        assert alice.get(address(name, picture))["Location"] == address("reveal", picture)
    assert alice.post(address("prepare_look", picture)).status_code == 404
    alice.post(address("reveal", picture), {"reason": "labelling"})
    assert alice.get(address("prepare", picture)).status_code == 200


# The result


def test_without_a_result_the_check_leads_back(alice: Client, picture: UUID) -> None:
    response = alice.get(address("prepare_check", picture), follow=True)
    assert response.redirect_chain == [(address("prepare", picture), 302)]
    assert "no prepared version" in response.content.decode()


def test_the_result_stands_beside_the_picture_as_taken(alice: Client, picture: UUID) -> None:
    saved(alice, picture)
    page = shown(alice, "prepare_check", picture)
    assert reverse("clinic:rendition", args=[picture, "display"]) in page
    assert reverse("clinic:rendition", args=[picture, "redacted-draft"]) in page
    assert "nothing is found in the result" in page
    assert "By Alice" in page


def test_the_method_is_named_and_nobody_is_called_nameless(alice: Client, picture: UUID) -> None:
    saved(alice, picture)
    page = shown(alice, "prepare_check", picture)
    assert "Reduced identifiability" in page
    assert "Clean Pixel Data Option (113101)" in page
    assert "Clean Recognizable Visual Features Option (113102)" in page
    assert "anonym" not in page.lower()


def test_what_stays_is_shown_with_its_reason(alice: Client, picture: UUID) -> None:
    room = {"room": {"answer": "stays", "reason": "A bare wall & a lamp"}}
    saved(alice, picture, KEPT | {"answers": NONE | room})
    page = shown(alice, "prepare_check", picture)
    assert page.count("Stays visible") == 2
    assert WHY in page
    assert "A bare wall &amp; a lamp" in page


def test_an_approval_is_told_and_shown_at_the_picture(alice: Client, picture: UUID) -> None:
    decide_policy({"second_person_for": ""}, actor=None)
    saved(alice, picture)
    assert approve(alice, picture)["Location"] == address("photograph", picture)
    page = shown(alice, "photograph", picture)
    assert "this form is used from now on" in page
    assert "Beyond care, a covered form is used" in page
    assert "Cover more" in page


def test_what_is_still_found_blocks_until_each_has_a_reason(
    alice: Client, picture: UUID, scanner: ToldScanner
) -> None:
    scanner.left = (face(Region(50, 8, 20, 20)), face(Region(50, 40, 20, 20)))
    saved(alice, picture)
    page = shown(alice, "prepare_check", picture)
    assert re.search(r'<rect class="left-ring" x="50" y="8" width="20" height="20"/>', page)
    refused = approve(alice, picture, **{"reason-1": WHY})
    assert refused.status_code == 422
    assert "Something is still found" in refused.content.decode()
    assert f'name="reason-1" type="text" value="{WHY}"' in refused.content.decode()
    assert not Redaction.objects.filter(state="approved").exists()
    assert approve(alice, picture, **{"reason-1": WHY, "reason-2": WHY}).status_code == 302


def test_nobody_approves_what_changed_behind_their_screen(alice: Client, picture: UUID) -> None:
    saved(alice, picture)
    before = Redaction.objects.get().version
    saved(alice, picture, KEPT)
    url = address("prepare_check", picture)
    for version in (before, "", "x", "-1", "9" * 40):
        response = alice.post(url, {"version": version})
        assert response.status_code == 422
        assert "changed meanwhile" in response.content.decode()
    assert not Redaction.objects.filter(state="approved").exists()


def test_the_next_version_begins_with_what_may_not_be_uncovered(
    alice: Client, picture: UUID
) -> None:
    saved(alice, picture)
    approve(alice, picture)
    told = facts(shown(alice, "prepare", picture))
    assert told["floor"] == {"masks": COVERED["masks"], "crop": None}
    assert told["findings"] is None
    status, body = send(alice, "prepare_save", picture, KEPT)
    assert (status, body["code"]) == (422, "uncovered")


# The second person


@pytest.fixture
def colleague(cast: Cast, picture: UUID, scanner: ToldScanner) -> Client:
    """Bob, called to the patient, where a lecture wants two people."""
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    decide_policy({"second_person_for": "lecture"}, actor=None)
    prepare(cast.alice, picture)
    return browser_of(cast.bob)


def decide(client: Client, picture: UUID, **sent: str) -> Any:
    version = Redaction.objects.get(state="approved").version
    return client.post(address("prepare_second", picture), {"version": version, **sent})


def test_whoever_approved_is_told_to_wait_for_somebody_else(
    alice: Client, picture: UUID, colleague: Client
) -> None:
    page = shown(alice, "prepare_second", picture)
    assert "It waits for somebody who did not prepare or approve it" in page
    assert "I have looked" not in page
    refused = decide(alice, picture, verdict="confirm")
    assert refused.status_code == 422
    assert "Somebody else has to confirm" in refused.content.decode()


def test_a_second_person_confirms(alice: Client, picture: UUID, colleague: Client) -> None:
    assert "I have looked: confirm" in shown(colleague, "prepare_second", picture)
    assert decide(colleague, picture, verdict="confirm").status_code == 302
    assert "confirmed by a second person" in shown(alice, "photograph", picture)
    assert "I have looked" not in shown(colleague, "prepare_second", picture)


def test_a_second_person_sends_back_with_a_reason_that_the_first_reads(
    alice: Client, picture: UUID, colleague: Client
) -> None:
    refused = decide(colleague, picture, verdict="back", why=" ")
    assert refused.status_code == 422
    assert "Say what is still to be covered" in refused.content.decode()
    assert decide(colleague, picture, verdict="back", why="The ring").status_code == 302
    page = shown(alice, "prepare", picture)
    assert "A second person sent it back" in page
    assert "The ring" in page
    assert "Sent back: more is to be covered" in shown(alice, "photograph", picture)


def test_an_approval_says_for_what_a_second_person_looks(
    alice: Client, picture: UUID, colleague: Client
) -> None:
    saved(alice, picture)
    assert "After you, a second person looks at it" in shown(alice, "prepare_check", picture)
    approve(alice, picture)
    page = shown(alice, "photograph", picture)
    assert "A second person looks at it before it is used for: Lecture" in page


# Who may


@pytest.mark.parametrize("name", ["prepare", "prepare_check", "prepare_second"])
@pytest.mark.parametrize("who", ["bob", "theo", "priya", "ada"])
def test_who_does_not_treat_the_patient_finds_nothing(
    cast: Cast, picture: UUID, scanner: ToldScanner, name: str, who: str
) -> None:
    prepare(cast.alice, picture)
    assert browser_of(getattr(cast, who)).get(address(name, picture)).status_code == 404


@pytest.mark.parametrize("name", ["prepare_look", "prepare_save", "prepare_check"])
def test_who_does_not_treat_the_patient_changes_nothing(
    cast: Cast, picture: UUID, scanner: ToldScanner, name: str
) -> None:
    bob = browser_of(cast.bob)
    response = bob.post(address(name, picture), json.dumps(COVERED), "application/json")
    assert response.status_code == 404
    assert not Redaction.objects.exists()
    assert scanner.looks == []
