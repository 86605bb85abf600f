"""More can be covered, never less; what was agreed to goes on with what covers more."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    visit_to,
)
from tests.looking import asks, opens, reasons
from tests.preparing import FACE, ToldScanner, covering, face, prepare, scanner_that_finds, seated
from tests.taking import take

from safelight.consent.errors import PictureNotSeenError, WishOpenError, WishRefusedError
from safelight.consent.models import AgreementImage, Proposal
from safelight.consent.records import seen_pictures
from safelight.consent.services.deciding import answer_picture
from safelight.consent.services.ending import sweep_keys, withdraw
from safelight.consent.services.wishing import open_wishes, wish_for_covering
from safelight.consent.verification import differences
from safelight.engines.imaging import Mask, RedactionPlan
from safelight.engines.policy import Reason
from safelight.photos.models import RenditionRow
from safelight.photos.moving import MoveReason, move_photograph
from safelight.redaction.errors import UncoveredError
from safelight.redaction.models import Redaction, RedactionState
from safelight.redaction.rules import Draft
from safelight.redaction.selectors import checked, preparation
from safelight.redaction.services import approve, save_draft
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.release.signers import show_to_signer
from safelight.vault.custodians import granted_key, granted_objects
from safelight.vault.errors import KeyMissingError
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.identifiability import Fill, Region
from safelight.vocabulary.photograph import Rendition

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ONE, LECTURE = TEACHING
RING = Region(60, 30, 12, 12)


@pytest.fixture(autouse=True)
def told() -> Iterator[ToldScanner]:
    with scanner_that_finds([face()]) as scanner:
        yield scanner


def objects_of(picture: UUID) -> dict[str, UUID]:
    rows = RenditionRow.objects.filter(photograph=picture)
    return dict(rows.values_list("rendition", "id"))


def test_an_agreement_to_the_picture_goes_on_with_its_covered_form(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    agreement = agreement_to(visit, ONE).id
    prepare(cast.alice, picture)
    assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))
    assert reasons(asks(cast.theo, picture, ONE)) == {
        Reason.NO_AGREEMENT,
        Reason.PICTURE_NOT_LISTED,
    }
    found = objects_of(picture)
    covered = {found["redacted"], found["redacted-thumbnail"]}
    assert {item for _, item in granted_objects({agreement})} == covered
    with pytest.raises(KeyMissingError):
        granted_key(found["display"], CustodianKind.AGREEMENT, agreement)


def test_what_was_signed_is_still_what_was_signed(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    prepare(cast.alice, picture)
    prepare(cast.alice, picture, covering(FACE, RING))
    assert differences(visit.proposal) == []
    signed_for = AgreementImage.objects.filter(grown_from=None, rendition="display")
    signed_for.update(object_id=UUID(int=7))
    assert differences(visit.proposal) != []


@pytest.mark.parametrize(
    "less",
    [
        covering(),
        covering(RING),
        covering(Region(FACE.left + 1, FACE.top, FACE.width - 1, FACE.height)),
        Draft(RedactionPlan((Mask(FACE, Fill.MOSAIC),))),
    ],
    ids=["nothing", "something else", "a pixel less", "mosaic for solid"],
)
def test_a_newer_version_never_shows_what_the_one_in_use_hides(cast: Cast, less: Draft) -> None:
    picture = take(cast.alice, cast.petra)
    alice = prepare(cast.alice, picture)
    with pytest.raises(UncoveredError):
        save_draft(alice, picture, Draft(less.plan, (), covering().answers))


def test_a_draft_from_before_cannot_take_the_place_of_a_version_that_hides_more(cast: Cast) -> None:
    """Two drafts cannot be: of two who approve, the second meets what the first did."""
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture, covering(FACE))
    alice = seated(cast.alice)
    save_draft(alice, picture, covering(FACE, RING))
    version = checked(alice, picture).version
    in_use = Redaction.objects.get(state=RedactionState.APPROVED)
    assert preparation(alice, picture).floor.masks == (Mask(FACE),)
    approve(alice, picture, version, {})
    in_use.refresh_from_db()
    assert in_use.state == RedactionState.REPLACED
    with pytest.raises(UncoveredError):
        save_draft(alice, picture, covering(FACE))


def test_the_covered_pixels_come_from_the_original_and_are_gone(cast: Cast) -> None:
    """The second version hides the ring; the first is opened by no agreement any more."""
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    first = objects_of(picture)["redacted"]
    prepare(cast.alice, picture, covering(FACE, RING))
    second = objects_of(picture)["redacted"]
    agreement = agreement_to(visit, ONE).id
    assert first not in {item for _, item in granted_objects({agreement})}
    assert second in {item for _, item in granted_objects({agreement})}
    assert differences(visit.proposal) == []


def test_withdrawal_still_ends_everything(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    prepare(cast.alice, picture)
    agreement = agreement_to(visit, ONE).id
    withdraw(visit, agreement)
    assert not opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))
    assert granted_objects({agreement}) == set()


def test_a_sweep_after_growing_changes_nothing(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    prepare(cast.alice, picture)
    before = granted_objects({agreement_to(visit, ONE).id})
    sweep_keys()
    assert granted_objects({agreement_to(visit, ONE).id}) == before
    assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))


def test_an_agreement_about_other_pictures_learns_nothing(cast: Cast) -> None:
    one, other = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [one, other], [ONE], leave_out=[other])
    prepare(cast.alice, other)
    assert not opens(asks(cast.theo, other, ONE, Rendition.REDACTED))
    listed = {item for _, item in granted_objects({agreement_to(visit, ONE).id})}
    assert not listed & set(objects_of(other).values())


class TestTheSigner:
    def test_sees_the_very_form_that_would_be_used(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.petra)
        alice = prepare(cast.alice, picture)
        covered = open_photograph(Asked(alice.session_key, picture, Rendition.REDACTED)).content
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        assert show_to_signer(visit, picture, Rendition.DISPLAY).content == covered
        (seen,) = seen_pictures(Proposal.objects.get(id=visit.proposal))
        assert seen.object_id == objects_of(picture)["redacted"]
        assert seen.rendition == "redacted"

    def test_looks_again_when_more_was_covered_meanwhile(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        look_at_all(visit)
        answer_all(visit, [ONE])
        prepare(cast.alice, picture)
        with pytest.raises(PictureNotSeenError):
            sign_now(visit)
        look_at_all(visit)
        sign_now(visit)
        assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))
        assert not opens(asks(cast.theo, picture, ONE))

    def test_asks_for_more_and_meanwhile_cannot_say_yes(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        look_at_all(visit)
        answer_all(visit, [ONE])
        wish_for_covering(visit, picture, "  my ring,\n please ")
        with pytest.raises(WishOpenError):
            answer_picture(visit, picture, Answer.YES)
        answer_picture(visit, picture, Answer.NO)
        assert [wish.text for wish in open_wishes(picture)] == ["my ring, please"]
        assert preparation(seated(cast.alice), picture).wishes == open_wishes(picture)

    def test_is_shown_what_was_covered_for_them_and_then_signs(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        look_at_all(visit)
        wish_for_covering(visit, picture, "my ring")
        prepare(cast.alice, picture, covering(FACE, RING))
        assert open_wishes(picture) == []
        look_at_all(visit)
        answer_all(visit, [ONE])
        sign_now(visit)
        assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))

    def test_with_an_open_wish_nothing_is_signed_by_any_way(self, cast: Cast) -> None:
        """The answer is put back by whoever writes to the database; the wish still stands."""
        picture = take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        look_at_all(visit)
        answer_all(visit, [ONE])
        before = Proposal.objects.get(id=visit.proposal).sealed_draft
        wish_for_covering(visit, picture, "my ring")
        Proposal.objects.filter(id=visit.proposal).update(sealed_draft=before)
        with pytest.raises(WishOpenError):
            sign_now(visit)

    @pytest.mark.parametrize("words", ["", "  ", "no", "x" * 501])
    def test_says_what_is_to_be_covered(self, cast: Cast, words: str) -> None:
        picture = take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        with pytest.raises(WishRefusedError):
            wish_for_covering(visit, picture, words)

    def test_of_a_wish_nothing_stands_in_clear(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        wish_for_covering(visit, picture, "canary ring")
        row = Proposal.objects.get(id=visit.proposal).pictures.get()
        assert b"canary" not in bytes(row.sealed_wish)


def test_a_moved_picture_takes_no_covered_form_along_and_leaves_none_that_opens(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    covered = objects_of(picture)["redacted"]
    moved = move_photograph(
        picture, cast.pablo, actor=cast.alice.staff, reason=MoveReason.WRONG_PATIENT_OPEN
    )
    assert set(objects_of(moved)) == {"original", "display", "thumbnail"}
    for owner in (cast.petra, cast.pablo):
        with pytest.raises(KeyMissingError):
            granted_key(covered, CustodianKind.CARE, owner)
    alice = prepare(cast.alice, moved)
    assert open_photograph(Asked(alice.session_key, moved, Rendition.REDACTED)).content
