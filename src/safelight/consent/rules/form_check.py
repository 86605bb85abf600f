"""What keeps a form from being approved: everything a patient would not be told."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from safelight.consent.rules.form import Form, Paragraph, Text
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import (
    LANGUAGES,
    PLACEHOLDERS,
    REQUIRED_PLACEHOLDERS,
    USE_PLACEHOLDERS,
    Statement,
    TextStyle,
)
from safelight.vocabulary.purposes import BY_AGREEMENT, NAMED, Purpose

SHORTEST_STATEMENT = 20
LONGEST_TEXT = 2000
LONGEST_MONTHS = 120
FEWEST_DIGITS = 6
# Never agreed to in the words of these: no picture of a body is.
PROMISES_TOO_MUCH = re.compile(r"\banonym|anónim|anonim|مجهول", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where; `sentence` is for whoever drafts."""

    sentence: str
    language: str = ""
    style: str = ""


def check_form(form: Form) -> list[Finding]:
    """Everything that is missing or cannot be; an empty list is a form that may be approved."""
    findings = [*_check_contact(form), *_check_uses(form)]
    if not form.texts:
        findings.append(Finding("The form has no text in any language."))
    for language, styles in form.texts.items():
        findings += _check_language(form, language, styles)
    return findings


def _check_contact(form: Form) -> Iterator[Finding]:
    if not form.contact.name:
        yield Finding("Name whom patients can call.")
    if sum(letter.isdigit() for letter in form.contact.phone) < FEWEST_DIGITS:
        yield Finding("Give the telephone number that patients can call.")


def _check_uses(form: Form) -> Iterator[Finding]:
    if not form.uses:
        yield Finding("Ask about at least one use.")
    seen = set()
    for use in form.uses:
        name = use.purpose.display
        if use.purpose not in BY_AGREEMENT:
            yield Finding(f"{name} is nothing a patient agrees to here.")
        if (use.purpose, use.audience) in seen:
            yield Finding(f"{name} stands twice for the same audience.")
        seen.add((use.purpose, use.audience))
        if use.audience in (Audience.PATIENT, Audience.CARE_TEAM):
            yield Finding(f"{name} must name the audience it is shown to.")
        if use.months is None and use.purpose not in NAMED:
            yield Finding(f"{name} must end some day: say after how many months.")
        if use.months is not None and use.months > LONGEST_MONTHS:
            yield Finding(f"{name} lasts longer than {LONGEST_MONTHS} months.")


def _check_language(
    form: Form, language: str, styles: Mapping[TextStyle, Text]
) -> Iterator[Finding]:
    if language not in LANGUAGES:
        yield Finding(f"Safelight has no pages in the language {language!r}.", language)
    for style in TextStyle:
        if style not in styles:
            yield Finding(f"The {style.display.lower()} version is missing.", language, style)
        else:
            for sentence in _check_text(form, styles[style]):
                yield Finding(sentence, language, style)


def _check_text(form: Form, text: Text) -> Iterator[str]:
    for name in ("title", "introduction", "agree", "refuse", "retention"):
        if not getattr(text, name):
            yield f"The {name} is missing."
        # What fills a statement is not filled itself.
        known = frozenset[str]() if name == "retention" else PLACEHOLDERS
        yield from _check_words(name, getattr(text, name), known)
    if text.agree and text.agree == text.refuse:
        yield "Yes and no are the same words."
    for statement in Statement:
        yield from _check_statement(statement, text.statements.get(statement))
    for purpose in {use.purpose: None for use in form.uses}:
        yield from _check_use_text(purpose, text.uses.get(purpose))


def _check_statement(statement: Statement, said: Paragraph | None) -> Iterator[str]:
    if said is None or len(said.text) < SHORTEST_STATEMENT or not said.heading:
        yield f"A required statement is missing: {statement.display}."
        return
    missing = REQUIRED_PLACEHOLDERS.get(statement, frozenset()) - _filled(said.text)
    for name in sorted(missing):
        yield f"“{statement.display}” must contain {{{name}}}."
    yield from _check_words(statement.display, said.heading, PLACEHOLDERS)
    yield from _check_words(statement.display, said.text, PLACEHOLDERS)


def _check_use_text(purpose: Purpose, said: Paragraph | None) -> Iterator[str]:
    if said is None or len(said.text) < SHORTEST_STATEMENT or not said.heading:
        yield f"The use is not explained: {purpose.display}."
        return
    if purpose in NAMED and "named" not in _filled(said.text):
        yield f"“{purpose.display}” must contain {{named}}: it is only ever agreed to by name."
    yield from _check_words(purpose.display, said.heading, USE_PLACEHOLDERS)
    yield from _check_words(purpose.display, said.text, USE_PLACEHOLDERS)


def _check_words(where: str, words: str, known: frozenset[str]) -> Iterator[str]:
    if len(words) > LONGEST_TEXT:
        yield f"“{where}” is longer than {LONGEST_TEXT} letters."
    if PROMISES_TOO_MUCH.search(words):
        yield f"“{where}” promises that nobody can be recognised. No picture can promise that."
    try:
        unknown = placeholders(words) - known
    except ValueError:
        yield f"“{where}” has a brace that is not closed."
        return
    for name in sorted(unknown):
        yield f"“{where}” leaves {{{name}}} open, and nothing fills it."


def _filled(words: str) -> frozenset[str]:
    """The names in braces; none where a brace is not closed, which is found elsewhere."""
    try:
        return placeholders(words)
    except ValueError:
        return frozenset()


def placeholders(words: str) -> frozenset[str]:
    """The names in braces, exactly as `wording.fill` reads them; ValueError for an open brace."""
    names, rest = set(), words
    while "{" in rest:
        name, closing, rest = rest.partition("{")[2].partition("}")
        if not closing:
            raise ValueError
        names.add(name)
    return frozenset(names)
