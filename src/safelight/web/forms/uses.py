"""What a form asks about, as rows to tick and as lines to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safelight.consent.errors import MalformedFormError
from safelight.consent.rules.form import LARGEST_COUNT, Form, Use
from safelight.consent.rules.wording import period_words
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import BY_AGREEMENT, NAMED, USUAL_AUDIENCE, Purpose

MOST_DIGITS = len(str(LARGEST_COUNT))


@dataclass(frozen=True)
class UseRow:
    """One use that can be asked about, with what stands in its two fields."""

    purpose: Purpose
    audience: Audience
    is_asked: bool
    people: str
    months: str

    @property
    def key(self) -> str:
        return f"{self.purpose.value}.{self.audience.value}"

    @property
    def is_named(self) -> bool:
        return self.purpose in NAMED


@dataclass(frozen=True)
class UseLine:
    purpose: str
    audience: str
    people: int | None
    period: str
    """Empty for a named work, which ends when it is done."""


def purposes_of(form: Form) -> list[Purpose]:
    """What the form asks about, each once, from near to far."""
    asked = {use.purpose for use in form.uses}
    return [purpose for purpose in Purpose if purpose in asked]


def use_lines(form: Form) -> list[UseLine]:
    return [
        UseLine(
            use.purpose.display,
            use.audience.display,
            use.people,
            period_words(use.months, "en"),
        )
        for use in form.uses
    ]


def use_rows(form: Form) -> list[UseRow]:
    """What the form asks about, and before its usual audience whatever else could be asked."""
    rows = [
        UseRow(use.purpose, use.audience, True, str(use.people or ""), str(use.months or ""))
        for use in form.uses
    ]
    asked = {row.purpose for row in rows}
    rows += [
        UseRow(purpose, USUAL_AUDIENCE[purpose], False, "", "") for purpose in BY_AGREEMENT - asked
    ]
    order = {purpose: place for place, purpose in enumerate(Purpose)}
    return sorted(rows, key=lambda row: (order[row.purpose], row.audience))


def posted_rows(form: Form, posted: Mapping[str, str]) -> list[UseRow]:
    """The same rows as they were filled in."""
    return [
        UseRow(
            row.purpose,
            row.audience,
            f"asked-{row.key}" in posted,
            posted.get(f"people-{row.key}", "").strip(),
            posted.get(f"months-{row.key}", "").strip(),
        )
        for row in use_rows(form)
    ]


def read_uses(rows: Sequence[UseRow]) -> tuple[Use, ...]:
    """The uses that are ticked; MalformedFormError for a number that is none."""
    return tuple(
        Use(row.purpose, row.audience, _count(row.people), _count(row.months))
        for row in rows
        if row.is_asked
    )


def _count(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > MOST_DIGITS or not int(typed):
        raise MalformedFormError("People and months are counted in whole numbers, from 1 on.")
    return int(typed)
