"""Base64url and JSON, read as strictly as hostile input asks for."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NoReturn

_ALPHABET = re.compile(rb"[A-Za-z0-9_-]*")


def base64url(data: bytes) -> str:
    """`data` in base64url without padding (RFC 4648, 5)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """What `base64url` wrote; ValueError for anything that it would have written differently."""
    encoded = text.encode("ascii")
    if not _ALPHABET.fullmatch(encoded):
        raise ValueError
    data = urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    # The last character has bits to spare, and one text must not be spelled in several ways.
    if base64url(data) != text:
        raise ValueError
    return data


def json_object(encoded: bytes) -> dict[str, object]:
    """The JSON object (RFC 8259) in UTF-8; ValueError for anything else, also for a name twice.

    The caller bounds the length.
    """
    try:
        value = json.loads(
            encoded.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number
        )
    except RecursionError as error:  # thousands of brackets, one in another
        raise ValueError from error
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004 - to a caller it is one refusal
    return value


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_number(_text: str) -> NoReturn:
    """NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError


def whole_number(value: object) -> int:
    """A JSON number without a fraction, which some write as ``1.0e3``; ValueError otherwise."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError
