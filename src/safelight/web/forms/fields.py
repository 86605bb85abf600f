"""One text of a form as the fields of a page, and back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from safelight.consent.rules.form import Paragraph, Text
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.consent_forms import Statement
from safelight.vocabulary.purposes import Purpose

NO_TEXT: Final = Text("", "", "", "", "")
_SIMPLE: Final = {
    "title": "Title",
    "introduction": "Introduction",
    "agree": "The words for yes",
    "refuse": "The words for no",
    "retention": "How long pictures for treatment are kept",
}
_LONG: Final = frozenset({"introduction", "retention"})


@dataclass(frozen=True)
class TextField:
    """One field: `name` as it is posted, `words` as they stand."""

    name: str
    label: str
    words: str
    is_long: bool


@dataclass(frozen=True)
class FieldGroup:
    """Fields that belong together; `code` names the pictogram of a statement or a use."""

    code: str
    legend: str
    fields: Sequence[TextField]


def groups_of(text: Text, purposes: Sequence[Purpose]) -> list[FieldGroup]:
    """Everything that can be written in one text, in the order in which it is read."""
    simple = [
        TextField(name, label, getattr(text, name), name in _LONG)
        for name, label in _SIMPLE.items()
    ]
    statements = [_group("statement", item, text.statements.get(item)) for item in Statement]
    uses = [_group("use", item, text.uses.get(item)) for item in purposes]
    return [FieldGroup("", "Title, answers and retention", simple), *statements, *uses]


def fields_of(text: Text, purposes: Sequence[Purpose]) -> Iterator[tuple[str, TextField]]:
    """Each field with the legend above it."""
    for group in groups_of(text, purposes):
        for field in group.fields:
            yield group.legend, field


def _group(kind: str, word: Coded, said: Paragraph | None) -> FieldGroup:
    heading, text = (said.heading, said.text) if said else ("", "")
    name = f"{kind}-{word.value}"
    fields = [
        TextField(f"{name}-heading", "Heading", heading, is_long=False),
        TextField(f"{name}-text", "Text", text, is_long=True),
    ]
    return FieldGroup(word.value, word.display, fields)


def with_posted(text: Text, posted: Mapping[str, str], purposes: Sequence[Purpose]) -> Text:
    """`text` with what was posted; what the page did not ask for stays as it is."""
    words = {
        field.name: _typed(posted.get(field.name, field.words))
        for _legend, field in fields_of(text, purposes)
    }
    statements = {item: _paragraph(words, f"statement-{item.value}") for item in Statement}
    uses = {item: _paragraph(words, f"use-{item.value}") for item in purposes}
    return replace(
        text,
        **{name: words[name] for name in _SIMPLE},
        statements={item: said for item, said in statements.items() if said},
        uses={item: said for item, said in {**text.uses, **uses}.items() if said},
    )


def _paragraph(words: Mapping[str, str], name: str) -> Paragraph | None:
    """None where nothing was written: an empty statement is a missing one."""
    heading, text = words[f"{name}-heading"], words[f"{name}-text"]
    return Paragraph(heading, text) if heading or text else None


def _typed(words: str) -> str:
    """Lines as browsers post them, ended as everywhere else."""
    return words.replace("\r\n", "\n").strip()
