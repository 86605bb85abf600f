"""How a person is turned into words that can be searched without being read."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

PREFIX_LENGTHS = range(2, 7)


@dataclass(frozen=True)
class Identifier:
    """A business identifier (FHIR Identifier): the system that issued it, and its value."""

    system: str
    value: str


@dataclass(frozen=True)
class Identity:
    """Who a patient is. PHI, wherever it stands."""

    family: str
    given: str
    birth_date: date
    sex: str
    identifiers: tuple[Identifier, ...] = field(default_factory=tuple)

    @property
    def display_name(self) -> str:
        return f"{self.given} {self.family}".strip()

    def age_on(self, day: date) -> int:
        """Completed years."""
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (not had_birthday)


def normalise_word(text: str) -> str:
    """Lower case, without accents and punctuation: `O'Brien-Müller` is `obrienmuller`."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def name_words(text: str) -> list[str]:
    return [word for word in map(normalise_word, text.replace("-", " ").split()) if word]


def normalise_identifier(value: str) -> str:
    return "".join(letter for letter in value.upper() if letter.isalnum())


def token_words(identity: Identity) -> set[tuple[str, str]]:
    """Every (kind, word) under which this person can be found."""
    words = {("birth-date", identity.birth_date.isoformat())}
    words |= {("identifier", normalise_identifier(item.value)) for item in identity.identifiers}
    for word in name_words(identity.given) + name_words(identity.family):
        words |= {
            ("name-prefix", word[:length]) for length in PREFIX_LENGTHS if length <= len(word)
        }
    return words


def query_words(text: str, birth_date: date | None) -> list[tuple[str, str]]:
    """What a searcher typed as (kind, word) pairs that must all match; empty when too little.

    Anything with a digit is an identifier, everything else is the start of names. A word longer
    than the longest prefix is looked up by its start; the caller compares the rest after opening.
    """
    words = [("birth-date", birth_date.isoformat())] if birth_date else []
    if any(letter.isdigit() for letter in text):
        words.append(("identifier", normalise_identifier(text)))
    else:
        starts = (word[: PREFIX_LENGTHS.stop - 1] for word in name_words(text))
        words += [("name-prefix", start) for start in starts if len(start) >= PREFIX_LENGTHS.start]
    return most_selective_first(words)


def matches(identity: Identity, text: str) -> bool:
    """Whether every typed word really starts one of the person's names (or is an identifier)."""
    if any(letter.isdigit() for letter in text):
        typed = normalise_identifier(text)
        return any(normalise_identifier(item.value) == typed for item in identity.identifiers)
    names = name_words(identity.given) + name_words(identity.family)
    return all(any(name.startswith(word) for name in names) for word in name_words(text))


def most_selective_first(words: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Whole identifiers and dates before long prefixes before short ones."""
    order = {"identifier": 0, "birth-date": 1, "name-prefix": 2}
    return sorted(words, key=lambda item: (order[item[0]], -len(item[1])))
