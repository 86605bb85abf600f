"""What was typed, read into coded words; and how a refusal is shown above a form."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from safelight.vocabulary.coded import Coded

Word = TypeVar("Word", bound=Coded)
MOST_DIGITS: Final = 4


def one_of(words: type[Word], code: str) -> Word | None:
    try:
        return words(code)
    except ValueError:
        return None


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def as_uuids(texts: list[str]) -> list[UUID]:
    """The ids among `texts`, each once; anything that is none is left out, and so is denied."""
    return list(dict.fromkeys(found for found in map(as_uuid, texts) if found))


# A day as people type it: 9.3.1971, 09/03/1971, 9-3-1971.
_TYPED_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def as_date(text: str) -> date | None:
    """A date as ISO writes it or as people type it, day first; None for anything else.

    Month first is understood only where day first is no date: whoever searches compares the whole
    date with the person anyway.
    """
    typed = _TYPED_DAY.fullmatch(text.strip())
    if typed is None:
        return _date(text.strip())
    first, second, year = (part.zfill(2) for part in typed.groups())
    return _date(f"{year}-{second}-{first}") or _date(f"{year}-{first}-{second}")


def _date(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


@dataclass(frozen=True)
class Typed:
    value: str


@dataclass(frozen=True)
class Refusal:
    """Stands where templates expect a form: what is wrong, and what had been typed."""

    errors: dict[str, list[str]]
    typed: dict[str, Typed] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Typed:
        return self.typed[name]


def refusal(sentence: str, **typed: str) -> Refusal:
    return Refusal({"": [sentence]}, {name: Typed(value) for name, value in typed.items()})


def as_number(typed: str) -> int:
    """A small whole number; 0, which is out of every bound, for anything else."""
    words = typed.strip()
    return int(words) if words.isdecimal() and len(words) <= MOST_DIGITS else 0
