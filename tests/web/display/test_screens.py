"""The doors of screens: what a browser is given, what it is not, and what is never kept."""

import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import agreement_to, signed
from tests.lecturing import (
    PairedScreen,
    at_time,
    deck_with,
    lecture_on,
    paired_screen,
    shows,
    slides_of,
)
from tests.sessions import browser_of
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.photos.models import Photograph
from safelight.project.wsgi import application
from safelight.teaching.models import Lecture, Screen, SlidePicture
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.web.display import views

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


class Hall:
    """Theo's lecture with Petra's picture, and one screen in it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.picture = take(cast.alice, cast.petra)
        self.visit: Visit = signed(cast.alice, cast.petra, [self.picture], [Purpose.LECTURE])
        self.deck = deck_with(cast.theo, (self.picture,), ())
        self.lecture = lecture_on(cast.theo, self.deck)
        shows(self.lecture, slides_of(self.deck)[1])
        self.screen: PairedScreen = paired_screen(cast.theo, self.lecture)
        self.client = with_cookie(self.screen.cookie)

    @property
    def url(self) -> str:
        return f"/screen/pictures/{self.picture}/"


def with_cookie(cookie: str) -> Client:
    client = Client()
    client.cookies["safelight-screen"] = cookie
    return client


@pytest.fixture
def hall(cast: Cast) -> Hall:
    return Hall(cast)


def lease_by_the_short_way(cookie: str, method: str = "GET") -> tuple[str, dict[str, str], Any]:
    """As the server answers, round Django."""
    answered: dict[str, Any] = {}
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/screen/lease/",
        "HTTP_COOKIE": f"other=1; safelight-screen={cookie}",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        answered.update(status=status, headers=dict(headers))

    body = b"".join(application(environ, start))
    return answered["status"], answered["headers"], body


def test_a_stranger_is_given_a_code_and_nothing_else(cast: Cast) -> None:
    client = Client()
    page = client.get("/screen/")
    row = Screen.objects.get()
    assert row.lecture is None
    assert row.name in page.content.decode()
    cookie = client.cookies["safelight-screen"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert json.loads(client.get("/screen/lease/").content)["state"] == "waiting"
    assert client.get("/screen/slide/").status_code == 404


def test_the_cookie_of_production_is_for_this_host_alone(settings: Any, cast: Cast) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    client.get("/screen/", secure=True)
    assert client.cookies["__Host-safelight-screen"]["secure"]


def test_looking_at_the_page_by_head_makes_no_screen(cast: Cast) -> None:
    assert Client().head("/screen/").status_code == 405
    assert not Screen.objects.exists()


def test_screens_are_not_opened_without_end(cast: Cast) -> None:
    answers = [Client().get("/screen/").status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


def test_a_reload_stays_in_the_lecture(hall: Hall) -> None:
    before = Screen.objects.count()
    assert "display__code" not in hall.client.get("/screen/").content.decode()
    assert Screen.objects.count() == before


@pytest.mark.parametrize("way", ["short", "django"])
def test_a_lease_is_the_same_by_either_way_and_kept_by_nobody(hall: Hall, way: str) -> None:
    if way == "short":
        status, headers, body = lease_by_the_short_way(hall.screen.cookie)
        assert status == "200 OK"
        assert headers["Cache-Control"] == "no-store"
    else:
        response = hall.client.get("/screen/lease/")
        assert response["Cache-Control"] == "no-store"
        body = response.content
    lease = json.loads(body)
    assert lease["state"] == "showing"
    assert lease["pictures"] == [[str(hall.picture), True]]
    assert lease["for"] == 4000


def test_a_lease_names_no_word_of_the_slide(hall: Hall) -> None:
    _, _, body = lease_by_the_short_way(hall.screen.cookie)
    assert b"Slide" not in body
    assert b"wounds" not in body


@pytest.mark.parametrize("cookie", ["", "x", '"', "é", "a" * 5000, "a;safelight-screen=b"])
def test_a_malformed_cookie_has_no_lease(hall: Hall, cookie: str) -> None:
    status, _, body = lease_by_the_short_way(cookie)
    assert status == "200 OK"
    assert json.loads(body) == {
        "state": "unknown", "for": 0, "slide": None, "version": 0, "pictures": []
    }  # fmt: skip


def test_a_lease_is_got_and_not_posted(hall: Hall) -> None:
    status, _, _ = lease_by_the_short_way(hall.screen.cookie, "POST")
    assert not status.startswith("200")


def test_no_database_no_lease(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError  # noqa: PLC0415 - what a lost database raises

    def lost(*_arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr("safelight.web.display.lease_path.lease_for", lost)
    monkeypatch.setattr("safelight.web.display.lease_path.connections.close_all", lambda: None)
    status, _, body = lease_by_the_short_way(hall.screen.cookie)
    assert (status, body) == ("503 Service Unavailable", b"{}")


def test_a_picture_comes_with_everything_that_forbids_keeping_it(hall: Hall) -> None:
    response = hall.client.get(hall.url)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "sandbox" in response["Content-Security-Policy"]
    assert not {"ETag", "Last-Modified", "Accept-Ranges"} & set(response.headers)


@pytest.mark.parametrize(
    "headers",
    [{"Range": "bytes=0-99"}, {"If-None-Match": "*"}, {"If-Modified-Since": "0"}],
)
def test_after_a_withdrawal_no_header_brings_a_picture_back(
    hall: Hall, headers: dict[str, str]
) -> None:
    assert hall.client.get(hall.url, headers=headers).status_code == 200
    withdraw(hall.visit, agreement_to(hall.visit, Purpose.LECTURE).id)
    response = hall.client.get(hall.url, headers=headers)
    assert (response.status_code, response.content) == (404, b"")


def test_the_address_of_a_picture_is_worth_nothing_without_the_screens_cookie(hall: Hall) -> None:
    for client in (Client(), browser_of(hall.cast.alice), browser_of(hall.cast.theo)):
        response = client.get(hall.url)
        assert (response.status_code, response.content) == (404, b"")


def test_the_screen_of_another_lecture_gets_nothing(hall: Hall) -> None:
    other = paired_screen(hall.cast.theo, lecture_on(hall.cast.theo, deck_with(hall.cast.theo)))
    assert with_cookie(other.cookie).get(hall.url).status_code == 404
    refusal = Event.objects.filter(tag=EventTag.PHOTOGRAPH_REFUSED).latest("number")
    assert refusal.actor == other.id


def test_what_never_was_and_what_is_forbidden_look_alike(hall: Hall) -> None:
    missing = hall.client.get(f"/screen/pictures/{uuid4()}/")
    withdraw(hall.visit, agreement_to(hall.visit, Purpose.LECTURE).id)
    forbidden = hall.client.get(hall.url)
    assert missing.content == forbidden.content == b""
    assert dict(missing.headers) == dict(forbidden.headers)


def test_leases_go_before_pictures(hall: Hall) -> None:
    taken = [views._under_way.acquire(blocking=False) for _ in range(views.AT_ONCE)]
    try:
        assert all(taken)
        response = hall.client.get(hall.url)
        assert (response.status_code, response["Retry-After"]) == (503, "1")
        assert lease_by_the_short_way(hall.screen.cookie)[0] == "200 OK"
    finally:
        for _ in taken:
            views._under_way.release()
    assert hall.client.get(hall.url).status_code == 200


def test_what_is_said_of_a_picture_goes_with_the_picture(hall: Hall) -> None:
    withdraw(hall.visit, agreement_to(hall.visit, Purpose.LECTURE).id)
    told = hall.client.get("/screen/slide/").json()
    assert told["pictures"] == [{"id": str(hall.picture), "caption": ""}]
    assert "Day 14" not in json.dumps(told)


@pytest.mark.parametrize("protected", [b"\0", b"why"])
def test_bytes_that_open_to_no_reason_bring_no_protected_picture(
    hall: Hall, protected: bytes
) -> None:
    Photograph.objects.filter(id=hall.picture).update(sensitivity=Sensitivity.INTIMATE.value)
    SlidePicture.objects.update(sealed_reason=protected)
    _, _, body = lease_by_the_short_way(hall.screen.cookie)
    assert json.loads(body)["pictures"] == [[str(hall.picture), False]]
    assert hall.client.get(hall.url).status_code == 404


def test_the_words_of_the_slide_are_for_the_screen_that_shows_it(hall: Hall) -> None:
    told = hall.client.get("/screen/slide/").json()
    assert (told["title"], told["pictures"][0]["caption"]) == ("Slide 0", "Day 14")
    assert "Ask them first" not in json.dumps(told)
    Lecture.objects.update(is_blank=True)
    assert hall.client.get("/screen/slide/").status_code == 404


def test_a_screens_cookie_opens_nothing_of_the_staff(hall: Hall) -> None:
    for path in ("/clinic/", "/teaching/decks/", f"/teaching/lectures/{hall.lecture}/speak/"):
        assert hall.client.get(path).status_code == 302


def test_a_lecture_at_an_hour_that_went_by_tells_only_that_it_is_over(hall: Hall) -> None:
    now = timezone.now()
    at_time(hall.lecture, now - timedelta(hours=2), now)
    _, _, body = lease_by_the_short_way(hall.screen.cookie)
    assert json.loads(body)["state"] == "over"
    assert json.loads(body)["slide"] is None
    assert "display__code" in hall.client.get("/screen/").content.decode()


def test_mallory_who_writes_rows_gets_no_screen_into_a_lecture(hall: Hall) -> None:
    """A screen of her own, with the lecture and the binding of another written into its row."""
    client = Client()
    client.get("/screen/")
    theirs = Screen.objects.get(id=hall.screen.id)
    Screen.objects.filter(lecture=None).update(
        lecture=theirs.lecture, binding=theirs.binding, paired_at=theirs.paired_at
    )
    assert client.get(hall.url).status_code == 404


def test_mallory_who_makes_a_lecture_longer_shows_what_was_agreed_and_no_more(hall: Hall) -> None:
    Lecture.objects.update(purpose="conference")
    assert hall.client.get(hall.url).status_code == 404
