"""Addresses that take only what a form sends, opened by hand."""

from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import proposal_of
from tests.lecturing import deck_with, lecture_on
from tests.sessions import browser_of
from tests.taking import take_labelled
from tests.web.portal.browsing import enter

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
READ = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def lecture(cast: Cast) -> UUID:
    return lecture_on(cast.theo, deck_with(cast.theo, ()))


def find(lecture: UUID) -> str:
    return reverse("teaching:find_screen", args=[lecture])


def test_who_opens_one_by_hand_reads_a_sentence(cast: Cast, lecture: UUID) -> None:
    answer = browser_of(cast.theo).get(find(lecture), headers=READ)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address opens nothing by itself" in answer.content.decode()
    assert "Back to the start" in answer.content.decode()


def test_it_is_the_same_for_what_is_not_there_and_for_what_is_somebody_elses(
    cast: Cast, lecture: UUID
) -> None:
    theo, alice = browser_of(cast.theo), browser_of(cast.alice)
    there, missing = (theo.get(find(item), headers=READ).content for item in (lecture, uuid4()))
    others = [alice.get(find(item), headers=READ).content for item in (lecture, uuid4())]
    assert there == missing
    assert others[0] == others[1]


def test_a_patient_reads_it_in_their_language(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    client, _visit = enter(
        cast.alice, proposal_of(cast.alice, cast.petra, [picture], language="ar")
    )
    answer = client.get(reverse("portal:leave"), headers=READ)
    assert (answer.status_code, answer["Content-Language"]) == (405, "ar")
    assert 'dir="rtl"' in answer.content.decode()


def test_a_script_gets_nothing_to_read(cast: Cast, lecture: UUID) -> None:
    theo = browser_of(cast.theo)
    assert theo.get(find(lecture)).content == b""
    assert theo.put(find(lecture), headers=READ).content == b""


@pytest.mark.parametrize(("who", "hears"), [("alice", True), ("theo", False), ("priya", False)])
def test_only_who_treats_patients_is_sent_to_the_wristband(
    cast: Cast, who: str, *, hears: bool
) -> None:
    answer = browser_of(getattr(cast, who)).get("/nothing/at/all/")
    assert answer.status_code == 404
    assert ("scanning the wristband" in answer.content.decode()) is hears
