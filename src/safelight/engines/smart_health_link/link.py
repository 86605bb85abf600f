"""The link itself: what it holds, ``shlink:/`` and base64url of that as JSON."""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from safelight.engines.smart_health_link.addresses import has_secret, is_address
from safelight.engines.smart_health_link.encoding import (
    base64url,
    from_base64url,
    json_object,
    whole_number,
)
from safelight.engines.smart_health_link.errors import (
    HealthLinkInputError,
    MalformedHealthLinkError,
    NewerHealthLinkError,
)

SCHEME: Final = "shlink:/"
VERSION: Final = 1
KEY_BYTES: Final = 32
LONGEST_URL: Final = 128
LONGEST_LABEL: Final = 80
LONGEST_LINK: Final = 8192
LATEST: Final = 253_402_300_799  # the last second of the year 9999

# Written right to left or over other words, a label could say something else than it holds.
_NOT_IN_LABELS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


class Flag(StrEnum):
    """What a receiver must know before it asks."""

    LONG_TERM = "L"
    """May be asked again: the files change over time."""
    PASSCODE = "P"
    """Answers only who brings a passcode, which travels by another way."""
    DIRECT = "U"
    """One file for a GET, without a manifest and so without a passcode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLink:
    """A SMART Health Link as any version 1 link is read; see `write_link` for those we write.

    `url` is where the manifest is asked for, at most 128 characters. `key` is 32 random bytes,
    the same for all files of the link. `expires` is in seconds since 1970 UTC and only a hint to
    the receiver: the server enforces it. `label` is at most 80 characters and readable by whoever
    holds the link. HealthLinkInputError otherwise.
    """

    url: str
    key: bytes = field(repr=False)
    flags: frozenset[Flag] = frozenset()
    expires: int | None = None
    label: str = ""

    def __post_init__(self) -> None:
        """Refuse what no link may hold."""
        if not is_address(self.url) or len(self.url) > LONGEST_URL:
            raise HealthLinkInputError("The address is not one of https with at most 128 letters.")
        if len(self.key) != KEY_BYTES:
            raise HealthLinkInputError("The key is not of 32 bytes.")
        if self.flags >= {Flag.DIRECT, Flag.PASSCODE}:
            raise HealthLinkInputError("A link without a manifest cannot ask for a passcode.")
        if self.expires is not None and not 0 < self.expires <= LATEST:
            raise HealthLinkInputError("The time of expiry is none.")
        if len(self.label) > LONGEST_LABEL or not _is_plain(self.label):
            raise HealthLinkInputError("The label is too long, or not plain text of one line.")


def write_link(link: HealthLink) -> str:
    """`link` as ``shlink:/…``, with the same characters every time.

    INVARIANT: a link of ours asks for a passcode, ends, and leads to an address of 256 random bits.
    HealthLinkInputError otherwise. That the label says nothing about health is the
    # caller's to see to.
    """
    if Flag.PASSCODE not in link.flags or Flag.DIRECT in link.flags:
        raise HealthLinkInputError("A link to pictures always asks for a passcode.")
    if link.expires is None:
        raise HealthLinkInputError("A link to pictures always ends.")
    if not has_secret(link.url):
        raise HealthLinkInputError("The address can be guessed.")
    payload: dict[str, object] = {
        "url": link.url,
        "key": base64url(link.key),
        "exp": link.expires,
        "flag": "".join(sorted(link.flags)),
        **({"label": link.label} if link.label else {}),
        "v": VERSION,
    }
    minified = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    return SCHEME + base64url(minified.encode())


def with_viewer(link: str, viewer: str) -> str:
    """`link` behind the page of a viewer, which any telephone can open.

    `viewer` ends with ``#``: browsers send nothing behind it, so neither the key nor the address
    reaches the viewer's server. HealthLinkInputError otherwise.
    """
    if not link.startswith(SCHEME) or not viewer.endswith("#") or not is_address(viewer[:-1]):
        raise HealthLinkInputError("A viewer is an https address that ends with #.")
    return viewer + link


def read_link(text: str) -> HealthLink:
    """The link in `text`, bare or behind a viewer. Unknown properties and flags are ignored.

    MalformedHealthLinkError for what is none, NewerHealthLinkError for a version after this one.
    """
    try:
        payload = json_object(from_base64url(_without_viewer(text)))
        if "v" in payload and whole_number(payload["v"]) > VERSION:
            raise NewerHealthLinkError
        return _link(payload)
    except (ValueError, HealthLinkInputError) as error:
        raise MalformedHealthLinkError from error


def _without_viewer(text: str) -> str:
    if len(text) > LONGEST_LINK:
        raise ValueError
    if not text.startswith(SCHEME):
        viewer, mark, text = text.partition("#")
        if not mark or not is_address(viewer) or not text.startswith(SCHEME):
            raise ValueError
    return text.removeprefix(SCHEME)


def _link(payload: dict[str, object]) -> HealthLink:
    """ValueError and HealthLinkInputError for what does not fit."""
    if whole_number(payload.get("v", VERSION)) != VERSION:
        raise ValueError
    return HealthLink(
        url=_text(payload.get("url")),
        key=from_base64url(_text(payload.get("key"))),
        flags=_flags(_text(payload.get("flag", ""))),
        expires=whole_number(payload["exp"]) if "exp" in payload else None,
        label=_text(payload.get("label", "")),
    )


def _flags(letters: str) -> frozenset[Flag]:
    """Letters in the order of the alphabet, each once; those not known here are safe to ignore."""
    if list(letters) != sorted(set(letters)) or not re.fullmatch("[A-Za-z]*", letters):
        raise ValueError
    return frozenset(flag for flag in Flag if flag.value in letters)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - to a caller it is one refusal
    return value


def _is_plain(text: str) -> bool:
    return not any(
        unicodedata.category(letter) in _NOT_IN_LABELS or letter in _TURNING for letter in text
    )
