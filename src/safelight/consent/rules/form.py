"""A consent form as data: what is asked, and in which words. Pure; stored as canonical JSON.

A form is written once for the institution and holds its texts in every language and style. What
is asked of one patient is one of its texts, word for word, with the placeholders filled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, TypeVar

from safelight.consent.errors import MalformedFormError
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.consent_forms import Statement, TextStyle
from safelight.vocabulary.purposes import Purpose

Word = TypeVar("Word", bound=Coded)
LARGEST_COUNT: Final = 999_999
LONGEST_NAME: Final = 40  # of what is quoted back to whoever sent it


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that can be asked: a purpose before an audience.

    `people` is the most who will see it at once (None where that is not bounded), `months` how
    long an agreement lasts (None for a named work: until it is used).
    """

    purpose: Purpose
    audience: Audience
    people: int | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a patient calls to ask or to withdraw."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Everything a patient reads in one language and style.

    `agree` and `refuse` are the two answers, `retention` how long treatment pictures are kept.
    """

    title: str
    introduction: str
    agree: str
    refuse: str
    retention: str
    statements: Mapping[Statement, Paragraph] = field(default_factory=dict)
    uses: Mapping[Purpose, Paragraph] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """One version of one form."""

    uses: tuple[Use, ...]
    contact: Contact
    texts: Mapping[str, Mapping[TextStyle, Text]]

    def text(self, language: str, style: TextStyle) -> Text:
        """The text asked for; MalformedFormError if the form has none."""
        try:
            return self.texts[language][style]
        except KeyError as error:
            raise MalformedFormError from error

    def use(self, purpose: Purpose, audience: Audience) -> Use | None:
        return next(
            (use for use in self.uses if (use.purpose, use.audience) == (purpose, audience)), None
        )


def write_form(form: Form) -> str:
    """The form as canonical JSON: keys sorted, no white space, the same for the same form."""
    return json.dumps(asdict(form), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def form_sha256(content: str) -> str:
    """Hex SHA-256 of a form as stored; what a signature covers."""
    return hashlib.sha256(content.encode()).hexdigest()


def read_form(content: str) -> Form:
    """The form in `content`; MalformedFormError for anything that is none."""
    try:
        return _form(json.loads(content))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedFormError(f"This is no JSON: it breaks off at {where}.") from error
    except KeyError as error:
        raise MalformedFormError(f"The form lacks {_quoted(error.args[0])}.") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise MalformedFormError from error
    except RecursionError:
        raise MalformedFormError from None


def _quoted(name: object) -> str:
    return f"“{str(name)[:LONGEST_NAME]}”"


def _form(data: Mapping[str, Any]) -> Form:
    return Form(
        uses=tuple(_use(item) for item in data["uses"]),
        contact=Contact(str(data["contact"]["name"]), str(data["contact"]["phone"])),
        texts={
            str(language): {
                _coded(TextStyle, style): read_text(text) for style, text in styles.items()
            }
            for language, styles in data["texts"].items()
        },
    )


def _use(data: Mapping[str, Any]) -> Use:
    return Use(
        _coded(Purpose, data["purpose"]),
        _coded(Audience, data["audience"]),
        _count(data.get("people")),
        _count(data.get("months")),
    )


def _count(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST_COUNT:
        raise MalformedFormError("People and months are counted in whole numbers, from 1 on.")
    return value


def _coded(words: type[Word], code: object) -> Word:
    """The word of this code; MalformedFormError says which one is unknown."""
    try:
        return words(str(code))
    except ValueError as error:
        raise MalformedFormError(f"Safelight does not know {_quoted(code)}.") from error


def read_text(data: Mapping[str, Any]) -> Text:
    """One text out of JSON or TOML.

    Raises MalformedFormError, LookupError, TypeError or ValueError when it is none.
    """
    return Text(
        title=_words(data["title"]),
        introduction=_words(data["introduction"]),
        agree=_words(data["agree"]),
        refuse=_words(data["refuse"]),
        retention=_words(data["retention"]),
        statements={
            _coded(Statement, key): _paragraph(item) for key, item in data["statements"].items()
        },
        uses={_coded(Purpose, key): _paragraph(item) for key, item in data["uses"].items()},
    )


def _paragraph(data: Mapping[str, Any]) -> Paragraph:
    return Paragraph(_words(data["heading"]), _words(data["text"]))


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise MalformedFormError(f"A text is expected where {_quoted(value)} stands.")
    value.encode()  # half of a surrogate pair can be kept nowhere: UnicodeEncodeError, a ValueError
    return value.strip()
