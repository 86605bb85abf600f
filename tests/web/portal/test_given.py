"""*Who it was shown to*: every room that keeps references tells its own, in the patient's words."""

import pytest
from django.urls import reverse
from tests.asking import ask_bob
from tests.cast import Cast
from tests.consenting import signed
from tests.lecturing import deck_with, lecture_on
from tests.publishing import ARTICLE, agreed_work
from tests.sharing import RHEA, agreed, shared
from tests.taking import take
from tests.web.portal.browsing import enter

from safelight.consent.models import Proposal
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def test_a_question_a_share_a_lecture_and_a_publication_stand_on_one_page(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    ask_bob(cast, [picture])
    visit = agreed(cast.alice, cast.petra, [picture])
    shared(cast.alice, visit, [picture])
    signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    lecture_on(cast.theo, deck_with(cast.theo, (picture,)))
    agreed_work(cast)
    newest = Proposal.objects.order_by("-created_at").values_list("id", flat=True)[0]
    client, _visit = enter(cast.alice, newest)
    page = client.get(reverse("portal:given")).content.decode()
    for words in ("Bob", RHEA, "How wounds heal", ARTICLE):
        assert words in page
    assert "Not opened yet." in page
    assert "0 times" not in page
