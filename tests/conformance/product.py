"""What the suite needs to know of a product: its byte routes, and what can be done to each.

A product is anything that shows pictures to people. An adapter fills these types; the suite asks
nothing else, so the same tests can be put to another product.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Headers = Mapping[str, str]


class Act(StrEnum):
    """What takes a right to look away."""

    WITHDRAW = "the patient withdraws"
    REVOKE = "whoever gave it takes it back"
    EXPIRE = "its time is over"
    END_SESSION = "the session ends"
    EXCEED_AUDIENCE = "more people look than was agreed"
    CHANGE_RECIPIENT = "it is for somebody else now"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        wanted = name.lower()
        return next((v for k, v in self.headers.items() if k.lower() == wanted), "")


Fetch = Callable[[str, Headers], Answer]
"""A request with this method and these headers, by somebody; their cookie goes along."""


@dataclass(frozen=True)
class Way:
    """One byte route that is open now, to one holder.

    `fetch` asks for the bytes as the holder's browser, with the session that is open; `siblings`
    for the other forms of the same picture that the holder might ask for. `acts` is what can be
    done to it; of each act that is not among them, `not_applicable` says why. `strangers` are
    other people at the same address, with cookies of their own or with none.
    """

    fetch: Fetch
    acts: Mapping[Act, Callable[[], object]]
    not_applicable: Mapping[Act, str]
    siblings: Sequence[Fetch] = ()
    strangers: Mapping[str, Fetch] = field(default_factory=dict)


class Product(Protocol):
    """A product under test."""

    def ways(self) -> Sequence[str]:
        """Every byte route by name, made from what the product itself declares."""
        ...

    def open(self, name: str) -> Way:
        """A way of this name with a fresh picture, patient's agreement, holder and session."""
        ...


_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF", b"GIF8", b"II*\x00", b"MM\x00*", b"ftyp")
_DOCUMENTS = (b"%PDF-", b"PK\x03\x04", b"DICM")
_IN_TEXT = (b"/9j/4", b"iVBORw0KGgo", b"data:image")


def shows_a_picture(answer: Answer) -> bool:
    """Whether pixels could be in it: a picture, a document, or either inside a text or an archive."""
    start = answer.body[:160]
    is_one = any(mark in start for mark in _PICTURES + _DOCUMENTS)
    return is_one or any(mark in answer.body for mark in _IN_TEXT)
