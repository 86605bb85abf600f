"""Holds, and opening what is under lock, as two people's browsers ask for it."""

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from tests.cast import Cast
from tests.consenting import proposal_of
from tests.keeping import (
    REASON,
    WORDS,
    hold,
    in_custody,
    opened_for,
    requested,
    settled,
    withdrawn,
)
from tests.sessions import browser_of
from tests.taking import take_labelled
from tests.web.portal.browsing import enter

from safelight.audit.models import Event
from safelight.recall.fates import today_here
from safelight.recall.models import CustodyRequest, LegalHold
from safelight.recall.services.opening_custody import confirm_opening, look_into_custody
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]


def text(page: Any) -> str:
    return unescape(page.content.decode())


@pytest.fixture
def priya(cast: Cast) -> Client:
    return browser_of(cast.priya)


def day(days: int) -> str:
    return (today_here() + timedelta(days=days)).isoformat()


def test_a_patient_is_found_by_the_whole_number_and_by_nothing_less(
    cast: Cast, priya: Client
) -> None:
    found = priya.post("/privacy/kept/find/", {"number": "H-204817"})
    assert found["Location"] == f"/privacy/kept/{cast.petra}/"
    for guess in ("H-20481", "Petra", "", "H-204817 H-318802"):
        page = priya.post("/privacy/kept/find/", {"number": guess}, follow=True)
        assert "Nobody has exactly this number." in text(page)
    searched = Event.objects.filter(tag=EventTag.PATIENT_SEARCHED.value, actor=cast.priya.staff)
    assert searched.count() == 3


def test_numbers_cannot_be_tried_one_after_the_other(cast: Cast, priya: Client) -> None:
    for number in range(60):
        priya.post("/privacy/kept/find/", {"number": f"H-{number:06}"})
    found = priya.post("/privacy/kept/find/", {"number": "H-204817"})
    assert found["Location"] == "/privacy/kept/"


def test_a_hold_is_placed_extended_and_lifted(cast: Cast, priya: Client) -> None:
    place = f"/privacy/kept/{cast.petra}/hold/"
    page = priya.post(place, {"reason": REASON, "ends_on": day(5), "encounter": ""}, follow=True)
    assert "The hold stands." in text(page)
    assert REASON in text(page)
    row = LegalHold.objects.get()
    assert REASON in text(priya.get("/privacy/kept/"))  # it ends within two weeks
    priya.post(f"/privacy/holds/{row.id}/extend/", {"ends_on": day(30)})
    row.refresh_from_db()
    assert row.ends_on.isoformat() == day(30)
    assert REASON not in text(priya.get("/privacy/kept/"))
    _before, lifting = text(priya.get(f"/privacy/kept/{cast.petra}/")).split("Lift this hold")
    assert "gone for good" in lifting.split("Lift it now")[0], "one tap does not lift it"
    priya.post(f"/privacy/holds/{row.id}/lift/")
    assert "Lifted" in text(priya.get(f"/privacy/kept/{cast.petra}/"))


@pytest.mark.parametrize(
    "changed",
    [
        {"ends_on": ""},
        {"ends_on": "tomorrow"},
        {"ends_on": "2020-01-01"},
        {"reason": "short"},
        {"encounter": "not-a-stay"},
        {"encounter": str(uuid4())},
    ],
)
def test_a_hold_that_is_refused_says_why_and_keeps_what_was_typed(
    cast: Cast, priya: Client, changed: dict[str, str]
) -> None:
    typed = {"reason": REASON, "ends_on": day(5), "encounter": ""} | changed
    said = text(priya.post(f"/privacy/kept/{cast.petra}/hold/", typed))
    assert "A legal hold needs a reason" in said
    assert typed["reason"] in said
    assert not LegalHold.objects.exists()


def test_a_hold_on_one_stay_names_it(cast: Cast, priya: Client) -> None:
    hold(cast.priya, cast.petra, cast.petras_encounter)
    assert "One stay: Dermatology" in text(priya.get(f"/privacy/kept/{cast.petra}/"))


@pytest.mark.parametrize("path", ["holds/{}/extend/", "holds/{}/lift/"])
def test_what_never_was_is_missing(priya: Client, path: str) -> None:
    assert priya.post(f"/privacy/{path.format(uuid4())}").status_code == 404


@pytest.mark.parametrize("path", ["hold/", "open/", ""])
def test_a_patient_who_never_was_is_missing(priya: Client, path: str) -> None:
    assert priya.get(f"/privacy/kept/{uuid4()}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["hold/", "open/"])
def test_nothing_is_written_about_a_patient_who_never_was(priya: Client, path: str) -> None:
    assert priya.post(f"/privacy/kept/{uuid4()}/{path}", {}).status_code == 404


def test_two_people_open_a_picture_and_the_second_is_not_shown_it(
    cast: Cast, priya: Client
) -> None:
    photograph, ada = in_custody(cast), browser_of(cast.ada)
    asked = {"ground": "court-order", "words": WORDS, "minutes": "60", "photograph": photograph}
    page = priya.post(f"/privacy/kept/{cast.petra}/open/", asked, follow=True)
    assert "Nothing opens until a second person confirms it." in text(page)
    opening = CustodyRequest.objects.get().id
    base = f"/privacy/openings/{opening}/"
    assert "Confirm as the second person" not in text(priya.get(base))
    assert WORDS in text(ada.get(base))
    assert base in text(ada.get("/privacy/openings/"))
    ada.post(f"{base}confirm/")
    looked = text(priya.get(f"{base}pictures/{photograph}/"))
    assert f"{base}pictures/{photograph}/bytes" in looked
    shown = priya.get(f"{base}pictures/{photograph}/bytes")
    assert shown.content.startswith(b"\xff\xd8\xff")
    assert shown["Cache-Control"] == "no-store"
    assert ada.get(f"{base}pictures/{photograph}/bytes").status_code == 404
    assert ada.get(f"{base}pictures/{photograph}/").status_code == 404


def test_whoever_may_be_the_second_person_is_told_by_a_number(cast: Cast) -> None:
    """On every page of theirs, until it is confirmed or over."""
    ada = browser_of(cast.ada)
    badge = 'To confirm</span><span class="badge">1</span>'
    assert badge not in text(ada.get("/forms/"))
    opening = requested(cast.priya, cast.petra, in_custody(cast))
    assert badge in text(ada.get("/forms/"))
    confirm_opening(cast.ada, opening)
    assert badge not in text(ada.get("/forms/"))


def test_who_asked_cannot_confirm_and_that_is_recorded(cast: Cast, priya: Client) -> None:
    opening = requested(cast.priya, cast.petra, in_custody(cast))
    page = priya.post(f"/privacy/openings/{opening}/confirm/", follow=True)
    assert "Whoever asked cannot confirm it." in text(page)
    assert CustodyRequest.objects.get(id=opening).confirmed_by is None
    refused = Event.objects.filter(tag=EventTag.RECALL_CUSTODY_REFUSED.value)
    assert refused.count() == 1


def test_closed_it_shows_nothing_at_the_address_that_was_open(cast: Cast, priya: Client) -> None:
    photograph = in_custody(cast)
    base = f"/privacy/openings/{opened_for(cast, photograph)}/"
    assert priya.get(f"{base}pictures/{photograph}/bytes").status_code == 200
    priya.post(f"{base}end/")
    gone = priya.get(f"{base}pictures/{photograph}/bytes")
    assert (gone.status_code, gone.content) == (404, b"")
    assert priya.get(f"{base}pictures/{photograph}/")["Location"] == base


def test_whoever_is_signed_in_and_tries_the_address_is_recorded(cast: Cast) -> None:
    photograph = in_custody(cast)
    url = f"/privacy/openings/{opened_for(cast, photograph)}/pictures/{photograph}/bytes"
    assert browser_of(cast.alice).get(url).status_code == 404
    assert Client().get(url).status_code == 404
    refused = Event.objects.get(tag=EventTag.RECALL_CUSTODY_REFUSED.value)
    assert refused.actor == cast.alice.staff


@pytest.mark.parametrize(
    "changed",
    [
        {"ground": "curiosity"},
        {"ground": ""},
        {"words": "short"},
        {"minutes": "4"},
        {"minutes": "many"},
        {"photograph": str(uuid4())},
        {"photograph": ""},
    ],
)
def test_what_is_asked_badly_says_why_and_keeps_what_was_typed(
    cast: Cast, priya: Client, changed: dict[str, str]
) -> None:
    photograph = str(in_custody(cast))
    typed = {"ground": "defence", "words": WORDS, "minutes": "30", "photograph": photograph}
    said = text(priya.post(f"/privacy/kept/{cast.petra}/open/", typed | changed))
    assert "Name the ground" in said
    assert (typed | changed)["words"] in said
    assert not CustodyRequest.objects.exists()


def test_the_list_of_what_is_under_lock_says_nothing_of_what_it_shows(
    cast: Cast, priya: Client
) -> None:
    in_custody(cast)
    said = text(priya.get(f"/privacy/kept/{cast.petra}/"))
    assert "1 picture under lock" in said
    assert "forearm" not in said.lower()


def test_the_patient_reads_who_opened_it_and_why(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    petra, _ = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    settled(withdrawn(cast, photograph))
    opening: UUID = requested(cast.priya, cast.petra, photograph)
    confirm_opening(cast.ada, opening)
    look_into_custody(cast.priya, opening, photograph)
    said = text(petra.get("/portal/mine/looks/"))
    assert "A court ordered us to open a picture that you took back" in said
    assert f"Confirmed by a second person: {cast.ada.display_name}." in said
    assert cast.priya.display_name in said
