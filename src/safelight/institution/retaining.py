"""Deciding what becomes of pictures that patients take out of the record, and reading what was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from django.db import transaction

from safelight.audit.services import Entry, record
from safelight.institution.models import Institution, RetentionVersion
from safelight.institution.retention import (
    Retention,
    RetentionRule,
    current_retention,
    retention_numbered,
)
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import Fate

LEAST_YEARS: Final = 1
MOST_YEARS: Final = 100
SHORTEST_GROUND: Final = 10
LONGEST_GROUND: Final = 500


class RetentionRefusedError(SafelightError):
    code: ClassVar[str] = "retention-refused"
    message: ClassVar[str] = (
        "A rule needs 1 to 100 years and a legal ground in 10 to 500 letters; nothing was changed."
    )


@dataclass(frozen=True)
class DecidedRetention:
    """One version: its rules, and from when on they counted."""

    retention: Retention
    effective_from: datetime


def decide_retention(changes: Mapping[Sensitivity, RetentionRule], *, actor: UUID | None) -> int:
    """Write a new version: the rules in force with these changes; its number.

    It counts for what is taken back from now on. What is under lock already keeps its day.
    Raises RetentionRefusedError for a number or a ground out of bounds, and for no change at all.
    """
    check_rules(changes)
    with transaction.atomic():
        # INVARIANT: one at a time, or the second would write over the first without having seen it.
        list(Institution.objects.select_for_update().all())
        now = current_retention()
        rules = {**now.rules, **{name: _tidy(rule) for name, rule in changes.items()}}
        if now.number and rules == now.rules:
            raise RetentionRefusedError("These are the rules in force; nothing was changed.")
        row = RetentionVersion.objects.create(rules=_written(rules))
        record(
            Entry(
                tag=EventTag.INSTITUTION_RETENTION_CHANGED,
                actor=actor,
                details={"number": row.number, **_told(changes)},
            )
        )
    return row.number


def check_rules(rules: Mapping[Sensitivity, RetentionRule]) -> None:
    """Raises RetentionRefusedError unless every rule is within its bounds."""
    for rule in rules.values():
        _require_sound(rule)


def _require_sound(rule: RetentionRule) -> None:
    if not LEAST_YEARS <= rule.years <= MOST_YEARS:
        raise RetentionRefusedError
    if not SHORTEST_GROUND <= len(rule.ground.strip()) <= LONGEST_GROUND:
        raise RetentionRefusedError
    if not all(letter.isprintable() for letter in rule.ground.strip()):
        raise RetentionRefusedError


def _tidy(rule: RetentionRule) -> RetentionRule:
    return RetentionRule(Fate(rule.fate), rule.years, rule.ground.strip())


def _written(rules: Mapping[Sensitivity, RetentionRule]) -> dict[str, dict[str, str | int]]:
    return {
        name.value: {"fate": rule.fate.value, "years": rule.years, "ground": rule.ground}
        for name, rule in rules.items()
    }


def _told(changes: Mapping[Sensitivity, RetentionRule]) -> dict[str, str]:
    """What changed, in a line for each class; the words themselves stand in the version."""
    return {
        name.value: f"{rule.fate.value} {rule.years}" if rule.fate is Fate.SEAL else rule.fate.value
        for name, rule in changes.items()
    }


def retention_history() -> Sequence[DecidedRetention]:
    """Every version, the newest first; empty while nobody has decided."""
    rows = RetentionVersion.objects.order_by("-number")
    return [DecidedRetention(retention_numbered(row.number), row.effective_from) for row in rows]
