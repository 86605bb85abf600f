"""See it, then sign it: one act, or nothing."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from tests.cast import Cast
from tests.consenting import (
    SIGNATURE,
    agreement_to,
    answer_all,
    approved_form,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    version,
    visit_to,
)
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.errors import (
    AlreadySignedError,
    ChangedMeanwhileError,
    ChoiceMissingError,
    FormSupersededError,
    PictureGoneError,
    PictureNotSeenError,
    ProposalNotFoundError,
    SignatureEmptyError,
    SigningRefusedError,
)
from safelight.consent.models import Agreement, AgreementImage, Proposal
from safelight.consent.rules.signature import read_mark
from safelight.consent.services.deciding import answer_use
from safelight.consent.services.proposing import remove_picture
from safelight.consent.services.signing import sign
from safelight.consent.services.visiting import leave
from safelight.engines.policy import AgreementStatus
from safelight.photos.models import RenditionRow
from safelight.vault.custodians import agreements_with_keys, granted_key
from safelight.vault.errors import KeyMissingError
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

ONE, LECTURE = Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE


def test_a_yes_is_active_a_no_is_rejected_and_both_are_rows(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE], no=[LECTURE])
    assert agreement_to(visit, ONE).status == AgreementStatus.ACTIVE
    assert agreement_to(visit, LECTURE).status == AgreementStatus.REJECTED


def test_an_agreement_lists_what_was_shown_and_never_the_original(cast: Cast) -> None:
    kept, left_out = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [kept, left_out], [ONE], leave_out=[left_out])
    listed = AgreementImage.objects.filter(agreement=agreement_to(visit, ONE))
    assert set(listed.values_list("photograph", "rendition")) == {
        (kept, "display"),
        (kept, "thumbnail"),
    }


def test_only_what_is_listed_has_a_grant_under_the_agreement(cast: Cast) -> None:
    kept, left_out = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [kept, left_out], [ONE], leave_out=[left_out])
    agreement = agreement_to(visit, ONE).id
    for photograph in (kept, left_out):
        for rendition, object_id in renditions(photograph).items():
            if photograph == kept and rendition != "original":
                assert granted_key(object_id, CustodianKind.AGREEMENT, agreement)
            else:
                with pytest.raises(KeyMissingError):
                    granted_key(object_id, CustodianKind.AGREEMENT, agreement)


def renditions(photograph: UUID) -> dict[str, UUID]:
    return dict(RenditionRow.objects.filter(photograph=photograph).values_list("rendition", "id"))


def test_a_rejected_agreement_has_no_key_at_all(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE], no=[LECTURE])
    assert agreements_with_keys() == {agreement_to(visit, ONE).id}


def test_a_yes_without_any_picture_permits_nothing(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE], leave_out=[picture])
    assert agreement_to(visit, ONE).status == AgreementStatus.REJECTED


def test_a_picture_that_was_not_on_the_screen_cannot_be_signed_for(cast: Cast) -> None:
    visit = visit_to(
        cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    )
    answer_all(visit, [ONE])
    refuses(visit, PictureNotSeenError)


def test_every_question_needs_an_answer(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    look_at_all(visit)
    refuses(visit, ChoiceMissingError)


def test_the_second_device_is_told_that_it_was_signed_already(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    refuses(visit, AlreadySignedError)


def test_answers_that_changed_on_another_device_are_looked_at_again(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    look_at_all(visit)
    answer_all(visit, [ONE])
    seen = version(visit)
    answer_use(visit, agreement_to(visit, LECTURE).id, Answer.YES)
    with pytest.raises(ChangedMeanwhileError):
        sign(visit, SIGNATURE, seen)
    assert nothing_was_signed(visit)


def test_a_picture_taken_out_between_looking_and_signing_stops_the_signing(cast: Cast) -> None:
    pictures = [take(cast.alice, cast.petra), take(cast.alice, cast.petra)]
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, pictures))
    look_at_all(visit)
    answer_all(visit, [ONE])
    remove_picture(cast.alice, visit.proposal, pictures[0])
    refuses(visit, PictureGoneError)


def test_a_form_that_was_replaced_meanwhile_is_read_anew_first(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    look_at_all(visit)
    answer_all(visit, [ONE])
    approved_form()
    refuses(visit, FormSupersededError)


@pytest.mark.parametrize(
    "mark",
    [
        {},
        {"typed": ""},
        {"typed": " . "},
        {"strokes": []},
        {"strokes": [[[0.5, 0.5]]]},
        {"strokes": [[[0.5, 0.5], [0.51, 0.5]]]},
        {"strokes": [[[0.5, 2.0], [0.0, 0.0]]]},
        {"strokes": [[[0.5]]]},
        {"strokes": "M0 0"},
        {"strokes": [[["a", "b"]]]},
        {"strokes": [[[float("nan"), 0.1], [0.9, 0.9]]]},
        None,
        [],
        "Petra",
    ],
)
def test_a_dot_is_no_signature(mark: object) -> None:
    with pytest.raises(SignatureEmptyError):
        read_mark(mark)


def test_a_refusal_to_sign_is_an_event_with_its_reason(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    look_at_all(visit)
    refuses(visit, ChoiceMissingError)
    assert (
        Event.objects.filter(tag=EventTag.CONSENT_SIGNING_REFUSED.value, actor=visit.access).count()
        == 1
    )


def test_one_event_tells_of_the_signature_and_names_agreements_and_pictures(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE], no=[LECTURE])
    event = Event.objects.get(tag=EventTag.CONSENT_PROPOSAL_SIGNED.value)
    told = set(event.objects_told.values_list("object_id", flat=True))
    agreements = {agreement_to(visit, item).id for item in (ONE, LECTURE)}
    assert told == {visit.proposal, picture} | agreements
    assert (event.actor, event.subject) == (visit.access, cast.petra)


def refuses(visit, error: type[SigningRefusedError]) -> None:
    with pytest.raises(error):
        sign_now(visit)
    if error is not AlreadySignedError:
        assert nothing_was_signed(visit)


def nothing_was_signed(visit) -> bool:
    row = Proposal.objects.get(id=visit.proposal)
    statuses = set(Agreement.objects.filter(proposal=row).values_list("status", flat=True))
    return (
        row.signed_at is None
        and not bytes(row.sealed_record)
        and statuses == {AgreementStatus.PROPOSED.value}
        and not AgreementImage.objects.filter(agreement__proposal=row).exists()
    )


def test_nobody_signs_for_a_visit_that_is_over(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    look_at_all(visit)
    answer_all(visit, [ONE])
    leave(visit)
    refuses(visit, SigningRefusedError)


def test_a_proposal_of_nobody_cannot_be_signed(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    with pytest.raises(ProposalNotFoundError):
        sign(replace(visit, proposal=uuid4()), SIGNATURE, 0)
