"""Taking back: what ends at the commit, for whom, and what goes on."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from tests.cast import Cast
from tests.consenting import TEACHING, agreement_to, signed
from tests.looking import asks, opens, reasons
from tests.pictures import Sending
from tests.recalling import lines, states_of, takes_back, takes_back_by_phone
from tests.sharing import agreed
from tests.taking import jpeg, seal, take, take_labelled

from safelight.audit.models import Event
from safelight.capture.models import Upload, UploadState
from safelight.capture.services.receiving import receive
from safelight.capture.verification import verify_waiting
from safelight.consent.errors import ProposalNotFoundError, WithdrawalRefusedError
from safelight.consent.models import AgreementImage
from safelight.engines.policy import AgreementStatus, Reason
from safelight.institution.models import RetentionVersion
from safelight.people.merging import merge_patients
from safelight.people.services import break_glass
from safelight.photos.errors import PhotographNotFoundError
from safelight.photos.models import Photograph, RenditionRow
from safelight.photos.moving import MoveReason
from safelight.photos.selectors import photograph, timeline_photographs
from safelight.recall import custody, targets
from safelight.recall.errors import ScopeRefusedError
from safelight.recall.models import LegalCustody, Withdrawal
from safelight.recall.services.cascade import carry_out, carry_out_all
from safelight.recall.services.withdrawing import Order, withdraw_for
from safelight.release.changes import move
from safelight.vault.custodians import agreements_with_keys
from safelight.vault.keystore.models import Grant
from safelight.vault.ports import blob_store
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import BreakGlassReason, PhotographState, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, WithdrawalScope
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING
USE, ALL_USES = WithdrawalScope.USE, WithdrawalScope.ALL_USES
PICTURE, PICTURE_USES = WithdrawalScope.PICTURE, WithdrawalScope.PICTURE_USES
EVERYTHING = WithdrawalScope.EVERYTHING


def everything_is_erased() -> None:
    """The institution decided that nothing has to be kept."""
    rule = {"fate": "erase", "years": 1, "ground": "Nothing obliges us to keep these pictures."}
    RetentionVersion.objects.create(rules={item.value: rule for item in Sensitivity})


def state_of(picture: UUID) -> PhotographState:
    return PhotographState(Photograph.objects.get(id=picture).state)


def test_one_use_is_taken_back_and_the_other_goes_on(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    row = takes_back(visit, USE, agreement_to(visit, ONE).id)
    assert Reason.AGREEMENT_ENDED in reasons(asks(cast.theo, picture, ONE))
    assert opens(asks(cast.theo, picture, LECTURE))
    assert opens(asks(cast.alice, picture, Purpose.TREATMENT))
    assert lines(row) == {
        (ConsequenceKind.AGREEMENT, agreement_to(visit, ONE).id): ConsequenceState.ERASED
    }
    row.refresh_from_db()
    assert row.closed_at is not None


def test_one_picture_leaves_every_use_and_the_others_stay(cast: Cast) -> None:
    gone, kept = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [gone, kept], TEACHING)
    takes_back(visit, PICTURE_USES, gone)
    for purpose in TEACHING:
        assert not opens(asks(cast.theo, gone, purpose))
        assert opens(asks(cast.theo, kept, purpose))
    assert opens(asks(cast.alice, gone, Purpose.TREATMENT))
    left = set(AgreementImage.objects.filter(ended_at=None).values_list("object_id", flat=True))
    held = Grant.objects.filter(custodian__kind="agreement").values_list("object_id", flat=True)
    assert set(held) == left


def test_an_agreement_that_is_left_without_a_picture_is_over(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    takes_back(visit, PICTURE_USES, picture)
    assert agreement_to(visit, ONE).status == AgreementStatus.INACTIVE
    assert agreements_with_keys() == set()


def test_all_uses_are_taken_back_at_once(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    takes_back(visit, ALL_USES)
    assert not any(opens(asks(cast.theo, picture, purpose)) for purpose in TEACHING)
    assert opens(asks(cast.alice, picture, Purpose.TREATMENT))
    assert agreements_with_keys() == set()


def test_everything_leaves_the_record_and_is_locked_while_no_rule_says_otherwise(
    cast: Cast,
) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    row = takes_back(visit, EVERYTHING)
    assert Reason.PICTURE_TAKEN_BACK in reasons(asks(cast.alice, picture, Purpose.TREATMENT))
    assert timeline_photographs(cast.petra, cast.alice.staff) == []
    with pytest.raises(PhotographNotFoundError):
        photograph(picture)
    assert states_of(row, ConsequenceKind.PICTURE) == [ConsequenceState.SEALED]
    assert state_of(picture) is PhotographState.LEGAL_CUSTODY
    held = Grant.objects.values_list("custodian__kind", flat=True)
    assert set(held) <= {"legal"}, "nobody but legal custody can open it"
    assert LegalCustody.objects.get(photograph=picture).keep_until is not None


def test_a_picture_that_nothing_obliges_to_keep_is_erased(cast: Cast) -> None:
    everything_is_erased()
    picture = take_labelled(cast.alice, cast.petra)
    objects = list(RenditionRow.objects.values_list("id", flat=True))
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    row = takes_back(visit, PICTURE, picture)
    assert states_of(row, ConsequenceKind.PICTURE) == [ConsequenceState.ERASED]
    assert not Grant.objects.filter(object_id__in=objects).exists()
    assert not {item for item, _ in blob_store().ids()} & set(objects)
    left = Photograph.objects.get(id=picture)
    assert state_of(picture) is PhotographState.ERASED
    assert (left.body_site, bytes(left.sealed_facts), bytes(left.content_token)) == ("", b"", b"")
    assert not RenditionRow.objects.exists()
    assert Event.objects.filter(tag=EventTag.PHOTOGRAPH_ERASED.value).count() == 1


def test_pictures_of_another_patient_stay_as_they_are(cast: Cast) -> None:
    theirs, other = take(cast.alice, cast.petra), take(cast.alice, cast.pablo)
    visit = signed(cast.alice, cast.petra, [theirs], [ONE])
    takes_back(visit, EVERYTHING)
    assert state_of(other) is PhotographState.VERIFIED


def test_taking_back_twice_is_one_withdrawal(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    first, second = takes_back(visit, EVERYTHING), takes_back(visit, EVERYTHING)
    assert first == second
    assert Event.objects.filter(tag=EventTag.RECALL_WITHDRAWN.value).count() == 1


def test_a_picture_on_its_way_in_is_withdrawn_at_its_birth(cast: Cast) -> None:
    """Its upload began before the patient took all back, and it was whole only after."""
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    sending = Sending(jpeg(7), cast.petra)
    with suppress(SafelightError):  # the connection ends before the picture is whole
        receive(cast.alice, sending.promise, 0, sending.pieces(0, 100))
    row = takes_back(visit, EVERYTHING)
    answer = receive(cast.alice, sending.promise, 0, sending.pieces())
    assert answer.photograph is not None
    assert state_of(answer.photograph) is PhotographState.WITHDRAWN
    verify_waiting()
    carry_out_all()
    assert state_of(answer.photograph) is PhotographState.LEGAL_CUSTODY
    assert lines(row)[ConsequenceKind.PICTURE, answer.photograph] is ConsequenceState.SEALED


def test_a_picture_whose_upload_was_given_up_and_is_sent_again_later_is_withdrawn_too(
    cast: Cast,
) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    sending = Sending(jpeg(7), cast.petra)
    with suppress(SafelightError):
        receive(cast.alice, sending.promise, 0, sending.pieces(0, 100))
    Upload.objects.filter(id=sending.upload).update(state=UploadState.ABANDONED)
    takes_back(visit, EVERYTHING)
    answer = receive(cast.alice, sending.promise, 0, sending.pieces())
    assert answer.photograph is not None
    assert state_of(answer.photograph) is PhotographState.WITHDRAWN


def test_a_picture_that_lay_in_a_wrong_record_then_is_withdrawn_when_it_comes_home(
    cast: Cast,
) -> None:
    """The patient took all back and could not see that one; nobody sees it in their record."""
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    elsewhere = take(cast.alice, cast.pablo, jpeg(7))
    received = Photograph.objects.get(id=elsewhere).received_at
    row = takes_back(visit, EVERYTHING)
    later = take(cast.alice, cast.pablo, jpeg(8))
    home, kept = move(cast.alice, [elsewhere, later], cast.petra, MoveReason.WRISTBAND)
    assert state_of(home) is PhotographState.WITHDRAWN
    assert Photograph.objects.get(id=home).received_at == received, "it is kept from that day on"
    assert not opens(asks(cast.alice, home, Purpose.TREATMENT))
    carry_out_all()
    assert lines(row)[ConsequenceKind.PICTURE, home] is ConsequenceState.SEALED
    assert opens(asks(cast.alice, kept, Purpose.TREATMENT))


def test_of_two_records_of_one_person_either_takes_back_what_is_on_its_way(cast: Cast) -> None:
    """The upload began for one record; all was taken back there, and then it was merged."""
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    sending = Sending(jpeg(7), cast.petra)
    with suppress(SafelightError):
        receive(cast.alice, sending.promise, 0, sending.pieces(0, 100))
    takes_back(visit, EVERYTHING)
    merge_patients(cast.petra, cast.pablo, actor=None)
    answer = receive(cast.alice, sending.promise, 0, sending.pieces())
    assert answer.photograph is not None
    assert state_of(answer.photograph) is PhotographState.WITHDRAWN


def test_a_picture_that_is_sealed_and_not_verified_leaves_as_well(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    waiting = seal(cast.alice, cast.petra)
    takes_back(visit, EVERYTHING)
    verify_waiting()
    assert state_of(waiting) is PhotographState.LEGAL_CUSTODY


def test_a_picture_that_is_taken_later_is_kept(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    takes_back(visit, EVERYTHING)
    later = take(cast.alice, cast.petra)
    assert opens(asks(cast.alice, later, Purpose.TREATMENT))


@pytest.mark.parametrize("scope", [PICTURE, EVERYTHING])
def test_only_the_patient_in_person_takes_pictures_out_of_the_record(
    cast: Cast, scope: WithdrawalScope
) -> None:
    picture = take(cast.alice, cast.petra)
    visit = agreed(cast.alice, cast.petra, [picture], signer=SignerRole.PROXY)
    with pytest.raises(ScopeRefusedError):
        takes_back(visit, scope, picture if scope is PICTURE else None)
    assert state_of(picture) is PhotographState.VERIFIED


@pytest.mark.parametrize("scope", [USE, PICTURE, PICTURE_USES])
def test_what_is_not_theirs_is_not_there(cast: Cast, scope: WithdrawalScope) -> None:
    other = take(cast.alice, cast.pablo)
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    for target in (other, uuid4(), None):
        with pytest.raises(ProposalNotFoundError):
            takes_back(visit, scope, target)
    assert not Withdrawal.objects.exists()


def test_an_order_about_all_names_no_target(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    with pytest.raises(ProposalNotFoundError):
        takes_back(visit, ALL_USES, agreement_to(visit, ONE).id)


def test_a_visit_that_is_over_takes_nothing_back(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    over = replace(visit, key="nobody's")
    with pytest.raises(ProposalNotFoundError):
        takes_back(over, ALL_USES)
    assert agreement_to(visit, ONE).status == AgreementStatus.ACTIVE


def test_alice_takes_the_call_and_notes_how_she_knew_who_it_was(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    row = takes_back_by_phone(cast.alice, cast.petra, EVERYTHING)
    assert (row.channel, row.taken_by_id) == ("staff", cast.alice.staff)
    assert not opens(asks(cast.theo, picture, ONE))
    assert agreement_to(visit, ONE).ended_because == "withdrawn"


def test_nobody_is_believed_without_a_check(cast: Cast) -> None:
    signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], TEACHING)
    with pytest.raises(WithdrawalRefusedError):
        withdraw_for(cast.alice, cast.petra, Order(EVERYTHING), "   ")


def test_charlie_takes_no_call_for_a_patient_he_does_not_treat(cast: Cast) -> None:
    signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], TEACHING)
    with pytest.raises(ProposalNotFoundError):
        takes_back_by_phone(cast.charlie, cast.petra, EVERYTHING)


@pytest.mark.parametrize("scope", [PICTURE, EVERYTHING])
def test_who_only_broke_the_glass_destroys_nothing(cast: Cast, scope: WithdrawalScope) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    break_glass(cast.charlie, cast.petra, BreakGlassReason.EMERGENCY, "He was called to the ward.")
    target = picture if scope is PICTURE else None
    with pytest.raises(WithdrawalRefusedError):
        takes_back_by_phone(cast.charlie, cast.petra, scope, target)
    assert state_of(picture) is PhotographState.VERIFIED
    takes_back_by_phone(cast.charlie, cast.petra, ALL_USES)
    assert agreement_to(visit, ONE).status == AgreementStatus.INACTIVE


def test_the_worker_finishes_what_a_crash_left(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process died right after the commit: dark already, and carried out by whoever comes next."""
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    with monkeypatch.context() as dead:
        dead.setattr("safelight.recall.services.withdrawing._begin", lambda _withdrawal: None)
        row = takes_back(visit, EVERYTHING)
    assert not opens(asks(cast.alice, picture, Purpose.TREATMENT))
    assert row.planned_at is None
    assert carry_out_all() > 0
    row.refresh_from_db()
    assert row.closed_at is not None
    assert carry_out(row.id) == 0


def test_one_line_that_fails_keeps_no_other_from_its_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [bad, good], [ONE])
    real = custody.take_into_custody

    def fails_once(keep_until: Mapping[UUID, date | None]) -> None:
        if bad in keep_until:
            raise OSError("no space left on device")
        real(keep_until)

    with monkeypatch.context() as full:
        full.setattr(targets, "take_into_custody", fails_once)
        row = takes_back(visit, EVERYTHING)
    assert lines(row)[ConsequenceKind.PICTURE, bad] is ConsequenceState.WAITING
    assert lines(row)[ConsequenceKind.PICTURE, good] is ConsequenceState.SEALED
    assert not opens(asks(cast.alice, bad, Purpose.TREATMENT))
    carry_out_all()
    assert lines(row)[ConsequenceKind.PICTURE, bad] is ConsequenceState.SEALED
