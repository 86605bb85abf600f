"""Values as the record writes them; ConsentRecordError for what has no place in it."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from safelight.engines.consent_record.errors import ConsentRecordError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_NOT_IN_TEXTS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def instant(moment: object) -> str:
    """A time with its offset from UTC, as ISO 8601."""
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise ConsentRecordError("A time without its offset from UTC is not a time.")
    return moment.isoformat()


def interval(starts_on: date, ends_on: date | None) -> str:
    """The days of validity, the last one included, as an ISO 8601 interval; ``..`` is no end."""
    if ends_on is not None and ends_on < starts_on:
        raise ConsentRecordError("The agreement ends before it starts.")
    return f"{starts_on.isoformat()}/{ends_on.isoformat() if ends_on else '..'}"


def text(value: object) -> str:
    """Words that are there, without control characters."""
    if not isinstance(value, str) or not value.strip() or _NOT_IN_TEXTS.search(value):
        raise ConsentRecordError("A required text is missing or has control characters.")
    return value


def texts(values: Iterable[object]) -> list[str]:
    """Each of `values` as `text`."""
    return [text(value) for value in values]


def sha256(value: object) -> str:
    """A SHA-256 in 64 lower-case hexadecimal digits."""
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ConsentRecordError("A hash is not a SHA-256 in hexadecimal.")
    return value


def language(value: object) -> str:
    """A language tag in the form of BCP 47."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise ConsentRecordError("The language is not a BCP 47 tag.")
    return value
