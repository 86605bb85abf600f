"""A picture by reference: given for what was agreed, refused for everything else."""

import html
import re
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from tests.cast import Cast
from tests.consenting import agreement_to, signed
from tests.sessions import sit_down
from tests.taking import forearm, take_labelled

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.people.asker import Asker
from safelight.photos.labels import label_photographs
from safelight.project.wsgi import application
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use
from safelight.release.teaching import open_for_use
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
ALONE, GROUP, LECTURE = (
    Purpose.ONE_TO_ONE_TEACHING,
    Purpose.SMALL_GROUP_TEACHING,
    Purpose.LECTURE,
)
ONE_TO_ONE = "?use=one-to-one-teaching&people=1"


class Seat:
    """Somebody at a browser: asks for pages, and for the pictures on them as a browser does."""

    def __init__(self, asker: Asker) -> None:
        self.asker, self.cookie = sit_down(asker)
        self.browser = Client()
        self.browser.cookies["safelight"] = self.cookie

    def opens(self, photograph: UUID, query: str = ONE_TO_ONE) -> Any:
        return self.browser.get(f"/teaching/photographs/{photograph}/{query}")

    def sees(self, page: Any) -> bytes:
        """The picture on a page; empty when it is refused."""
        found = re.search(r'<img class="reference__image" src="([^"]+)"', page.content.decode())
        assert found
        path, _, query = html.unescape(found.group(1)).partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_COOKIE": f"safelight={self.cookie}",
            "wsgi.input": BytesIO(),
        }
        return b"".join(application(environ, lambda status, headers: None))


def is_not_available(page: Any) -> bool:
    return page.status_code == 404 and "Not available for this use" in page.content.decode()


def test_a_teacher_is_given_the_picture_one_to_one(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ALONE])
    theo = Seat(cast.theo)
    page = theo.opens(picture)
    words = page.content.decode()
    assert page.status_code == 200
    assert theo.sees(page).startswith(b"\xff\xd8")
    assert "Not to be copied or photographed" in words
    assert str(agreement_to(visit, ALONE).id)[:8] in words
    assert "Until the end of" in words


def test_the_page_tells_nothing_of_the_patient(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ALONE])
    words = Seat(cast.theo).opens(picture).content.decode()
    told = (
        "Petra",
        "Okonjo",
        "204817",
        str(cast.petra),
        "/clinic/patients/",
        " 1971",
        "1971-0",
        "orearm",
    )
    assert [item for item in told if item in words] == []


def test_the_look_is_written_down_with_its_agreement_when_the_picture_leaves(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ALONE])
    theo = Seat(cast.theo)
    page = theo.opens(picture)
    looks = Event.objects.filter(
        tag=EventTag.PHOTOGRAPH_DISPLAY_VIEWED.value, actor=cast.theo.staff
    )
    assert not looks.exists()
    theo.sees(page)
    assert looks.get().purpose == "TRAIN"


def test_a_lecture_that_was_refused_is_not_given_and_the_record_says_so(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ALONE], no=[LECTURE])
    assert is_not_available(Seat(cast.theo).opens(picture, "?use=lecture"))
    refusal = Event.objects.get(tag=EventTag.PHOTOGRAPH_REFUSED.value, actor=cast.theo.staff)
    assert refusal.subject == cast.petra


def test_a_picture_that_was_left_out_is_given_for_nothing(cast: Cast) -> None:
    kept, left_out = (take_labelled(cast.alice, cast.petra) for _ in range(2))
    signed(cast.alice, cast.petra, [kept, left_out], [ALONE, GROUP], leave_out=[left_out])
    theo = Seat(cast.theo)
    assert theo.opens(kept).status_code == 200
    queries = [f"?use={purpose.value}&people=1" for purpose in Purpose]
    assert all(is_not_available(theo.opens(left_out, query)) for query in queries)


def test_after_withdrawal_the_open_page_gets_the_picture_no_more(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ALONE])
    theo = Seat(cast.theo)
    page = theo.opens(picture)
    assert theo.sees(page)
    withdraw(visit, agreement_to(visit, ALONE).id)
    assert theo.sees(page) == b""
    assert is_not_available(theo.opens(picture))


@pytest.mark.parametrize(("people", "status"), [("12", 200), ("13", 404), ("", 404)])
def test_a_group_may_be_as_large_as_was_agreed(cast: Cast, people: str, status: int) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [GROUP])
    page = Seat(cast.theo).opens(picture, f"?use=small-group-teaching&people={people}")
    assert page.status_code == status


def test_a_clinician_without_a_relationship_may_teach_by_agreement_and_treat_by_none(
    cast: Cast,
) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ALONE])
    charlie = Seat(cast.charlie)
    assert charlie.sees(charlie.opens(picture))
    assert is_not_available(charlie.opens(picture, "?use=treatment"))


def test_who_treats_the_patient_gets_nothing_here_without_an_agreement(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    alice = Seat(cast.alice)
    assert is_not_available(alice.opens(picture, "?use=treatment"))
    assert is_not_available(alice.opens(picture))
    with pytest.raises(AccessRefusedError):
        open_for_use(alice.asker, picture, Use())


@pytest.mark.parametrize("name", ["ada", "priya"])
def test_neither_administrator_nor_privacy_officer_is_given_any(cast: Cast, name: str) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ALONE])
    somebody = Seat(getattr(cast, name))
    assert somebody.opens(picture).status_code == 404
    with pytest.raises(AccessRefusedError):
        open_for_use(somebody.asker, picture, Use(ALONE, Audience.ONE_TO_ONE, people=1))


def test_an_intimate_picture_stays_closed_to_a_teacher(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ALONE])
    label_photographs(cast.alice.staff, [picture], forearm(Sensitivity.INTIMATE))
    assert is_not_available(Seat(cast.theo).opens(picture))


def test_missing_forbidden_and_misspelt_look_alike(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    theo = Seat(cast.theo)
    pages = [
        theo.opens(uuid4()),
        theo.opens(picture),
        theo.opens(picture, "?use=conjuring"),
        theo.opens(picture, "?use=lecture&people=many"),
        theo.opens(picture, "?use=research&recipient=nobody"),
    ]
    assert all(is_not_available(page) for page in pages)
    assert len({page.content for page in pages}) == 1


def test_an_address_that_was_cut_off_asks_what_for_and_tells_nothing(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ALONE])
    theo = Seat(cast.theo)
    before = Event.objects.count()
    pages = {item: theo.opens(item, "") for item in (picture, uuid4())}
    assert Event.objects.count() == before
    words = {visible(page).replace(str(item), "…") for item, page in pages.items()}
    assert len(words) == 1
    (shown,) = words
    assert 'value="http://testserver/teaching/photographs/…/"' in shown
    assert 'action="/teaching/"' in shown
    assert {page.status_code for page in pages.values()} == {200}


def visible(page: Any) -> str:
    """The page without its token."""
    lines = page.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)


@pytest.mark.parametrize(
    ("address", "chosen", "leads_to"),
    [
        ("{picture}", {"use": "one-to-one-teaching"}, "one-to-one&people=1"),
        ("  see {PICTURE} ", {"use": "one-to-one-teaching", "people": "9"}, "one-to-one&people=1"),
        (
            "https://safelight.test/clinic/photographs/{picture}/",
            {"use": "small-group-teaching", "people": " 7 "},
            "small-group&people=7",
        ),
        ("/teaching/photographs/{picture}/?use=lecture", {}, "lecture-hall"),
        ("{picture}?use=lecture", {"use": "lecture", "people": "7"}, "lecture-hall"),
        ("{picture}?use=small-group-teaching&people=12", {}, "small-group&people=12"),
        (
            "{picture}?use=small-group-teaching&people=12",
            {"use": "small-group-teaching", "people": "30"},
            "small-group&people=30",
        ),
    ],
)
def test_an_address_leads_to_its_picture(
    cast: Cast, address: str, chosen: dict[str, str], leads_to: str
) -> None:
    picture = uuid4()
    typed = address.format(picture=picture, PICTURE=str(picture).upper())
    answer = Seat(cast.theo).browser.post("/teaching/", {"address": typed, **chosen})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/teaching/photographs/{picture}/?use=")
    assert answer["Location"].endswith(f"audience={leads_to}")


# Written down, so that every process that tests calls the tests by the same names.
SOMEBODYS = UUID("5b0e4c6e-6c8a-4f3e-9d55-2f1f7c3f9a10")


@pytest.mark.parametrize(
    ("address", "chosen"),
    [
        ("Petra's picture", {"use": "lecture"}),
        (f"?use={SOMEBODYS}", {"use": "lecture"}),
        (str(SOMEBODYS), {}),
        (str(SOMEBODYS), {"use": "treatment"}),
        (str(SOMEBODYS), {"use": "research"}),
        (str(SOMEBODYS), {"use": "small-group-teaching", "people": "a few"}),
        (str(SOMEBODYS), {"use": "small-group-teaching", "people": "9" * 5000}),
        (f"{SOMEBODYS}?use=small-group-teaching&people=many", {}),
        (f"{SOMEBODYS}?use=conjuring", {"use": "lecture"}),
    ],
)
def test_what_leads_nowhere_is_asked_again_with_what_was_typed(
    cast: Cast, address: str, chosen: dict[str, str]
) -> None:
    answer = Seat(cast.theo).browser.post("/teaching/", {"address": address, **chosen})
    assert answer.status_code == 422
    assert html.escape(address) in answer.content.decode()


OTHER_USE = (
    "This address is for one-to-one teaching. Choose that, or paste the address without what "
    "follows the question mark."
)
HOW_MANY = "Write how many learners will see it at once, as a number."


@pytest.mark.parametrize(
    ("query", "chosen", "sentence"),
    [
        (ONE_TO_ONE, {"use": "lecture"}, OTHER_USE),
        (ONE_TO_ONE, {"use": "small-group-teaching", "people": "4"}, OTHER_USE),
        ("", {"use": "small-group-teaching", "people": ""}, HOW_MANY),
        ("", {"use": "small-group-teaching", "people": "0"}, HOW_MANY),
        ("?use=small-group-teaching", {}, HOW_MANY),
        ("", {}, "Choose what the picture is for."),
    ],
)
def test_what_is_unclear_opens_nothing_and_says_what_to_do(
    cast: Cast, query: str, chosen: dict[str, str], sentence: str
) -> None:
    typed = f"http://testserver/teaching/photographs/{SOMEBODYS}/{query}"
    answer = Seat(cast.theo).browser.post("/teaching/", {"address": typed, **chosen})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
