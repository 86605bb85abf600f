"""The patient reads which colleague was asked, why, and until when; a guardian about their pictures."""

from uuid import UUID

import pytest
from django.urls import reverse
from tests.asking import ANSWER, QUESTION, ask_bob, ask_surgery
from tests.cast import Cast
from tests.consenting import proposal_of
from tests.taking import take_labelled
from tests.web.portal.browsing import PABLOS_DAY, enter

from safelight.consent.services.proposing import People
from safelight.consulting.giving import given_of
from safelight.consulting.services.ending import revoke_question
from safelight.consulting.services.thread import answer, take_question
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def photograph(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


def test_petra_reads_whom_alice_asked_and_that_it_was_stopped(cast: Cast, photograph: UUID) -> None:
    question = ask_surgery(cast, [photograph])
    petra, _ = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    page = petra.get(reverse("portal:given")).content.decode()
    assert "Surgery" in page
    assert "A colleague was asked · Treatment" in page
    take_question(cast.bob, question)
    answer(cast.bob, question, ANSWER)
    page = petra.get(reverse("portal:given")).content.decode()
    assert "Bob clinician, Surgery" in page
    assert "Can be seen until" in page
    revoke_question(cast.alice, question)
    page = petra.get(reverse("portal:given")).content.decode()
    assert "Stopped on" in page
    assert QUESTION not in page
    assert ANSWER not in page


def test_greta_reads_only_of_the_pictures_that_were_put_before_her(cast: Cast) -> None:
    shown, other = (take_labelled(cast.alice, cast.pablo) for _ in range(2))
    both = ask_bob(cast, [other, shown], patient=cast.pablo)
    ask_bob(cast, [other], patient=cast.pablo)
    proposal = proposal_of(
        cast.alice,
        cast.pablo,
        [shown],
        signer_role=SignerRole.GUARDIAN,
        people=People(signer="Greta Serrano", authority="Mother"),
    )
    _, greta = enter(cast.alice, proposal, PABLOS_DAY)
    (given,) = given_of(greta)
    assert (given.id, given.photographs) == (both, (shown,))


def test_petra_reads_nothing_of_pablo(cast: Cast, photograph: UUID) -> None:
    ask_bob(cast, [take_labelled(cast.alice, cast.pablo)], patient=cast.pablo)
    _, petra = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    assert given_of(petra) == []
