"""The lines of the board as a certificate tells them, in the language and the zone that are active."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelight.institution.retention import retention_numbered
from safelight.recall import certificate_words as words
from safelight.recall.fates import locked_after_call
from safelight.recall.models import Consequence, LegalCustody
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, Fate, WhyNotRetractable

MOST_LINES: Final = 1500
"""Told one by one, so that a receipt stays under its limit; what is more is told in numbers."""

Line = dict[str, str]
_ORDER: Final = list(words.KINDS)


def lines_of(rows: Sequence[Consequence]) -> list[Line]:
    """Each with its words, its state and the id of the event that proves it ("" while open)."""
    until = _kept_until(rows)
    numbered = list(_numbered(rows))
    told = [
        {
            "line": _words(row, number, until.get(row.target)),
            "state": row.state,
            "proof": str(row.event) if row.event else "",
        }
        for number, row in numbered[:MOST_LINES]
    ]
    return [*told, *_further([row for _number, row in numbered[MOST_LINES:]])]


def _numbered(rows: Sequence[Consequence]) -> Iterable[tuple[int, Consequence]]:
    """In the order of a certificate; the numbers begin anew with each kind and stay what they are."""
    ordered = sorted(rows, key=lambda row: (_ORDER.index(ConsequenceKind(row.kind)), row.id))
    for _kind, several in groupby(ordered, key=lambda row: row.kind):
        yield from enumerate(several, start=1)


def _words(row: Consequence, number: int, until: date | None) -> str:
    state = ConsequenceState(row.state)
    said = words.line_words(ConsequenceKind(row.kind), number, state)
    if row.reason:
        return words.with_reason(said, WhyNotRetractable(row.reason))
    if state is ConsequenceState.SEALED and until is not None:
        return words.locked_until(said, date_format(until, "DATE_FORMAT"))
    return said


def _further(rows: Sequence[Consequence]) -> list[Line]:
    found = Counter(row.state for row in rows)
    return [
        {
            "line": words.further_words(count, ConsequenceState(state)),
            "state": state,
            "proof": "",
        }
        for state, count in sorted(found.items())
    ]


def _kept_until(rows: Sequence[Consequence]) -> Mapping[UUID, date | None]:
    sealed = [row.target for row in rows if row.state == ConsequenceState.SEALED]
    found = LegalCustody.objects.filter(photograph__in=sealed)
    return dict(found.values_list("photograph", "keep_until"))


def not_retractable(rows: Sequence[Consequence]) -> list[str]:
    """What cannot be brought back, each with why."""
    stays = ConsequenceState.NOT_RETRACTABLE
    return [
        _words(row, number, None) for number, row in _numbered(rows) if row.state == stays.value
    ]


def kept(rows: Sequence[Consequence]) -> list[str]:
    """The legal grounds for what is locked away, and how it is locked; nothing if nothing is.

    What class a locked picture was of is locked with it, so the grounds of all classes are told.
    """
    sealed = [row for row in rows if row.state == ConsequenceState.SEALED]
    if not sealed:
        return []
    days = set(_kept_until(rows).values())
    waiting = {locked_after_call(rows[0].withdrawal_id)} - {None}
    said = [] if days == waiting else _grounds(sealed)
    if None in days:
        said.append(words.held())
    if days & waiting:
        said.append(words.after_call())
    return [*said, words.how_it_is_locked()]


def _grounds(sealed: Sequence[Consequence]) -> list[str]:
    found = [
        _(rule.ground)
        for number in sorted({row.retention or 0 for row in sealed})
        for rule in retention_numbered(number).rules.values()
        if rule.fate is Fate.SEAL
    ]
    return list(dict.fromkeys(found))
