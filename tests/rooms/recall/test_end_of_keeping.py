"""What the law made the institution keep is erased when its time is over, and not a day before."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.at_once import at_once
from tests.cast import Cast
from tests.keeping import (
    erasing_rules,
    hold,
    in_custody,
    sealing_rules,
    settled,
    withdrawn,
)
from tests.taking import take_labelled

from safelight.audit.models import Event
from safelight.photos.models import Photograph, RenditionRow
from safelight.recall import custody
from safelight.recall.fates import last_day, today_here
from safelight.recall.models import Consequence, LegalCustody, LegalHold
from safelight.recall.services import keeping
from safelight.recall.services.holding import lift_hold
from safelight.recall.services.keeping import erase_due_custody
from safelight.vault.ports import blob_store
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
DAY = timedelta(days=1)


def kept(photograph: UUID) -> LegalCustody:
    return LegalCustody.objects.get(photograph=photograph)


def kept_till(photograph: UUID, day: date) -> None:
    LegalCustody.objects.filter(photograph=photograph).update(keep_until=day)


def state_of(photograph: UUID) -> PhotographState:
    return PhotographState(Photograph.objects.get(id=photograph).state)


def lines_of(photograph: UUID) -> set[str]:
    rows = Consequence.objects.filter(kind=ConsequenceKind.PICTURE.value, target=photograph)
    return set(rows.values_list("state", flat=True))


def over(hold_id: UUID) -> None:
    """Its last day was yesterday, and nobody looked at it again."""
    LegalHold.objects.filter(id=hold_id).update(ends_on=today_here() - DAY)


def test_it_is_kept_as_many_years_as_the_rule_says_from_the_day_it_came(cast: Cast) -> None:
    sealing_rules(years=3)
    photograph = in_custody(cast)
    assert kept(photograph).keep_until == last_day(today_here(), 3)


def test_the_last_day_of_a_leap_day_is_the_28th() -> None:
    assert last_day(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert last_day(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_on_its_last_day_it_is_kept_still_and_on_the_next_it_is_erased(cast: Cast) -> None:
    photograph = in_custody(cast)
    (original,) = RenditionRow.objects.filter(photograph=photograph).values_list("id", flat=True)
    kept_till(photograph, today_here())
    assert erase_due_custody() == 0
    assert state_of(photograph) is PhotographState.LEGAL_CUSTODY
    kept_till(photograph, today_here() - DAY)
    assert erase_due_custody() == 1
    assert state_of(photograph) is PhotographState.ERASED
    assert original not in {object_id for object_id, _ in blob_store().ids()}
    assert not LegalCustody.objects.exists()
    assert lines_of(photograph) == {ConsequenceState.ERASED.value}


def test_its_end_stands_in_the_record_once(cast: Cast) -> None:
    photograph = in_custody(cast)
    kept_till(photograph, today_here() - DAY)
    assert [erase_due_custody(), erase_due_custody()] == [1, 0]
    told = Event.objects.filter(
        tag=EventTag.PHOTOGRAPH_ERASED.value, objects_told__object_id=photograph
    )
    assert told.count() == 1


def test_a_hold_that_came_later_keeps_it_past_its_day_and_till_the_hold_ends(cast: Cast) -> None:
    photograph = in_custody(cast)
    stands = hold(cast.priya, cast.petra)
    kept_till(photograph, today_here() - DAY)
    assert erase_due_custody() == 0
    lift_hold(cast.priya, stands)
    assert erase_due_custody() == 1


def test_a_hold_on_its_stay_keeps_it_although_its_labels_are_under_lock(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    Photograph.objects.filter(id=photograph).update(encounter=cast.petras_encounter)
    settled(withdrawn(cast, photograph))
    assert Photograph.objects.get(id=photograph).encounter_id is None
    stands = hold(cast.priya, cast.petra, cast.petras_encounter)
    kept_till(photograph, today_here() - DAY)
    assert erase_due_custody() == 0
    over(stands)
    assert erase_due_custody() == 1


def test_what_only_a_hold_kept_gets_its_day_by_the_rule_when_the_hold_ends(cast: Cast) -> None:
    sealing_rules(years=5)
    stands = hold(cast.priya, cast.petra)
    photograph = in_custody(cast)
    assert kept(photograph).keep_until is None
    assert erase_due_custody() == 0
    lift_hold(cast.priya, stands)
    assert erase_due_custody() == 0
    assert kept(photograph).keep_until == last_day(today_here(), 5)


def test_and_is_erased_then_if_the_rule_erases(cast: Cast) -> None:
    erasing_rules()
    stands = hold(cast.priya, cast.petra)
    photograph = in_custody(cast)
    over(stands)
    assert erase_due_custody() == 1
    assert state_of(photograph) is PhotographState.ERASED


def test_rules_that_change_later_change_nothing_for_what_was_taken_back(cast: Cast) -> None:
    sealing_rules(years=5)
    stands = hold(cast.priya, cast.petra)
    photograph = in_custody(cast)
    erasing_rules()
    lift_hold(cast.priya, stands)
    assert erase_due_custody() == 0
    assert kept(photograph).keep_until == last_day(today_here(), 5)


def test_one_of_two_holds_that_ends_frees_nothing(cast: Cast) -> None:
    erasing_rules()
    first, second = hold(cast.priya, cast.petra), hold(cast.priya, cast.petra)
    photograph = in_custody(cast)
    lift_hold(cast.priya, first)
    assert erase_due_custody() == 0
    lift_hold(cast.priya, second)
    assert erase_due_custody() == 1
    assert state_of(photograph) is PhotographState.ERASED


@pytest.mark.parametrize("step", ["discard", "_forget", "reduce_to_tombstones"])
def test_a_crash_anywhere_is_gone_on_with_and_no_hold_comes_between(
    cast: Cast, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph = in_custody(cast)
    kept_till(photograph, today_here() - DAY)
    with monkeypatch.context() as patched:
        patched.setattr(custody, step, _power_cut)
        assert erase_due_custody() == 0
    hold(cast.priya, cast.petra)
    assert erase_due_custody() == 1
    assert state_of(photograph) is PhotographState.ERASED
    assert lines_of(photograph) == {ConsequenceState.ERASED.value}


def test_a_crash_before_the_word_of_it_leaves_no_line_that_says_sealed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph = in_custody(cast)
    kept_till(photograph, today_here() - DAY)
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "settle", _power_cut)
        erase_due_custody()
    assert state_of(photograph) is PhotographState.ERASED
    assert lines_of(photograph) == {ConsequenceState.SEALED.value}
    erase_due_custody()
    assert lines_of(photograph) == {ConsequenceState.ERASED.value}


def test_one_that_cannot_be_erased_keeps_no_other_from_its_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = in_custody(cast), in_custody(cast)
    for item in (stuck, other):
        kept_till(item, today_here() - DAY)
    erase = custody.erase

    def fails_for_one(photographs: Collection[UUID]) -> None:
        if stuck in photographs:
            raise OSError
        erase(photographs)

    monkeypatch.setattr(keeping, "erase", fails_for_one)
    assert erase_due_custody() == 1
    assert state_of(other) is PhotographState.ERASED
    assert state_of(stuck) is PhotographState.LEGAL_CUSTODY


def test_two_workers_and_a_hold_at_once_leave_it_whole_or_gone(cast: Cast) -> None:
    photograph = in_custody(cast)
    kept_till(photograph, today_here() - DAY)
    at_once(erase_due_custody, erase_due_custody, lambda: hold(cast.priya, cast.petra))
    row = LegalCustody.objects.filter(photograph=photograph).first()
    if row is None:
        assert state_of(photograph) is PhotographState.ERASED
        assert not RenditionRow.objects.filter(photograph=photograph).exists()
    else:
        assert row.ended_at is None
        assert state_of(photograph) is PhotographState.LEGAL_CUSTODY
        assert RenditionRow.objects.filter(photograph=photograph).exists()


def _power_cut(*_args: object) -> None:
    raise OSError
