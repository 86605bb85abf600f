"""Anybody may check a code, and learns yes or no."""

import pytest
from django.test import Client
from tests.cast import Cast
from tests.consenting import signed
from tests.taking import take_labelled

from safelight.consent.models import Agreement
from safelight.consent.verification import signed_record
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
YES = (
    "We keep a record with this code, and it is as it was signed. Compare your copy with the "
    "hospital's: a code alone does not prove the paper. What was agreed to may have been "
    "taken back since."
)
NO = "No record has this code."


@pytest.fixture
def code(cast: Cast) -> str:
    """What stands on Petra's copy."""
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.ONE_TO_ONE_TEACHING])
    return str(signed_record(visit.proposal).data["verification_code"])


def answer(typed: str) -> str:
    page = Client().post("/verify/", {"code": typed})
    assert page.status_code == 200
    return page.content.decode()


def test_a_code_is_known_as_people_type_it(code: str) -> None:
    fours = " ".join(code[place : place + 4] for place in range(0, len(code), 4))
    for typed in (code, fours, fours.replace(" ", "-").lower(), f" {code} "):
        assert YES in answer(typed)


def test_yes_and_no_differ_in_the_answer_alone(code: str) -> None:
    yes, no = Client(), Client()
    for client in (yes, no):
        client.get("/verify/")
    known = yes.post("/verify/", {"code": code}).content.decode()
    unknown = no.post("/verify/", {"code": "0" * len(code)}).content.decode()
    before, _, after = known.partition(YES)
    assert NO in unknown
    assert visible(before + after) == visible(unknown.replace(NO, ""))
    assert not any(word in known for word in ("Petra", "Okonjo", "2026", "teaching"))


def visible(page: str) -> str:
    """The page without its token and the sign beside the answer."""
    return "\n".join(
        line for line in page.splitlines() if "csrf" not in line and "notice" not in line
    )


def test_a_record_that_was_altered_is_no_record(code: str) -> None:
    Agreement.objects.update(audience="public")
    assert NO in answer(code)


@pytest.mark.parametrize("typed", ["", " ", "x", "0" * 64, "٣" * 16, "\x00", "'; --", "Ü" * 900])
def test_what_is_no_code_is_answered_like_any_other(cast: Cast, typed: str) -> None:
    assert NO in answer(typed)


def test_the_code_stands_in_no_address(code: str) -> None:
    page = Client().get("/verify/", {"code": code}).content.decode()
    assert code not in page
    assert YES not in page


def test_too_many_codes_from_one_place_are_stopped_whatever_they_are(code: str) -> None:
    client = Client()
    statuses = [client.post("/verify/", {"code": "X" * 16}).status_code for _ in range(20)]
    assert set(statuses) == {200}
    refused = client.post("/verify/", {"code": code})
    assert refused.status_code == 429
    assert YES not in refused.content.decode()
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert YES in elsewhere.post("/verify/", {"code": code}).content.decode()


@pytest.mark.parametrize(
    ("chosen", "accepted", "head"),
    [
        ("", "ar-EG,en;q=0.5", 'lang="ar" dir="rtl"'),
        ("fr", "ar", 'lang="fr" dir="ltr"'),
        ("", "de, es;q=0.8", 'lang="es" dir="ltr"'),
        ("xx", "", 'lang="en-gb" dir="ltr"'),
    ],
)
def test_the_page_speaks_the_language_that_is_asked_for(
    cast: Cast, chosen: str, accepted: str, head: str
) -> None:
    page = Client().get("/verify/", {"language": chosen}, headers={"Accept-Language": accepted})
    assert f"<html {head}>" in page.content.decode()
