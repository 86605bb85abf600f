"""UIDs and identifiers that follow from the old ones and a salt, and do not lead back."""

import hashlib
import hmac
from typing import Final
from uuid import UUID

from safelight.engines.dicom.errors import ClaimError

LEAST_SALT: Final = 16


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
