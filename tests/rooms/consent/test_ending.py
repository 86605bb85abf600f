"""Agreements end at the commit, and their keys right after it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError
from tests.cast import PETRA, Cast
from tests.consenting import TEACHING, agreement_to, proposal_of, signed, visit_to
from tests.sessions import sit_down
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.errors import ProposalNotFoundError, VisitRefusedError
from safelight.consent.models import (
    Agreement,
    AgreementImage,
    PatientAccess,
    PatientSession,
)
from safelight.consent.rules.dates import add_months
from safelight.consent.services import ending
from safelight.consent.services.ending import enter_in_error, expire_due, sweep_keys, withdraw
from safelight.consent.services.proposing import close_proposal
from safelight.consent.services.visiting import enter, hand_over, invite
from safelight.consent.visits import find_visit, is_alive
from safelight.engines.policy import AgreementStatus
from safelight.people.presence import unlock
from safelight.vault.custodians import agreements_with_keys, establish, granted_key
from safelight.vault.errors import KeyMissingError
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING


def test_a_withdrawal_ends_that_one_agreement_and_its_key(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], TEACHING)
    withdraw(visit, agreement_to(visit, ONE).id)
    assert agreement_to(visit, ONE).status == AgreementStatus.INACTIVE
    assert agreement_to(visit, ONE).ended_because == "withdrawn"
    assert agreements_with_keys() == {agreement_to(visit, LECTURE).id}


def test_withdrawing_twice_is_one_event(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], TEACHING)
    for _ in range(2):
        withdraw(visit, agreement_to(visit, ONE).id)
    assert Event.objects.filter(tag=EventTag.CONSENT_AGREEMENT_WITHDRAWN.value).count() == 1


def test_nobody_withdraws_for_another_patient(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], TEACHING)
    other = replace(visit, patient=cast.pablo, proposal=UUID(int=7))
    with pytest.raises(ProposalNotFoundError):
        withdraw(other, agreement_to(visit, ONE).id)


def test_a_newer_word_about_a_picture_replaces_the_older_one(cast: Cast) -> None:
    first, second = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    old = agreement_to(signed(cast.alice, cast.petra, [first, second], [ONE]), ONE)
    signed(cast.alice, cast.petra, [first], [ONE])
    in_force = AgreementImage.objects.filter(agreement=old, ended_at=None)
    assert set(in_force.values_list("photograph", flat=True)) == {second}
    old.refresh_from_db()
    assert old.status == AgreementStatus.ACTIVE


def test_the_key_of_a_replaced_picture_leaves_the_older_agreement(cast: Cast) -> None:
    first, second = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    old = agreement_to(signed(cast.alice, cast.petra, [first, second], [ONE]), ONE)
    signed(cast.alice, cast.petra, [first], [], no=[ONE])
    for image in AgreementImage.objects.filter(agreement=old):
        if image.photograph_id == second:
            assert granted_key(image.object_id, CustodianKind.AGREEMENT, old.id)
        else:
            with pytest.raises(KeyMissingError):
                granted_key(image.object_id, CustodianKind.AGREEMENT, old.id)


def test_a_no_to_everything_an_older_yes_listed_ends_it(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    old = agreement_to(signed(cast.alice, cast.petra, [picture], [ONE]), ONE)
    signed(cast.alice, cast.petra, [picture], [], no=[ONE])
    old.refresh_from_db()
    assert (old.status, old.ended_because) == (AgreementStatus.INACTIVE, "superseded")
    assert agreements_with_keys() == set()


def test_a_word_about_another_use_replaces_nothing(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    old = agreement_to(signed(cast.alice, cast.petra, [picture], [ONE]), ONE)
    signed(cast.alice, cast.petra, [picture], [], no=[LECTURE])
    old.refresh_from_db()
    assert old.status == AgreementStatus.ACTIVE


def test_what_has_run_out_is_ended_and_shredded(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    agreement = agreement_to(visit, ONE)
    assert agreement.starts_on is not None
    assert agreement.months is not None
    assert agreement.ends_on == add_months(agreement.starts_on, agreement.months)
    assert expire_due() == 0
    Agreement.objects.update(ends_on=agreement.starts_on - timedelta(days=1))
    assert expire_due() == 1
    assert agreement_to(visit, ONE).ended_because == "expired"
    assert agreements_with_keys() == set()


def test_entered_in_error_is_kept_and_opens_nothing(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    enter_in_error(cast.alice, agreement_to(visit, ONE).id)
    assert agreement_to(visit, ONE).status == AgreementStatus.ENTERED_IN_ERROR
    assert agreements_with_keys() == set()


def test_who_does_not_treat_the_patient_corrects_nothing(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    with pytest.raises(ProposalNotFoundError):
        enter_in_error(cast.bob, agreement_to(visit, ONE).id)
    assert agreement_to(visit, ONE).status == AgreementStatus.ACTIVE


def test_a_key_that_a_crash_left_is_swept(cast: Cast) -> None:
    visit = visit_to(
        cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    )
    establish(CustodianKind.AGREEMENT, agreement_to(visit, ONE).id)
    establish(CustodianKind.AGREEMENT, UUID(int=3))
    assert sweep_keys() == 2
    assert agreements_with_keys() == set()


def test_a_keystore_that_fails_at_that_moment_does_not_undo_a_withdrawal(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])

    def fail(_agreement: UUID) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(ending, "shred_agreement", fail)
        withdraw(visit, agreement_to(visit, ONE).id)
    assert agreement_to(visit, ONE).status == AgreementStatus.INACTIVE
    assert agreements_with_keys() == {agreement_to(visit, ONE).id}
    assert sweep_keys() == 1
    assert agreements_with_keys() == set()


def test_a_key_in_use_is_not_swept(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    assert sweep_keys() == 0
    assert agreements_with_keys() == {agreement_to(visit, ONE).id}


def test_a_closed_request_permits_nothing_and_is_not_lost(cast: Cast) -> None:
    proposal = proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    close_proposal(cast.alice, proposal)
    ended = Agreement.objects.filter(proposal=proposal)
    assert set(ended.values_list("status", "ended_because")) == {("inactive", "not-answered")}


def test_a_closed_request_lets_nobody_in_any_more(cast: Cast) -> None:
    visit = visit_to(
        cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    )
    close_proposal(cast.alice, visit.proposal)
    assert not is_alive(visit)


def test_a_visit_ends_when_the_staff_are_awake_behind_it_however_that_came(cast: Cast) -> None:
    alice, _ = sit_down(cast.alice)
    proposal = proposal_of(alice, cast.petra, [take(alice, cast.petra)])
    cookie = hand_over(alice, proposal)
    assert find_visit(cookie) is not None
    unlock(alice.session_key)
    assert find_visit(cookie) is None


def test_a_session_that_was_given_to_another_signer_is_no_visit(cast: Cast) -> None:
    """Mallory has a link of her own and may write to the database."""
    petras = visit_to(
        cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    )
    hers = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)]))
    assert is_alive(hers)
    PatientSession.objects.filter(key=hers.key).update(access=petras.access)
    assert not is_alive(hers)


def test_an_access_that_was_given_to_another_request_is_no_way_in(cast: Cast) -> None:
    alice = cast.alice
    first = proposal_of(alice, cast.petra, [take(alice, cast.petra)])
    second = proposal_of(alice, cast.petra, [take(alice, cast.petra)])
    link = invite(alice, first)
    born = PETRA.birth_date
    assert find_visit(enter(link.letters, born, link.code)) is not None
    PatientAccess.objects.filter(id=link.access).update(proposal=second)
    with pytest.raises(VisitRefusedError):
        enter(link.letters, born, link.code)
