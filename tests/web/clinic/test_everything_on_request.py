"""Staff hand out a copy of everything: who may, what they note, and what the patient reads of it."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.http import StreamingHttpResponse
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import proposal_of
from tests.sessions import browser_of
from tests.taking import take
from tests.web.portal.browsing import enter

from safelight.audit.models import Event
from safelight.people.presence import end_session
from safelight.people.sessions import digest
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
CHECKED = "Passport seen at the desk"
FORM = {"identified_by": CHECKED, "language": "en"}
LETTER = {**FORM, "number": "h-204817", "birth_date": "1971-03-09"}
BY_LETTER = "/privacy/everything/archive/"


def of_petra(cast: Cast) -> str:
    return reverse("clinic:everything_archive", args=[cast.petra])


def unpacked(answer: Any) -> dict[str, bytes]:
    assert isinstance(answer, StreamingHttpResponse), answer.content.decode()
    with ZipFile(BytesIO(answer.getvalue())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def copied() -> list[Event]:
    return list(Event.objects.filter(tag=EventTag.PATIENT_RECORD_COPIED.value))


def test_the_team_hands_out_what_the_patient_herself_would_get(cast: Cast) -> None:
    """Also of a patient who was never asked anything, and so has no page of her own."""
    picture = take(cast.alice, cast.petra)
    client = browser_of(cast.alice)
    assert (
        of_petra(cast)
        in client.get(reverse("clinic:everything", args=[cast.petra])).content.decode()
    )
    found = unpacked(client.post(of_petra(cast), FORM))
    assert {"pictures/001-as-taken.jpg", "index.html", "fhir/record.json"} <= set(found)
    [event] = copied()
    assert (event.actor, event.purpose) == (cast.alice.staff, "PATRQT")
    assert [item.object_id for item in event.objects_told.all()] == [picture]
    sealed = bytes(event.sealed_details)
    told = patient_fields(cast.petra).unseal_data("event-details", event.id, sealed)
    assert told == {"identified_by": CHECKED}


def test_the_privacy_officer_does_it_by_the_number_and_birth_date_of_a_letter(cast: Cast) -> None:
    take(cast.alice, cast.petra)
    client = browser_of(cast.priya)
    assert BY_LETTER in client.get(reverse("privacy:everything")).content.decode()
    found = unpacked(client.post(BY_LETTER, LETTER))
    assert "pictures/001-as-taken.jpg" in found
    assert "Petra Okonjo-Müller" in found["index.html"].decode()
    assert copied()[0].actor == cast.priya.staff


@pytest.mark.parametrize(
    "wrong",
    [
        {"birth_date": "1971-03-10"},
        {"birth_date": ""},
        {"birth_date": "yesterday"},
        {"number": "H-20481"},
        {"number": "Okonjo"},
        {"number": ""},
        {"number": "H-318802"},  # Pablo's
    ],
)
def test_a_letter_that_does_not_fit_gets_nothing_and_learns_nothing(
    cast: Cast, wrong: dict[str, str]
) -> None:
    take(cast.alice, cast.petra)
    answer = browser_of(cast.priya).post(BY_LETTER, {**LETTER, **wrong})
    assert answer.status_code == 422
    assert "Nobody here has this number and this birth date." in answer.content.decode()
    assert copied() == []


@pytest.mark.parametrize("note", ["", "   ", "ok", "x" * 501])
def test_without_a_note_of_who_asks_nothing_is_given_out(cast: Cast, note: str) -> None:
    take(cast.alice, cast.petra)
    for who, url in ((cast.alice, of_petra(cast)), (cast.priya, BY_LETTER)):
        answer = browser_of(who).post(url, {**LETTER, "identified_by": note})
        assert answer.status_code == 422
        assert "Say how you made sure who asks." in answer.content.decode()
    assert copied() == []


def test_nobody_else_gets_it(cast: Cast) -> None:
    take(cast.alice, cast.petra)
    for who in (cast.bob, cast.charlie, cast.theo, cast.ada, cast.priya):
        assert browser_of(who).post(of_petra(cast), FORM).status_code == 404
    for who in (cast.alice, cast.bob, cast.theo, cast.ada):
        assert browser_of(who).post(BY_LETTER, LETTER).status_code == 404
    assert copied() == []


def test_the_patient_reads_who_took_a_copy_for_her(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    unpacked(browser_of(cast.priya).post(BY_LETTER, LETTER))
    client, _visit = enter(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    page = client.get(reverse("portal:looks")).content.decode()
    assert "Priya privacy officer" in page
    assert "Because you asked to see them" in page


def test_a_session_that_is_locked_meanwhile_gets_no_further_picture(cast: Cast) -> None:
    for _ in range(2):
        take(cast.alice, cast.petra)
    client = browser_of(cast.alice)
    answer: Any = client.post(of_petra(cast), FORM)
    sent = iter(answer.streaming_content)
    first = [next(sent), next(sent)]
    end_session(digest(client.cookies["safelight"].value))
    with ZipFile(BytesIO(b"".join([*first, *sent]))) as archive:
        names = archive.namelist()
    assert "pictures/001-as-taken.jpg" in names
    assert "pictures/002-as-taken.jpg" not in names
    assert "not-included.txt" in names


def test_one_at_a_time_for_one_session(cast: Cast) -> None:
    take(cast.alice, cast.petra)
    client = browser_of(cast.alice)
    running = client.post(of_petra(cast), FORM)
    again = client.post(of_petra(cast), FORM)
    assert again.status_code == 422
    assert "A copy is being made already" in again.content.decode()
    running.close()
    unpacked(client.post(of_petra(cast), FORM))
