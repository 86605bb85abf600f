"""What becomes of a picture that its patient takes out of the record of treatment.

The law of most places makes a hospital keep records of treatment for years; which pictures belong
to them is for the institution to decide, and to say to the patient in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from safelight.institution.models import RetentionVersion
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import DEFAULT_GROUND, Fate

DEFAULT_YEARS: Final = 10


@dataclass(frozen=True)
class RetentionRule:
    """For one class of pictures. `years` counts from the day they were received; unused for ERASE.

    `ground` is the legal ground in words, as the patient reads it.
    """

    fate: Fate
    years: int
    ground: str


@dataclass(frozen=True)
class Retention:
    """The rules in force. `number` 0: nobody has decided, and nothing is destroyed unasked."""

    number: int
    rules: Mapping[Sensitivity, RetentionRule]


_CAREFUL: Final = Retention(
    0, {item: RetentionRule(Fate.SEAL, DEFAULT_YEARS, DEFAULT_GROUND) for item in Sensitivity}
)


def current_retention() -> Retention:
    """The newest version; a class that it does not name is sealed."""
    row = RetentionVersion.objects.order_by("-number").first()
    if row is None:
        return _CAREFUL
    return Retention(row.number, {**_CAREFUL.rules, **_read(row.rules)})


def retention_numbered(number: int | None) -> Retention:
    """The version by which something was decided."""
    row = RetentionVersion.objects.filter(number=number or 0).first()
    return Retention(row.number, {**_CAREFUL.rules, **_read(row.rules)}) if row else _CAREFUL


def _read(rules: Mapping[str, Mapping[str, str | int]]) -> dict[Sensitivity, RetentionRule]:
    return {
        Sensitivity(name): RetentionRule(
            Fate(str(rule["fate"])), int(rule["years"]), str(rule["ground"])
        )
        for name, rule in rules.items()
    }
