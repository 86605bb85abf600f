"""On the word of staff that a patient called, pictures go dark at once and are destroyed a week later."""

from datetime import timedelta
from importlib import import_module
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from tests.cast import Cast
from tests.keeping import (
    GROUND,
    erasing_rules,
    hold,
    sealing_rules,
    settled,
    visit_of_petra,
    withdrawn,
    withdrawn_by_phone,
)
from tests.taking import take_labelled

from safelight.photos.models import Photograph
from safelight.photos.moving import MoveReason, move_photograph
from safelight.recall import certificate
from safelight.recall.certificate import certify_due, newest_certificate, statement_of
from safelight.recall.fates import AFTER_CALL, last_day, today_here
from safelight.recall.models import Certificate, LegalCustody, Withdrawal
from safelight.recall.selectors import withdrawal_of
from safelight.recall.services import withdrawing
from safelight.recall.services.cascade import carry_out_all, plan
from safelight.recall.services.holding import lift_hold
from safelight.recall.services.keeping import erase_due_custody
from safelight.recall.services.withdrawing import Order, withdraw
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.recall import WithdrawalScope
from safelight.web.portal.consequences import told

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
DAY = timedelta(days=1)


@pytest.fixture
def picture(cast: Cast) -> UUID:
    """Of a class that the rules erase at once."""
    erasing_rules()
    return take_labelled(cast.alice, cast.petra)


def state_of(photograph: UUID) -> PhotographState:
    return PhotographState(Photograph.objects.get(id=photograph).state)


def a_week_later(photograph: UUID) -> None:
    rows = LegalCustody.objects.filter(photograph=photograph)
    rows.update(keep_until=today_here() - DAY)


def test_what_the_rules_erase_is_locked_for_a_week_and_then_erased(
    cast: Cast, picture: UUID
) -> None:
    settled(withdrawn_by_phone(cast, picture))
    assert state_of(picture) is PhotographState.LEGAL_CUSTODY
    assert LegalCustody.objects.get().keep_until == today_here() + AFTER_CALL
    assert erase_due_custody() == 0
    a_week_later(picture)
    assert erase_due_custody() == 1
    assert state_of(picture) is PhotographState.ERASED


def test_the_patients_own_word_erases_at_once(cast: Cast, picture: UUID) -> None:
    settled(withdrawn(cast, picture))
    assert state_of(picture) is PhotographState.ERASED


def test_a_hold_that_is_placed_in_that_week_keeps_it(cast: Cast, picture: UUID) -> None:
    settled(withdrawn_by_phone(cast, picture))
    stands = hold(cast.priya, cast.petra)
    a_week_later(picture)
    assert erase_due_custody() == 0
    lift_hold(cast.priya, stands)
    assert erase_due_custody() == 1


def test_a_hold_that_is_lifted_within_the_week_does_not_shorten_it(
    cast: Cast, picture: UUID
) -> None:
    stands = hold(cast.priya, cast.petra)
    settled(withdrawn_by_phone(cast, picture))
    lift_hold(cast.priya, stands)
    assert erase_due_custody() == 0
    assert LegalCustody.objects.get().keep_until == today_here() + AFTER_CALL


def test_a_class_whose_years_are_over_waits_for_the_week_as_well(cast: Cast, picture: UUID) -> None:
    sealing_rules(years=3)
    Photograph.objects.filter(id=picture).update(received_at=timezone.now() - 1461 * DAY)
    settled(withdrawn_by_phone(cast, picture))
    assert LegalCustody.objects.get().keep_until == today_here() + AFTER_CALL


@pytest.mark.parametrize("is_carried_out", [False, True])
def test_when_the_patient_says_the_same_it_is_erased_at_once(
    cast: Cast, picture: UUID, *, is_carried_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = visit_of_petra(cast, picture)
    with monkeypatch.context() as patched:
        if not is_carried_out:
            patched.setattr(withdrawing, "_begin", lambda withdrawal: None)
        noted = withdrawn_by_phone(cast, picture)
        if not is_carried_out:
            plan(noted)
    own = withdraw(visit, Order(WithdrawalScope.PICTURE, picture))
    assert own != noted
    assert state_of(picture) is PhotographState.ERASED
    carry_out_all()
    erase_due_custody()
    for withdrawal in (noted, own):
        newest = newest_certificate(withdrawal)
        assert newest.is_final
        assert "erased" in [item["state"] for item in statement_of(newest)["lines"]]
    assert withdraw(visit, Order(WithdrawalScope.PICTURE, picture)) in (noted, own)
    assert certify_due() == 0


def test_what_the_patient_says_as_well_stays_under_a_hold_and_goes_with_it(
    cast: Cast, picture: UUID
) -> None:
    visit = visit_of_petra(cast, picture)
    settled(withdrawn_by_phone(cast, picture))
    stands = hold(cast.priya, cast.petra)
    settled(withdraw(visit, Order(WithdrawalScope.EVERYTHING)))
    assert (state_of(picture), erase_due_custody()) == (PhotographState.LEGAL_CUSTODY, 0)
    lift_hold(cast.priya, stands)
    assert erase_due_custody() == 1


def test_what_the_law_keeps_is_kept_for_its_years_whatever_the_patient_says_as_well(
    cast: Cast, picture: UUID
) -> None:
    sealing_rules(years=3)
    visit = visit_of_petra(cast, picture)
    settled(withdrawn_by_phone(cast, picture))
    withdraw(visit, Order(WithdrawalScope.PICTURE, picture))
    assert LegalCustody.objects.get().keep_until == last_day(today_here(), 3)


def test_what_the_law_keeps_is_kept_for_its_years(cast: Cast, picture: UUID) -> None:
    sealing_rules(years=3)
    settled(withdrawn_by_phone(cast, picture))
    assert LegalCustody.objects.get().keep_until == last_day(today_here(), 3)


def test_the_patient_reads_that_staff_took_it_back_and_what_to_do_and_of_no_law(
    cast: Cast, picture: UUID
) -> None:
    withdrawal = withdrawn_by_phone(cast, picture)
    settled(withdrawal)
    said = told(withdrawal_of(cast.alice, cast.petra, withdrawal))
    assert said.kept == ()
    (line,) = said.waiting
    assert "Staff took this back for you." in line.more[1]
    assert line.grounds == ()
    waits, locked = statement_of(newest_certificate(withdrawal))["kept_by_law"]
    assert waits.startswith("Staff took it back for you.")
    assert "two people" in locked


def test_what_the_law_keeps_is_told_with_its_ground_and_not_with_the_week(
    cast: Cast, picture: UUID
) -> None:
    sealing_rules(years=3)
    withdrawal = withdrawn_by_phone(cast, picture)
    settled(withdrawal)
    said_here = told(withdrawal_of(cast.alice, cast.petra, withdrawal))
    assert said_here.waiting == ()
    (line,) = said_here.kept
    assert (len(line.more), line.grounds) == (1, (GROUND,))
    said = statement_of(newest_certificate(withdrawal))["kept_by_law"]
    assert not any("Staff took it back" in sentence for sentence in said)


def test_when_what_was_locked_is_erased_there_is_another_certificate_and_no_third(
    cast: Cast, picture: UUID
) -> None:
    withdrawal = withdrawn_by_phone(cast, picture)
    settled(withdrawal)
    assert (certify_due(), certify_due()) == (1, 0)
    first = newest_certificate(withdrawal)
    assert (first.number, first.is_final) == (1, False)
    a_week_later(picture)
    erase_due_custody()
    assert (certify_due(), certify_due()) == (1, 0)
    last = newest_certificate(withdrawal)
    assert (last.number, last.is_final) == (2, True)
    assert [item["state"] for item in statement_of(last)["lines"]] == ["withdrawn", "erased"]
    assert statement_of(last)["kept_by_law"] == []


def test_moving_a_picture_into_a_record_that_was_taken_back_does_not_destroy_it_at_once(
    cast: Cast, picture: UUID
) -> None:
    others = take_labelled(cast.alice, cast.pablo)
    settled(withdraw(visit_of_petra(cast, picture), Order(WithdrawalScope.EVERYTHING)))
    moved = move_photograph(
        others, cast.petra, actor=cast.alice.staff, reason=MoveReason.WRONG_PATIENT_OPEN
    )
    carry_out_all()
    assert (state_of(moved), erase_due_custody()) == (PhotographState.LEGAL_CUSTODY, 0)
    assert LegalCustody.objects.get().keep_until == today_here() + AFTER_CALL


def test_a_certificate_that_fails_keeps_nobody_from_theirs(
    cast: Cast, picture: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = take_labelled(cast.alice, cast.petra)
    failing, waiting = withdrawn_by_phone(cast, picture), withdrawn_by_phone(cast, other)
    usual = certificate.certify

    def certify(withdrawal: UUID) -> Certificate | None:
        if withdrawal == failing:
            raise KeyMissingError
        return usual(withdrawal)

    monkeypatch.setattr(certificate, "certify", certify)
    assert certify_due() == 1
    assert Certificate.objects.get().withdrawal_id == waiting


def test_a_certificate_of_before_ends_were_counted_twice_comes_again_without_news_to_nobody(
    cast: Cast, picture: UUID
) -> None:
    withdrawal = withdrawn(cast, picture)
    settled(withdrawal)
    assert certify_due() == 1
    lines = Withdrawal.objects.get(id=withdrawal).consequences.count()
    Certificate.objects.update(ends_told=lines)  # as it was counted then
    migration = import_module("safelight.recall.migrations.0005_certificates_of_what_was_locked")
    migration.count_what_was_told_as_erased(apps, connection.schema_editor())
    assert certify_due() == 0
