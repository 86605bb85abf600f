"""A statement in its one form, the ids that bind it to an event, and what a person reads of it.

The form is that of RFC 8785 (JCS) for plain data with whole numbers (docs/specs/receipt-v1.md
section 2): one statement has one sequence of bytes, and therefore one hash.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NoReturn
from uuid import UUID

from safelight.engines.transparency.errors import StatementError

MOST_DEEP: Final = 16
LARGEST_INTEGER: Final = (1 << 53) - 1
_ID_SIZE: Final = 16


def canonical(value: object) -> bytes:
    """The one encoding of plain data: objects, lists, text, whole numbers, true, false, null.

    StatementError for anything else: fractions, numbers beyond 2^53 - 1, text that is not
    Unicode, keys that are no text, more than 16 levels.
    """
    plain = _ordered(value, MOST_DEEP)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def read_canonical(data: bytes) -> Any:  # noqa: ANN401 - whatever plain data was written
    """The data of which `data` is the one encoding; StatementError for any other bytes."""
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_members,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError):
        raise StatementError from None
    if canonical(value) != data:
        raise StatementError
    return value


def statement_ids(statement: Mapping[str, Any]) -> tuple[UUID, UUID]:
    """SHA-256 of the statement as two ids, for the event that certifies it; StatementError."""
    digest = sha256(canonical(statement)).digest()
    return UUID(bytes=digest[:_ID_SIZE]), UUID(bytes=digest[_ID_SIZE:])


def certified_objects_hash(subject: UUID, statement: Mapping[str, Any]) -> bytes:
    """What the leaf of the certifying event holds: SHA-256 over the subject and those ids."""
    ids = (subject, *statement_ids(statement))
    return sha256(b"".join(each.bytes for each in ids)).digest()


def texts_of(statement: object) -> Iterator[str]:
    """Every text that stands in plain data as a value; keys are none."""
    if isinstance(statement, str):
        yield statement
    elif isinstance(statement, Mapping):
        for item in statement.values():
            yield from texts_of(item)
    elif isinstance(statement, list | tuple):
        for item in statement:
            yield from texts_of(item)


@dataclass(frozen=True, slots=True)
class PlainStatement:
    """The part of a statement that people read. `effective_at` has a time zone."""

    hospital: str
    effective_at: datetime
    lines: tuple[str, ...]
    language: str


def plain_statement(statement: Mapping[str, Any]) -> PlainStatement | None:
    """What a person reads, where the statement has the agreed shape; else None."""
    try:
        effective_at = datetime.fromisoformat(statement["effective_at"])
        lines = tuple(item["line"] for item in statement["lines"])
        hospital, language = statement["hospital"], statement.get("language", "")
    except (KeyError, TypeError, ValueError):
        return None
    are_words = all(isinstance(word, str) for word in (hospital, language, *lines))
    if not are_words or not lines or effective_at.tzinfo is None:
        return None
    return PlainStatement(hospital, effective_at, lines, language)


def _ordered(value: object, levels: int) -> object:
    """The same data with keys in the order of RFC 8785; StatementError where it is not plain."""
    if levels == 0:
        raise StatementError
    if isinstance(value, Mapping):
        members = {_text(key): _ordered(item, levels - 1) for key, item in value.items()}
        return dict(sorted(members.items(), key=lambda member: member[0].encode("utf-16-be")))
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_ordered(item, levels - 1) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= LARGEST_INTEGER:
        return int(value)
    raise StatementError


def _text(value: object) -> str:
    """Text that can be written as UTF-8."""
    if not isinstance(value, str):
        raise StatementError
    try:
        value.encode()
    except UnicodeEncodeError:
        raise StatementError from None
    return str(value)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless a key stands in it twice: readers would differ about which counts."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise StatementError
    return members


def _refuse(_written: str) -> NoReturn:
    raise StatementError
