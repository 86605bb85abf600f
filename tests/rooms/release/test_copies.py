"""The copy in the patient's hands."""

import pytest
from tests.cast import Cast
from tests.consenting import (
    answer_all,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    visit_to,
)
from tests.taking import take_labelled
from tests.unit.engines.documents.readers import seen_text

from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.models import CopyDocument
from safelight.consent.seals import current_seal
from safelight.consent.services.deciding import note_assent
from safelight.consent.services.proposing import People
from safelight.engines.documents import verify_pdf
from safelight.release.copies import copy_for_signer
from safelight.vocabulary.agreements import Assent
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

BASE = "https://safelight.test"


@pytest.mark.parametrize("with_thumbnails", [False, True])
def test_a_copy_carries_the_institutions_seal(cast: Cast, *, with_thumbnails: bool) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    opened = copy_for_signer(visit, BASE, with_thumbnails=with_thumbnails)
    verdict = verify_pdf(opened.content, current_seal().certificate)
    assert verdict.is_intact
    assert verdict.is_whole
    assert opened.media_type == "application/pdf"


def test_the_same_copy_is_given_each_time(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    first = copy_for_signer(visit, BASE, with_thumbnails=False).content
    assert copy_for_signer(visit, BASE, with_thumbnails=False).content == first
    assert CopyDocument.objects.count() == 1


def test_there_is_no_copy_before_anything_was_signed(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    with pytest.raises(ProposalNotFoundError):
        copy_for_signer(visit, BASE, with_thumbnails=False)


class TestOfAChild:
    """The copy says whose pictures they are, and what the child said."""

    def text(self, cast: Cast, assent: Assent) -> str:
        asker, picture = cast.alice, take_labelled(cast.alice, cast.pablo)
        people = People(signer="Greta Serrano", authority="Mother", interpreter="Ines Word")
        proposal = proposal_of(
            asker,
            cast.pablo,
            [picture],
            [Purpose.LECTURE],
            signer_role=SignerRole.GUARDIAN,
            people=people,
        )
        visit = visit_to(asker, proposal)
        look_at_all(visit)
        answer_all(visit, [Purpose.LECTURE])
        note_assent(visit, assent)
        sign_now(visit)
        return str(seen_text(copy_for_signer(visit, BASE, with_thumbnails=False).content))

    def test_a_childs_no_is_told_and_no_picture_may_be_used(self, cast: Cast) -> None:
        text = " ".join(self.text(cast, Assent.NO).split())
        assert "For Pablo Serrano" in text
        assert "The child said no" in text
        assert "May be used" not in text

    def test_a_childs_yes_stands_beside_the_signature(self, cast: Cast) -> None:
        text = " ".join(self.text(cast, Assent.YES).split())
        assert "The child, who said yes" in text
        assert "May be used" in text
        assert text.count("Signed on") == 1
