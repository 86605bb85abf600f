"""A form that is replaced while somebody decides, and a text that has to be seen before it is signed."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import approved_form, proposal_of, shipped_form
from tests.taking import take_labelled
from tests.web.portal.browsing import SIGNATURE, decide, enter, look, shown_version

from safelight.consent.rules.form import Form
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.services.deciding import answer_picture
from safelight.consent.visits import Visit
from safelight.vocabulary.agreements import Answer

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
READ, PICTURES, CHOICES, SIGN = (
    reverse(f"portal:{name}") for name in ("read", "pictures", "choices", "sign")
)
REPLACED = f"{READ}?because=form-superseded"


@pytest.fixture
def photograph(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def petra(cast: Cast, photograph: UUID) -> tuple[Client, Visit]:
    return enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))


def choose(client: Client, visit: Visit, answer: str = "yes") -> str:
    choices = decision_view(visit).choices
    return client.post(CHOICES, {f"use-{item.agreement}": answer for item in choices})["Location"]


def test_a_form_replaced_while_somebody_chooses_is_read_chosen_and_signed(
    petra, photograph: UUID
) -> None:
    client, visit = petra
    client.get(READ)
    look(client, photograph)
    client.post(reverse("portal:picture", args=[photograph]), {"answer": "yes"})
    assert client.get(CHOICES).status_code == 200
    approved_form(shipped_form())

    assert choose(client, visit) == REPLACED
    page = client.get(REPLACED)
    assert "replaced by a newer one" in page.content.decode()
    view = decision_view(visit)
    assert {item.answer for item in view.choices} == {None}
    assert [item.answer for item in view.pictures] == [Answer.YES]
    assert choose(client, visit) == SIGN
    signed = client.post(SIGN, SIGNATURE | {"version": shown_version(client)})
    assert "It is signed" in signed.content.decode()


@pytest.mark.parametrize("name", ["read", "pictures", "picture", "choices", "sign"])
def test_every_page_of_the_way_leads_to_a_newer_text_once(
    petra, photograph: UUID, name: str
) -> None:
    client, visit = petra
    decide(client, decision_view(visit), yes=[], use=[photograph])
    approved_form(shipped_form())
    page = reverse(f"portal:{name}", args=[photograph] if name == "picture" else [])
    assert client.get(page)["Location"] == REPLACED
    assert client.get(REPLACED).status_code == 200
    assert not decision_view(visit).is_superseded


def test_a_newer_form_that_cannot_ask_this_sends_nobody_round_in_circles(petra) -> None:
    client, _ = petra
    form = shipped_form()
    approved_form(Form(form.uses[:1], form.contact, form.texts))
    for page in (READ, PICTURES, CHOICES, SIGN):
        answer = client.get(page, follow=True)
        assert [url for url, _ in answer.redirect_chain] == ["/portal/?because=ask-anew"]
        assert "Please tell the staff" in answer.content.decode()


def test_what_was_not_read_is_not_signed(petra, photograph: UUID) -> None:
    client, visit = petra
    look(client, photograph)
    answer_picture(visit, photograph, Answer.YES)
    assert choose(client, visit) == SIGN
    unread = f"{READ}?because=text-not-read"
    assert client.get(SIGN)["Location"] == unread
    forged = client.post(SIGN, SIGNATURE | {"version": str(decision_view(visit).version)})
    assert forged["Location"] == unread
    assert not decision_view(visit).is_signed
    assert "read the text before you sign" in client.get(unread).content.decode()
    assert client.get(SIGN).status_code == 200


def test_another_language_is_read_again_before_it_is_signed(petra, photograph: UUID) -> None:
    client, visit = petra
    decide(client, decision_view(visit), yes=[], use=[photograph])
    client.post(reverse("portal:start"), {"language": "es"})
    choose(client, visit)
    assert "because=text-not-read" in client.get(SIGN)["Location"]
