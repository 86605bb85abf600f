"""Signing: each thing that can go wrong is one sentence on the page where it is put right."""

import json
import math
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import approved_form, proposal_of, shipped_form
from tests.taking import take_labelled
from tests.web.portal.browsing import SIGNATURE, decide, enter, shown_version

from safelight.audit.models import Event
from safelight.consent.rules.form import Contact
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.services.deciding import answer_picture
from safelight.consent.services.proposing import People, close_proposal
from safelight.consent.visits import Visit
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
SIGN = "/portal/sign/"
WAVE = [[[0.1 + i / 100, 0.15 + 0.1 * math.sin(i)] for i in range(60)]]


@pytest.fixture
def petra(cast: Cast) -> tuple[Client, Visit]:
    """Everything is answered: one picture, one yes, one no."""
    photograph = take_labelled(cast.alice, cast.petra)
    client, visit = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    view = decision_view(visit)
    decide(client, view, yes=[view.choices[0].agreement], use=[photograph])
    return client, visit


def sign(client: Client, **more: str):
    return client.post(SIGN, {"version": shown_version(client), **more})


def refusals(visit: Visit) -> int:
    tag = EventTag.CONSENT_SIGNING_REFUSED
    return Event.objects.filter(tag=tag, actor=visit.access).count()


def test_a_drawn_signature_signs_and_the_code_is_shown_once(petra) -> None:
    client, visit = petra
    page = sign(client, strokes=json.dumps(WAVE), thumbnails="on").content.decode()
    assert "We show it only once" in page
    assert "<svg" in page.partition('class="qr"')[2][:80]
    view = decision_view(visit)
    assert view.is_signed
    assert view.wants_thumbnails


@pytest.mark.parametrize(
    "mark",
    [
        {"strokes": "[[[0.5,0.5]]]"},
        {"strokes": ""},
        {"strokes": "not JSON"},
        {"strokes": "[" * 5000},
        {"strokes": '{"0": 1}'},
        {"strokes": "[[[1e999, 0], [0, 0]]]"},
        {"typed": " . "},
    ],
    ids=["dot", "nothing", "no JSON", "deep", "no list", "infinite", "typed dot"],
)
def test_a_dot_is_no_signature(petra, mark: dict[str, str]) -> None:
    client, visit = petra
    answer = sign(client, **mark)
    assert answer["Location"] == f"{SIGN}?because=signature-empty"
    page = client.get(answer["Location"]).content.decode()
    assert "more than a dot" in page
    error = page.partition('id="signature-error" role="alert">')[2].partition("</p>")[0]
    assert "Draw your name, or type it." in error
    assert page.count("signature-error") == 3
    assert refusals(visit) == 1
    assert decision_view(visit).is_open


@pytest.mark.parametrize("version", ["", "0", "-1", "999", "\uff11", "1e3", "9" * 5000])
def test_a_forged_version_signs_nothing(petra, version: str) -> None:
    client, visit = petra
    answer = client.post(SIGN, SIGNATURE | {"version": version})
    assert answer["Location"] == f"{SIGN}?because=changed-meanwhile"
    assert refusals(visit) == 1
    assert decision_view(visit).is_open


def test_what_changed_on_another_device_is_looked_at_again(petra) -> None:
    client, visit = petra
    version = shown_version(client)
    answer_picture(visit, decision_view(visit).pictures[0].id, Answer.NO)
    answer = client.post(SIGN, SIGNATURE | {"version": version})
    assert answer["Location"] == f"{SIGN}?because=changed-meanwhile"
    assert "You left out every picture" in client.get(answer["Location"]).content.decode()


def test_signing_twice_signs_once(petra) -> None:
    client, visit = petra
    form = SIGNATURE | {"version": shown_version(client)}
    assert client.post(SIGN, form).status_code == 200
    again = client.post(SIGN, form)
    assert again["Location"] == reverse("portal:mine") + "?because=already-signed"
    assert "already signed" in client.get(again["Location"]).content.decode()
    signed = Event.objects.filter(tag=EventTag.CONSENT_PROPOSAL_SIGNED, actor=visit.access)
    assert signed.count() == 1


def test_a_text_that_was_replaced_is_read_before_it_is_signed(petra) -> None:
    client, visit = petra
    version = shown_version(client)
    approved_form(shipped_form())
    answer = client.post(SIGN, SIGNATURE | {"version": version})
    assert answer["Location"] == reverse("portal:read") + "?because=form-superseded"
    view = decision_view(visit)
    assert not view.is_superseded
    assert {item.answer for item in view.choices} == {None}


def test_a_picture_without_an_answer_is_asked_for_as_such(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    client, _ = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    client.get(reverse("portal:read"))
    assert "Please answer for each picture." in client.get(SIGN, follow=True).content.decode()


def test_a_picture_that_was_never_on_the_screen_is_shown_first(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    client, visit = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    client.get(reverse("portal:read"))
    answer_picture(visit, photograph, Answer.YES)
    assert "because=picture-not-seen" in client.get(SIGN)["Location"]
    forged = client.post(SIGN, SIGNATURE | {"version": str(decision_view(visit).version)})
    assert forged["Location"] == reverse("portal:pictures") + "?because=picture-not-seen"


def test_a_request_that_was_closed_cannot_be_signed_and_says_so(cast: Cast, petra) -> None:
    client, visit = petra
    version = shown_version(client)
    close_proposal(cast.alice, visit.proposal)
    answer = client.post(SIGN, SIGNATURE | {"version": version}, follow=True)
    assert "closed" in answer.content.decode()
    assert not decision_view(visit).is_signed
    assert client.get(SIGN).status_code == HTTPStatus.FOUND


def test_not_now_keeps_every_answer(petra) -> None:
    client, visit = petra
    client.post(reverse("portal:leave"))
    assert decision_view(visit).is_started


def test_hostile_names_stand_in_the_page_as_words(cast: Cast) -> None:
    evil = "<script>alert(1)</script>\"'{{ x }}\u202e"
    form = shipped_form()
    approved_form(type(form)(form.uses, Contact(evil, "javascript:+1 5 <b>"), form.texts))
    photograph = take_labelled(cast.alice, cast.petra)
    proposal = proposal_of(cast.alice, cast.petra, [photograph], people=People(signer=evil))
    client, visit = enter(cast.alice, proposal)
    decide(client, decision_view(visit), yes=[], use=[])
    page = client.get(SIGN).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="tel:+15"' in page
    assert "javascript:+1" in page
    assert 'href="javascript' not in page
