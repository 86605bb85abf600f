"""The shape of a coded word: a stable code for rows and the record, a display for people."""

from enum import StrEnum
from typing import Self


class Coded(StrEnum):
    """A code that compares, hashes and stores as its string and carries an English display.

    Members are written ``NAME = "code", "Display"``. The code never changes once it was recorded;
    the display may, and is what pages translate.
    """

    display: str

    # The default is for callers: `Role("teacher")` looks a member up and needs no display.
    def __new__(cls, code: str, display: str = "") -> Self:
        """Make the member whose value is `code`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.display = display
        return member
