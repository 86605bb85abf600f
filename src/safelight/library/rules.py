"""Words, searches and counts of the library. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from safelight.library.errors import LibraryRefusedError
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.purposes import Purpose

LONGEST_LINE: Final = 120
LONGEST_TEXT: Final = 4000
MOST_TAGS: Final = 12
MOST_QUESTIONS: Final = 20

FEWEST_ASKED: Final = 10
"""Below so many patients a share would say something about single ones."""


class SkinTone(Coded):
    """Skin phototypes after Fitzpatrick (Arch Dermatol 1988;124:869), in three groups."""

    LIGHT = "fitzpatrick-1-2", "Light (Fitzpatrick I and II)"
    MEDIUM = "fitzpatrick-3-4", "Medium (Fitzpatrick III and IV)"
    DARK = "fitzpatrick-5-6", "Dark (Fitzpatrick V and VI)"


@dataclass(frozen=True, slots=True)
class Survey:
    """What patients elsewhere said, in a survey that was published. `share` in percent."""

    share: str
    of: str
    source: str


_TOURS: Final = (
    "272 questionnaires of patients and parents, Tours, France",
    "Br J Dermatol 2013, PubMed 23551168",
)
SURVEYS: Final[Mapping[Purpose, Survey]] = {
    Purpose.CONFERENCE: Survey("more than 85", *_TOURS),
    Purpose.PRINT_PUBLICATION: Survey("58", *_TOURS),
    Purpose.ONLINE_PUBLICATION: Survey("32", *_TOURS),
}
"""Only figures that were checked against their source; for other audiences none is given."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is written about one picture. PHI."""

    diagnosis: str = ""
    skin_tone: SkinTone | None = None
    tags: tuple[str, ...] = ()

    def checked(self) -> Self:
        """With blanks tidied; LibraryRefusedError for what is too long."""
        diagnosis = _line(self.diagnosis, "The diagnosis")
        tags = tuple(
            dict.fromkeys(_line(tag, "A tag").casefold() for tag in self.tags if tag.strip())
        )
        if len(tags) > MOST_TAGS:
            raise LibraryRefusedError(f"A picture has at most {MOST_TAGS} tags.")
        return type(self)(diagnosis, self.skin_tone, tags)

    def to_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        tone = data.get("skin_tone")
        return cls(
            str(data.get("diagnosis", "")),
            SkinTone(tone) if tone else None,
            tuple(str(tag) for tag in data.get("tags", ())),
        )


@dataclass(frozen=True, slots=True)
class CaseWords:
    """A collection's words; with a history or questions it is a case. PHI."""

    title: str
    history: str = ""
    questions: tuple[str, ...] = ()

    @property
    def is_case(self) -> bool:
        return bool(self.history or self.questions)

    def checked(self) -> Self:
        """With blanks tidied; LibraryRefusedError for what is missing or too long."""
        title = _line(self.title, "The title")
        history = self.history.strip()
        questions = tuple(_line(item, "A question") for item in self.questions if item.strip())
        if not title:
            raise LibraryRefusedError("Give it a title.")
        if len(history) > LONGEST_TEXT:
            raise LibraryRefusedError(f"The history has at most {LONGEST_TEXT} letters.")
        if len(questions) > MOST_QUESTIONS:
            raise LibraryRefusedError(f"A case has at most {MOST_QUESTIONS} questions.")
        return type(self)(title, history, questions)

    def to_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["title"], data["history"], tuple(data["questions"]))


def _line(text: str, what: str) -> str:
    said = " ".join(text.split())
    if len(said) > LONGEST_LINE:
        raise LibraryRefusedError(f"{what} has at most {LONGEST_LINE} letters.")
    return said


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; what is empty does not narrow."""

    text: str = ""
    site: str = ""
    view: str = ""
    skin_tone: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One picture that may be taught with, as a search sees it. PHI: its words."""

    site: str
    site_words: str
    view: str
    words: Words
    purposes: frozenset[str]

    @property
    def searched(self) -> str:
        """All that a text is looked for in."""
        return " ".join((self.site_words, self.words.diagnosis, *self.words.tags)).casefold()


_NARROWS: Final[Mapping[str, Callable[[Found], Iterable[str]]]] = {
    "site": lambda item: (item.site,),
    "view": lambda item: (item.view,),
    "skin_tone": lambda item: (item.words.skin_tone.value,) if item.words.skin_tone else (),
    "purpose": lambda item: item.purposes,
}


def matches(item: Found, wanted: Wanted, *, but: str = "") -> bool:
    """Whether it is what is searched for; `but` leaves one way of narrowing aside."""
    said = item.searched
    if not all(word in said for word in wanted.text.casefold().split()):
        return False
    return all(
        name == but or not getattr(wanted, name) or getattr(wanted, name) in values(item)
        for name, values in _NARROWS.items()
    )


@dataclass(frozen=True, slots=True)
class Facets:
    """How many there would be for each code of each way of narrowing."""

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def facets(items: Sequence[Found], wanted: Wanted) -> Facets:
    """INVARIANT: counted over what the asker may see, and over nothing else."""
    return Facets(
        {
            name: Counter(
                code
                for item in items
                if matches(item, wanted, but=name)
                for code in values(item)
                if code
            )
            for name, values in _NARROWS.items()
        }
    )


def share_in_words(agreed: int, asked: int) -> str:
    """A share in percent, or "" where so few were asked that it would tell of single patients."""
    return f"{round(100 * agreed / asked)}" if asked >= FEWEST_ASKED else ""
