"""The pages of decks and lectures: what a teacher can do there, by forms alone."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import signed
from tests.lecturing import deck_with, lecture_on, shows, slides_of
from tests.sessions import browser_of
from tests.taking import take

from safelight.institution.models import Institution
from safelight.teaching.models import Deck, Lecture, Screen, SlidePicture
from safelight.teaching.selectors.decks import deck_view
from safelight.teaching.services.lectures import end_lecture
from safelight.teaching.services.screens import open_screen
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def theo(cast: Cast) -> Client:
    return browser_of(cast.theo)


def test_a_deck_is_made_named_and_removed(cast: Cast, theo: Client) -> None:
    made = theo.post("/teaching/decks/", {"title": "Burns", "use": "lecture"})
    deck = Deck.objects.get()
    assert made["Location"] == f"/teaching/decks/{deck.id}/"
    named = {"title": "Scalds", "use": "small-group-teaching", "people": "8"}
    theo.post(f"/teaching/decks/{deck.id}/name/", named)
    view = deck_view(cast.theo, deck.id)
    assert (view.title, view.use.purpose, view.use.people) == (
        "Scalds", Purpose.SMALL_GROUP_TEACHING, 8
    )  # fmt: skip
    theo.post(f"/teaching/decks/{deck.id}/remove/")
    assert theo.get(f"/teaching/decks/{deck.id}/").status_code == 404


@pytest.mark.parametrize(
    "typed",
    [{"title": "", "use": "lecture"}, {"title": "Burns"}, {"title": "Burns", "use": "treatment"}],
)
def test_what_is_no_deck_is_asked_again(theo: Client, typed: dict[str, str]) -> None:
    answer = theo.post("/teaching/decks/", typed)
    assert answer.status_code == 422
    assert not Deck.objects.exists()


def test_a_slide_is_written_by_a_form_and_by_a_script(cast: Cast, theo: Client) -> None:
    deck = deck_with(cast.theo)
    url = f"/teaching/decks/{deck}/slides/{slides_of(deck)[0]}/"
    assert theo.post(url, {"title": "One"}).status_code == 302
    saved = theo.post(url, {"title": "Two"}, headers={"Accept": "application/json"})
    assert (saved.status_code, saved.json()) == (200, {"sentence": ""})
    assert deck_view(cast.theo, deck).slides[0].words.title == "Two"
    refused = theo.post(url, {"title": "x" * 121}, headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert theo.post(url, {"title": "x" * 121}).status_code == 422


@pytest.mark.parametrize("do", ["earlier", "later", "double", "remove", "", "explode"])
def test_slides_are_arranged_by_buttons(cast: Cast, theo: Client, do: str) -> None:
    deck = deck_with(cast.theo, (), ())
    slide = slides_of(deck)[1]
    answer = theo.post(f"/teaching/decks/{deck}/slides/{slide}/arrange/", {"do": do})
    assert answer.status_code == 302
    place = {"earlier": 0, "later": 2, "double": 1, "": 1, "explode": 1}.get(do)
    assert (slides_of(deck).index(slide) if slide in slides_of(deck) else None) == place


def test_a_picture_is_put_in_by_its_address(cast: Cast, theo: Client) -> None:
    picture = take(cast.alice, cast.petra)
    deck = deck_with(cast.theo)
    url = f"/teaching/decks/{deck}/slides/{slides_of(deck)[0]}/pictures/"
    address = f"https://house/teaching/photographs/{picture}/?use=lecture"
    assert theo.post(url, {"address": address, "caption": "Day 0"}).status_code == 302
    for wrong in ("nothing", f"https://house/{uuid4()}", address):
        assert theo.post(url, {"address": wrong}).status_code == 422
    reference = SlidePicture.objects.get()
    page = theo.get(f"/teaching/decks/{deck}/").content.decode()
    assert "No agreement of the patient permits this use." in page
    assert f"/photographs/{picture}/" not in page, "a blocked picture is words, never bytes"
    theo.post(f"{url}{reference.id}/take-out/")
    assert not SlidePicture.objects.exists()


def test_a_clinician_of_the_patient_is_led_to_ask(cast: Cast) -> None:
    deck = deck_with(cast.alice, (take(cast.alice, cast.petra),))
    alice = browser_of(cast.alice)
    page = alice.get(f"/teaching/decks/{deck}/?slide={slides_of(deck)[1]}").content.decode()
    asks = re.search(r'href="(/clinic/patients/[^"]+/ask/\?[^"]+)"', page)
    assert asks
    assert alice.get(asks[1].replace("&amp;", "&")).status_code == 200


def test_a_teacher_is_told_whom_to_ask_and_nothing_of_the_patient(cast: Cast, theo: Client) -> None:
    deck = deck_with(cast.theo, (take(cast.alice, cast.petra),))
    page = theo.get(f"/teaching/decks/{deck}/?slide={slides_of(deck)[1]}").content.decode()
    assert "Ask Alice clinician, who took the picture" in page
    assert str(cast.petra) not in page
    assert "Petra" not in page


def planned(**changed: str) -> dict[str, str]:
    now = timezone.localtime()
    usual = {"use": "lecture", "day": now.date().isoformat(), "begins": "00:00", "ends": "03:59"}
    return {**usual, "day": "2999-01-01", "place": "Hall 1", **changed}


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"day": "32.13.2026"},
        {"begins": "noon"},
        {"place": ""},
        {"use": ""},
        {"use": "small-group-teaching", "people": "many"},
        {"use": "small-group-teaching", "people": "९९९९९"},
    ],
)
def test_what_is_no_lecture_is_asked_again(cast: Cast, theo: Client, typed: dict[str, str]) -> None:
    deck = deck_with(cast.theo)
    answer = theo.post(f"/teaching/decks/{deck}/plan/", planned(**typed))
    assert answer.status_code == 422
    assert not Lecture.objects.exists()


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [("Europe/Berlin", "0001-01-01", "00:00"), ("America/New_York", "9999-12-31", "23:00")],
)
def test_a_day_that_no_other_clock_has_is_asked_again(
    cast: Cast, theo: Client, zone: str, day: str, hour: str
) -> None:
    Institution.objects.update(time_zone=zone)
    typed = planned(day=day, begins=hour, ends="23:59")
    answer = theo.post(f"/teaching/decks/{deck_with(cast.theo)}/plan/", typed)
    assert answer.status_code == 422


def test_a_lecture_is_planned_by_the_institutions_clock(cast: Cast, theo: Client) -> None:
    deck = deck_with(cast.theo)
    day = timezone.localtime() + timezone.timedelta(days=1)  # type: ignore[attr-defined] # datetime's
    answer = theo.post(
        f"/teaching/decks/{deck}/plan/",
        planned(day=day.date().isoformat(), begins="10:15", ends="11:00"),
    )
    assert answer.status_code == 302
    row = Lecture.objects.get()
    assert timezone.localtime(row.starts_at).strftime("%H:%M") == "10:15"
    page = theo.get(answer["Location"]).content.decode()
    assert "Hall 1" in page


def test_a_screen_is_found_compared_and_let_in(cast: Cast, theo: Client) -> None:
    lecture = lecture_on(cast.theo, deck_with(cast.theo))
    opened = open_screen()
    url = f"/teaching/lectures/{lecture}/screens/"
    page = theo.post(f"{url}find/", {"code": opened.code}).content.decode()
    assert opened.name in page
    screen = Screen.objects.get()
    assert screen.lecture is None
    theo.post(f"{url}let-in/", {"screen": str(screen.id), "code": opened.code})
    screen.refresh_from_db()
    assert screen.lecture_id == lecture
    theo.post(f"{url}{screen.id}/send-away/")
    screen.refresh_from_db()
    assert screen.ended_at is not None


def test_codes_are_not_guessed_without_end(cast: Cast, theo: Client) -> None:
    lecture = lecture_on(cast.theo, deck_with(cast.theo))
    url = f"/teaching/lectures/{lecture}/screens/find/"
    answers = [theo.post(url, {"code": f"{guess:06}"}).status_code for guess in range(21)]
    assert answers == [422] * 20 + [429]


@pytest.mark.parametrize("typed", [{}, {"screen": "x"}, {"screen": str(uuid4()), "code": "AAAAAA"}])
def test_nothing_is_let_in_by_a_form_that_was_made_up(
    cast: Cast, theo: Client, typed: dict[str, str]
) -> None:
    lecture = lecture_on(cast.theo, deck_with(cast.theo))
    url = f"/teaching/lectures/{lecture}/screens/let-in/"
    assert theo.post(url, typed).status_code == 422


def test_the_speaker_turns_blanks_and_ends(cast: Cast, theo: Client) -> None:
    deck = deck_with(cast.theo, ())
    lecture = lecture_on(cast.theo, deck)
    url, second = f"/teaching/lectures/{lecture}/", slides_of(deck)[1]
    theo.post(f"{url}turn/", {"slide": str(second)})
    theo.post(f"{url}turn/", {"blank": "yes"})
    row = Lecture.objects.get()
    assert (row.slide_id, row.is_blank) == (second, True)
    theo.post(f"{url}end/")
    late = theo.post(f"{url}turn/", {"blank": "no"}, headers={"Accept": "application/json"})
    assert late.status_code == 409
    assert theo.get(f"{url}speak/")["Location"] == url


def test_the_speaker_is_told_notes_screens_and_time(cast: Cast, theo: Client) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    deck = deck_with(cast.theo, (picture,))
    lecture = lecture_on(cast.theo, deck)
    shows(lecture, slides_of(deck)[1])
    told: dict[str, Any] = theo.get(f"/teaching/lectures/slides/?lecture={lecture}").json()
    assert told["slides"][1]["notes"] == "Ask them first"
    now = theo.get(f"/teaching/lectures/now/?lecture={lecture}").json()
    assert (now["state"], now["begun"], now["screens"]) == ("showing", True, [])
    assert 0 < now["left"] <= 3_600_000
    bytes_of = f"/teaching/lectures/{lecture}/photographs/{picture}/"
    assert theo.get(bytes_of).status_code == 200
    end_lecture(cast.theo, lecture)
    assert theo.get(bytes_of).status_code == 404


@pytest.mark.parametrize("page", ["now", "slides"])
def test_nobody_else_is_told_anything(cast: Cast, page: str) -> None:
    lecture: UUID = lecture_on(cast.theo, deck_with(cast.theo))
    alice = browser_of(cast.alice)
    for wanted in (str(lecture), "", "x", str(uuid4())):
        assert alice.get(f"/teaching/lectures/{page}/?lecture={wanted}").status_code == 404
