"""What was typed, read into coded words; and how a refusal is shown above a form."""

from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from safelight.vocabulary.coded import Coded

Word = TypeVar("Word", bound=Coded)


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
