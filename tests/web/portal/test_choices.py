"""Choices: yes and no weigh the same, nothing is ticked, and everything can wait."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import approved_form, proposal_of, shipped_form
from tests.taking import take_labelled
from tests.web.portal.browsing import PABLOS_DAY, decide, enter

from safelight.consent.selectors.deciding import decision_view
from safelight.consent.services.proposing import People
from safelight.consent.visits import Visit
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole
from safelight.web.portal.words import minutes_needed

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
CHOICES = "/portal/choices/"


@pytest.fixture
def photograph(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def petra(cast: Cast, photograph: UUID) -> tuple[Client, Visit]:
    return enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))


def test_every_choice_is_in_the_words_of_the_form_and_unticked(petra) -> None:
    client, visit = petra
    page = client.get(CHOICES).content.decode()
    view = decision_view(visit)
    assert [item.purpose for item in view.choices] == [Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE]
    assert page.count(view.wording.agree) == page.count(view.wording.refuse) == 2
    assert " checked" not in page


def test_a_missing_answer_is_asked_for_and_those_given_are_kept(petra) -> None:
    client, visit = petra
    first, second = (item.agreement for item in decision_view(visit).choices)
    answer = client.post(CHOICES, {f"use-{first}": "no"})
    assert "Some questions have no answer yet" in answer.content.decode()
    assert [item.answer for item in decision_view(visit).choices] == [Answer.NO, None]
    assert client.post(CHOICES, {f"use-{second}": "yes"})["Location"] == reverse("portal:sign")


def test_a_script_saves_each_answer_without_another_page(petra) -> None:
    client, visit = petra
    choice = decision_view(visit).choices[0]
    answer = client.post(
        CHOICES,
        {f"use-{choice.agreement}": "yes"},
        headers={"accept": "application/json", "sec-fetch-mode": "cors"},
    )
    assert answer.json() == {"sentence": "Saved."}
    assert decision_view(visit).choices[0].answer is Answer.YES


def test_an_agreement_that_is_not_asked_here_is_left_aside(cast: Cast, petra, photograph) -> None:
    client, visit = petra
    other = proposal_of(cast.alice, cast.petra, [photograph])
    _, elsewhere = enter(cast.alice, other)
    strange = decision_view(elsewhere).choices[0].agreement
    client.post(CHOICES, {f"use-{strange}": "yes", f"use-{uuid4()}": "yes", "use-": "yes"})
    assert not decision_view(visit).is_started
    assert not decision_view(elsewhere).is_started


def test_another_language_is_read_at_once_and_asks_the_choices_again(petra) -> None:
    client, visit = petra
    decide(client, decision_view(visit), yes=[], use=[])
    client.post(reverse("portal:start"), {"language": "ar"})
    page = client.get(reverse("portal:read")).content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    view = decision_view(visit)
    assert view.language == "ar"
    assert {item.answer for item in view.choices} == {None}


def test_a_language_that_no_form_has_changes_nothing(petra) -> None:
    client, visit = petra
    client.post(reverse("portal:start"), {"language": "tlh"})
    assert decision_view(visit).language == "en"


def test_easy_read_shows_a_pictogram_beside_each_statement(petra) -> None:
    client, visit = petra
    client.post(reverse("portal:start"), {"style": "easy-read"})
    page = client.get(reverse("portal:read")).content.decode()
    view = decision_view(visit)
    assert view.style is TextStyle.EASY_READ
    assert all(f"pictograms.svg#{code}" in page for code, _ in view.wording.statements)


def test_a_newer_text_is_read_before_anything_else(petra) -> None:
    client, visit = petra
    approved_form(shipped_form())
    answer = client.post(reverse("portal:start"), {"style": "standard"})
    assert "because=form-superseded" in answer["Location"]
    assert "replaced by a newer one" in client.get(answer["Location"]).content.decode()
    assert not decision_view(visit).is_superseded


def test_whoever_decides_for_another_reads_for_whom(cast: Cast, petra) -> None:
    photograph = take_labelled(cast.alice, cast.pablo)
    greta, _ = enter(
        cast.alice,
        proposal_of(
            cast.alice,
            cast.pablo,
            [photograph],
            signer_role=SignerRole.GUARDIAN,
            people=People(signer="Greta Serrano", authority="Mother"),
        ),
        PABLOS_DAY,
    )
    for name in ("start", "read"):
        page = greta.get(reverse(f"portal:{name}")).content.decode()
        assert "<strong>For <bdi>Pablo" in page
        assert "for-whom" not in petra[0].get(reverse(f"portal:{name}")).content.decode()


def test_the_time_that_is_promised_grows_with_words_and_pictures(petra) -> None:
    client, visit = petra
    view = decision_view(visit)
    usual = minutes_needed(view)
    assert usual >= 5
    assert f"about {usual} minutes" in client.get(reverse("portal:start")).content.decode()
    many = replace(view, pictures=[*view.pictures] * 31)
    assert minutes_needed(many) == usual + 10
    silent = replace(view.wording, introduction="", statements=())
    assert minutes_needed(replace(view, choices=[], wording=silent)) == 5


def test_a_child_old_enough_is_asked_as_well(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.pablo)
    greta = People(signer="Greta Serrano", authority="Mother")
    client, visit = enter(
        cast.alice,
        proposal_of(
            cast.alice, cast.pablo, [photograph], signer_role=SignerRole.GUARDIAN, people=greta
        ),
        PABLOS_DAY,
    )
    view = decision_view(visit)
    decide(client, view, yes=[view.choices[0].agreement], use=[photograph])
    assert "because=choice-missing" in client.get(reverse("portal:sign"))["Location"]
    assert client.post(CHOICES, {"assent": "no"})["Location"] == reverse("portal:sign")
    assert decision_view(visit).assent is Assent.NO
    assert "The child said no" in client.get(reverse("portal:sign")).content.decode()
