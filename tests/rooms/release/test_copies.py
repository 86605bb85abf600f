"""The copy in the patient's hands."""

import pytest
from tests.cast import Cast
from tests.consenting import proposal_of, signed, visit_to
from tests.taking import take_labelled

from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.models import CopyDocument
from safelight.consent.seals import current_seal
from safelight.engines.documents import verify_pdf
from safelight.release.copies import copy_for_signer
from safelight.vocabulary.purposes import Purpose

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
