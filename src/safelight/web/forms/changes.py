"""What a draft says differently from the version in use, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from safelight.consent.rules.form import Form
from safelight.consent.rules.form_check import LONGEST_TEXT
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.purposes import Purpose
from safelight.web.forms.fields import NO_TEXT, fields_of
from safelight.web.forms.shown import Tongue, tongues_of
from safelight.web.forms.uses import UseLine, use_lines

SAME, ADDED, REMOVED = "same", "added", "removed"
_WORDS: Final = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """Words that stand in both, only in the draft, or only in the version in use."""

    kind: str
    words: str


@dataclass(frozen=True)
class Change:
    where: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class TextChanges:
    """What changed in one text; `tongue` is None for the contact and the uses."""

    tongue: Tongue | None
    changes: Sequence[Change]


def changes_between(before: Form, after: Form) -> list[TextChanges]:
    """By text, and only where something changed. A text that is gone or new is a change of all."""
    tongues = sorted(
        {*tongues_of(before), *tongues_of(after)}, key=lambda item: (item.language, item.style)
    )
    found = [TextChanges(None, list(_basics(before, after)))]
    found += [TextChanges(item, list(_of_text(before, after, item))) for item in tongues]
    return [item for item in found if item.changes]


def _basics(before: Form, after: Form) -> Iterator[Change]:
    for label, name in (("Contact", "name"), ("Telephone", "phone")):
        yield from _change(label, getattr(before.contact, name), getattr(after.contact, name))
    old = {(line.purpose, line.audience): _told(line) for line in use_lines(before)}
    new = {(line.purpose, line.audience): _told(line) for line in use_lines(after)}
    for key in dict.fromkeys([*old, *new]):
        yield from _change("What is asked", old.get(key, ""), new.get(key, ""))


def _told(line: UseLine) -> str:
    people = f"up to {line.people} people" if line.people else "any number of people"
    return f"{line.purpose}: {line.audience}, {people}, {line.period or 'until it is used'}"


def _of_text(before: Form, after: Form, item: Tongue) -> Iterator[Change]:
    style = TextStyle(item.style)
    old, new = (form.texts.get(item.language, {}).get(style, NO_TEXT) for form in (before, after))
    purposes = [purpose for purpose in Purpose if purpose in {**old.uses, **new.uses}]
    both = zip(fields_of(old, purposes), fields_of(new, purposes), strict=True)
    for (legend, was), (_legend, now) in both:
        yield from _change(f"{legend}: {was.label}", was.words, now.words)


def _change(where: str, was: str, now: str) -> Iterator[Change]:
    if was != now:
        yield Change(where, list(_pieces(was, now)))


def _pieces(was: str, now: str) -> Iterator[Piece]:
    if max(len(was), len(now)) > LONGEST_TEXT:  # cannot be approved; comparing it would take long
        yield from _filled(Piece(REMOVED, was), Piece(ADDED, now))
        return
    old, new = _WORDS.findall(was), _WORDS.findall(now)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece(SAME, "".join(old[i:j]))
        else:
            yield from _filled(Piece(REMOVED, "".join(old[i:j])), Piece(ADDED, "".join(new[k:m])))


def _filled(*pieces: Piece) -> Iterator[Piece]:
    return (piece for piece in pieces if piece.words)
