"""UIDs and identifiers that follow from the old ones and a salt, and do not lead back."""

import hashlib
import hmac
import re
from typing import Final, Protocol
from uuid import UUID

from safelight.engines.dicom.errors import ClaimError, ForeignDicomError

LEAST_SALT: Final = 16
OWN_UID: Final = re.compile(rb"2\.25\.(0|[1-9][0-9]{0,38})")
OWN_WORD: Final = re.compile(rb"R[0-9A-F]{12}")
VERSION: Final = 5


class Names(Protocol):
    """What stands in the place of a UID or of an identifier."""

    def uid(self, old: bytes) -> str:
        """A UID of at most 64 characters."""

    def word(self, old: bytes) -> str:
        """A word for a patient's identifier."""


class Pseudonyms:
    """Equal values give equal pseudonyms under one salt, so that a study stays together.

    Without the salt nobody can try out which name or number gives a pseudonym; who throws the salt
    away after a run cannot either. Raises `ClaimError` for a salt of fewer than 16 bytes.
    """

    def __init__(self, salt: bytes) -> None:
        """Keep the salt, in memory only."""
        if len(salt) < LEAST_SALT:
            raise ClaimError("The salt is too short to hide what the UIDs were.")
        self._salt = salt

    def uid(self, old: bytes) -> str:
        """A UID under 2.25 (PS3.5, section B.2), of at most 44 characters."""
        return f"2.25.{UUID(bytes=self._digest('uid', old)[:16], version=5).int}"

    def word(self, old: bytes) -> str:
        """Twelve hexadecimal digits after an R, for a patient's identifier."""
        return "R" + self._digest("word", old).hex()[:12].upper()

    def _digest(self, use: str, old: bytes) -> bytes:
        return hmac.digest(self._salt, use.encode() + b"\0" + old, hashlib.sha256)


class Kept:
    """The pseudonyms that a file has already, so that it stays with its study.

    INVARIANT: what does not look like one is never taken over; it may be what the file was called
    in a hospital. Raises `ForeignDicomError`.
    """

    def __init__(self, renamed: dict[bytes, str]) -> None:
        """`renamed` are those that become others nevertheless."""
        self._renamed = renamed

    def uid(self, old: bytes) -> str:
        """The same UID, or what it is renamed to."""
        found = OWN_UID.fullmatch(old)
        if found is None or not _is_random(int(found[1])):
            raise ForeignDicomError
        return self._renamed.get(old, old.decode())

    def word(self, old: bytes) -> str:
        """The same word."""
        if not OWN_WORD.fullmatch(old):
            raise ForeignDicomError
        return old.decode()


def _is_random(number: int) -> bool:
    """Whether it is a UUID as `Pseudonyms` makes them."""
    return number < 1 << 128 and UUID(int=number).version == VERSION
