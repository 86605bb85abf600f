"""Finding a person through keyed tokens: what matches, what does not, what the rows give away."""

from datetime import date

import pytest
from tests.cast import IDENTIFIER_SYSTEM, PETRA, Cast

from safelight.patients.models import Patient, PatientToken
from safelight.patients.rules import Identifier, Identity, query_words, token_words
from safelight.patients.selectors import SEARCH_LIMIT, find_patients, known_patient
from safelight.patients.services import register_patient

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])


@pytest.mark.parametrize(
    "text",
    [
        "Petra",
        "pet",
        "OKONJO",
        "okon",
        "muller",
        "Müller",
        "petra müll",
        "okonjo-müller",
        "pe ok",
        "H-204817",
        "h204817",
        "h 204817",
    ],
)
def test_petra_is_found_by(cast: Cast, text: str) -> None:
    assert [item.id for item in find_patients(text).patients] == [cast.petra]


@pytest.mark.parametrize(
    "text", ["", " ", "p", "etra", "petrax", "okonjox", "petra serrano", "204"]
)
def test_petra_is_not_found_by(cast: Cast, text: str) -> None:
    assert list(find_patients(text).patients) == []


def test_a_birth_date_alone_finds_and_together_with_a_name_narrows(cast: Cast) -> None:
    born = PETRA.birth_date
    assert [item.id for item in find_patients("", born).patients] == [cast.petra]
    assert [item.id for item in find_patients("petra", born).patients] == [cast.petra]
    assert list(find_patients("petra", date(1971, 3, 10)).patients) == []


def test_too_many_are_cut_short_and_it_is_said(cast: Cast) -> None:
    for number in range(SEARCH_LIMIT + 1):
        someone = Identity(
            family="Testperson",
            given="Demo",
            birth_date=date(1990, 1, 1),
            sex="unknown",
            identifiers=(Identifier(IDENTIFIER_SYSTEM, f"T-{number}"),),
        )
        register_patient(someone, actor=None, is_test_data=True)
    found = find_patients("testp")
    assert len(found.patients) == SEARCH_LIMIT
    assert found.is_cut_short


def test_the_rows_hold_no_word_of_the_identity(cast: Cast) -> None:
    row = Patient.objects.get(id=cast.petra)
    everything = bytes(row.sealed_identity) + b"".join(
        bytes(token) for token in PatientToken.objects.values_list("token", flat=True)
    )
    for word in (b"Petra", b"petra", b"Okonjo", b"204817", b"1971"):
        assert word not in everything
    assert known_patient(cast.petra).identity == PETRA


def test_the_same_name_gives_the_same_token_and_another_kind_another() -> None:
    words = token_words(PETRA)
    assert ("birth-date", "1971-03-09") in words
    assert ("identifier", "H204817") in words
    assert ("name-prefix", "pe") in words
    assert ("name-prefix", "petra") in words
    assert not any(len(word) > 6 for kind, word in words if kind == "name-prefix")


def test_what_is_typed_becomes_the_most_selective_word_first() -> None:
    assert query_words("pe okonjo", date(2000, 1, 2)) == [
        ("birth-date", "2000-01-02"),
        ("name-prefix", "okonjo"),
        ("name-prefix", "pe"),
    ]


def test_age_counts_completed_years() -> None:
    assert PETRA.age_on(date(2026, 3, 8)) == 54
    assert PETRA.age_on(date(2026, 3, 9)) == 55
