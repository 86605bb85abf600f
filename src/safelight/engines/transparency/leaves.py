"""One entry of the record, in its one canonical encoding (docs/specs/audit-log-v1.md section 2).

INVARIANT: a leaf holds ids, coded words, a time and hashes. The types leave no room for a name or
for free text: those live in the sealed details, of which a leaf has only the hash.
"""

import re
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from safelight.engines.transparency.errors import LeafError
from safelight.engines.transparency.hashing import HASH_SIZE

VERSION = 1
MAX_TIME = (1 << 63) - 1

_WORD = re.compile(r"[0-9A-Za-z:._-]{0,64}")
_UUID_SIZE = 16
_TIME_SIZE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What the tree commits to about one event; LeafError when a value is out of bounds.

    `tag`, `purpose` and `outcome` are coded words of up to 64 letters, digits and ``: . _ -``
    (`tag` not empty). `recorded_at` is in milliseconds since 1970 UTC. `actor` is who acted, or
    None for the system; `subject` is the patient's pseudonymous id, or None. `details_hash` is
    the SHA-256 of the sealed details, `objects_hash` that of the list of objects concerned.
    """

    event_id: UUID
    tag: str
    recorded_at: int
    actor: UUID | None
    subject: UUID | None
    purpose: str
    outcome: str
    details_hash: bytes
    objects_hash: bytes
    version: int = VERSION

    def __post_init__(self) -> None:
        """Refuse what has no canonical encoding."""
        words = (self.tag, self.purpose, self.outcome)
        hashes = (self.details_hash, self.objects_hash)
        if (
            self.version != VERSION
            or not 0 <= self.recorded_at <= MAX_TIME
            or not self.tag
            or not all(map(_WORD.fullmatch, words))
            or any(len(each) != HASH_SIZE for each in hashes)
        ):
            raise LeafError

    def encode(self) -> bytes:
        """The bytes whose `leaf_hash` enters the tree."""
        return b"".join(
            (
                self.version.to_bytes(1, "big"),
                self.event_id.bytes,
                self.recorded_at.to_bytes(_TIME_SIZE, "big"),
                _prefixed(self.actor.bytes if self.actor else b""),
                _prefixed(self.subject.bytes if self.subject else b""),
                _prefixed(self.tag.encode("ascii")),
                _prefixed(self.purpose.encode("ascii")),
                _prefixed(self.outcome.encode("ascii")),
                self.details_hash,
                self.objects_hash,
            )
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The leaf that encodes to exactly `data`; LeafError for anything else."""
        reader = _Reader(data)
        leaf = cls(
            version=reader.take(1)[0],
            event_id=UUID(bytes=reader.take(_UUID_SIZE)),
            recorded_at=int.from_bytes(reader.take(_TIME_SIZE), "big"),
            actor=reader.optional_uuid(),
            subject=reader.optional_uuid(),
            tag=reader.word(),
            purpose=reader.word(),
            outcome=reader.word(),
            details_hash=reader.take(HASH_SIZE),
            objects_hash=reader.take(HASH_SIZE),
        )
        reader.expect_end()
        return leaf


def _prefixed(value: bytes) -> bytes:
    return len(value).to_bytes(1, "big") + value


class _Reader:
    """Takes fields off the front of an encoded leaf, never past its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """Exactly `size` bytes, else LeafError."""
        found = self._data[self._at : self._at + size]
        if len(found) != size:
            raise LeafError
        self._at += size
        return found

    def optional_uuid(self) -> UUID | None:
        """An id of 16 bytes, or none of zero bytes."""
        found = self.take(self.take(1)[0])
        if len(found) not in {0, _UUID_SIZE}:
            raise LeafError
        return UUID(bytes=found) if found else None

    def word(self) -> str:
        """A coded word; whether its letters are allowed is for the leaf to say."""
        found = self.take(self.take(1)[0])
        if not found.isascii():
            raise LeafError
        return found.decode("ascii")

    def expect_end(self) -> None:
        """LeafError when bytes are left."""
        if self._at != len(self._data):
            raise LeafError
