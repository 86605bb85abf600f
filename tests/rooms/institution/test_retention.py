"""Retention: decided by the institution, in bounds, in versions, with the ground in words."""

from dataclasses import replace

import pytest
from tests.at_once import at_once
from tests.cast import Cast

from safelight.audit.models import Event
from safelight.institution.models import RetentionVersion
from safelight.institution.retaining import (
    RetentionRefusedError,
    decide_retention,
    retention_history,
)
from safelight.institution.retention import (
    DEFAULT_YEARS,
    RetentionRule,
    current_retention,
    retention_numbered,
)
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import Fate

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
GROUND = "The hospital law of the land, section 12."
RULE = RetentionRule(Fate.SEAL, 30, GROUND)


def test_while_nobody_has_decided_everything_is_sealed() -> None:
    assert current_retention().number == 0
    assert {rule.fate for rule in current_retention().rules.values()} == {Fate.SEAL}
    assert retention_history() == []


def test_a_decision_changes_what_it_names_and_nothing_else(cast: Cast) -> None:
    number = decide_retention({Sensitivity.FORENSIC: RULE}, actor=cast.ada.staff)
    now = current_retention()
    assert now.number == number
    assert now.rules[Sensitivity.FORENSIC] == RULE
    assert now.rules[Sensitivity.ORDINARY].years == DEFAULT_YEARS


def test_versions_are_kept_and_each_can_be_read(cast: Cast) -> None:
    first = decide_retention({Sensitivity.ORDINARY: RULE}, actor=cast.ada.staff)
    erase = replace(RULE, fate=Fate.ERASE)
    second = decide_retention({Sensitivity.ORDINARY: erase}, actor=cast.ada.staff)
    assert [item.retention.number for item in retention_history()] == [second, first]
    assert retention_numbered(first).rules[Sensitivity.ORDINARY] == RULE
    assert retention_numbered(second).rules[Sensitivity.ORDINARY] == erase


@pytest.mark.parametrize(
    "rule",
    [
        replace(RULE, years=0),
        replace(RULE, years=101),
        replace(RULE, ground="too short"),
        replace(RULE, ground=" " * 40),
        replace(RULE, ground="x" * 501),
        replace(RULE, ground="A ground with a \x00 in its middle."),
    ],
)
def test_out_of_bounds_nothing_is_changed(rule: RetentionRule) -> None:
    with pytest.raises(RetentionRefusedError):
        decide_retention({Sensitivity.ORDINARY: RULE, Sensitivity.INTIMATE: rule}, actor=None)
    assert not RetentionVersion.objects.exists()
    assert not Event.objects.filter(tag=EventTag.INSTITUTION_RETENTION_CHANGED.value).exists()


@pytest.mark.parametrize("years", [1, 100])
def test_the_bounds_themselves_are_allowed(years: int) -> None:
    assert decide_retention({Sensitivity.ORDINARY: replace(RULE, years=years)}, actor=None)


def test_the_same_again_is_no_new_version() -> None:
    decide_retention({Sensitivity.ORDINARY: RULE}, actor=None)
    with pytest.raises(RetentionRefusedError):
        decide_retention({Sensitivity.ORDINARY: RULE}, actor=None)
    assert RetentionVersion.objects.count() == 1


def test_who_decided_stands_in_the_record(cast: Cast) -> None:
    decide_retention({Sensitivity.ORDINARY: RULE}, actor=cast.ada.staff)
    event = Event.objects.get(tag=EventTag.INSTITUTION_RETENTION_CHANGED.value)
    assert event.actor == cast.ada.staff


def test_two_who_decide_at_once_write_over_nothing_of_each_other(cast: Cast) -> None:
    at_once(
        lambda: decide_retention({Sensitivity.ORDINARY: RULE}, actor=cast.ada.staff),
        lambda: decide_retention({Sensitivity.INTIMATE: RULE}, actor=cast.ada.staff),
    )
    now = current_retention()
    assert now.rules[Sensitivity.ORDINARY] == now.rules[Sensitivity.INTIMATE] == RULE
