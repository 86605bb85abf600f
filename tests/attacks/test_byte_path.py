"""Odd requests for bytes, put to the application as a server would put them."""

from typing import Any
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.sessions import sit_down
from tests.taking import take

from safelight.audit.models import Event
from safelight.project.wsgi import application
from safelight.release.access import view_timeline
from safelight.vocabulary.photograph import Sensitivity

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
VIEWS = "photograph:thumbnail:viewed"


def ask(path: str, cookie: str = "", **environ: Any) -> tuple[str, dict[str, str], bytes]:
    told: list[Any] = []
    body = application(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "HTTP_COOKIE": cookie,
            **environ,
        },
        lambda status, headers: told.extend((status, dict(headers))),
    )
    return told[0][:3], told[1], b"".join(body)


@pytest.fixture
def photograph(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def cookie(cast: Cast) -> str:
    return f"safelight={sit_down(cast.alice)[1]}"


def address(photograph: UUID, rendition: str = "thumbnail") -> str:
    return f"/clinic/photographs/{photograph}/bytes/{rendition}"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", ""])
def test_only_get_gets_bytes(photograph: UUID, cookie: str, method: str) -> None:
    assert ask(address(photograph), cookie, REQUEST_METHOD=method)[::2] == ("404", b"")


@pytest.mark.parametrize("end", ["/", "%00", "\0", ";x", "?", " ", "/..", "\r\nX: y", "s", "é"])
def test_what_follows_the_rendition_makes_it_another_address(
    photograph: UUID, cookie: str, end: str
) -> None:
    assert ask(address(photograph) + end, cookie)[::2] == ("404", b"")


@pytest.mark.parametrize("rendition", ["", "redacted", "Original", "ORIGINAL", "../original"])
def test_a_rendition_that_is_not_there_is_missing(
    photograph: UUID, cookie: str, rendition: str
) -> None:
    assert ask(address(photograph, rendition), cookie)[::2] == ("404", b"")


@pytest.mark.parametrize(
    "query",
    [
        "gallery=" + "a" * 60_000,
        "&".join(["a=b"] * 20_000),
        "gallery=%ff%fe",
        "gallery=\xff",
        "&;=",
    ],
    ids=["long", "many", "no text", "latin", "signs"],
)
def test_a_query_that_makes_no_sense_counts_as_none(
    photograph: UUID, cookie: str, query: str
) -> None:
    assert ask(address(photograph), cookie, QUERY_STRING=query)[0] == "200"
    assert Event.objects.filter(tag=VIEWS).count() == 1


@pytest.mark.parametrize("form", ["{}; safelight=", "{}; safelight=zzz", '"{}"', "\xff", "{}\0"])
def test_a_cookie_that_is_not_quite_the_cookie_is_nobodys(
    photograph: UUID, cookie: str, form: str
) -> None:
    value = cookie.removeprefix("safelight=")
    status, headers, body = ask(address(photograph), "safelight=" + form.format(value))
    assert (status, body) == ("404", b"")
    assert "Set-Cookie" not in headers


def test_what_is_missing_and_what_is_forbidden_look_alike(cast: Cast, photograph: UUID) -> None:
    bob = f"safelight={sit_down(cast.bob)[1]}"
    forbidden = ask(address(photograph), bob)
    assert forbidden == ask(address(UUID(int=7)), bob) == ask(address(photograph))


def test_the_page_of_another_person_tells_nothing_of_ones_own_look(
    cast: Cast, photograph: UUID
) -> None:
    """Two people treat the same patient; each look is in the name of whoever looked."""
    from tests.cast import hire  # noqa: PLC0415 - one more colleague of Alice's ward

    from safelight.institution.models import Department  # noqa: PLC0415
    from safelight.vocabulary.roles import Role  # noqa: PLC0415

    ward = Department.objects.get(id=cast.dermatology)
    nurse = hire("nurse", Role.CLINICIAN, ward)
    gallery = view_timeline(cast.alice, cast.petra).gallery
    hers = f"safelight={sit_down(nurse)[1]}"
    assert ask(address(photograph), hers, QUERY_STRING=f"gallery={gallery}")[0] == "200"
    assert Event.objects.get(tag=VIEWS).actor == nurse.staff


def test_the_page_of_another_patient_covers_no_thumbnail(cast: Cast, cookie: str) -> None:
    pablos = take(cast.alice, cast.pablo)
    gallery = view_timeline(cast.alice, cast.petra).gallery
    assert ask(address(pablos), cookie, QUERY_STRING=f"gallery={gallery}")[0] == "200"
    assert Event.objects.filter(tag=VIEWS).count() == 1


def test_no_page_covers_a_protected_picture(cast: Cast, cookie: str) -> None:
    hidden = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    gallery = view_timeline(cast.alice, cast.petra).gallery
    assert ask(address(hidden), cookie, QUERY_STRING=f"gallery={gallery}")[0] == "404"


def test_bytes_say_what_they_are_and_may_do_nothing(photograph: UUID, cookie: str) -> None:
    _, headers, body = ask(address(photograph, "original"), cookie)
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "no-store"
    assert body.startswith(b"\xff\xd8")
