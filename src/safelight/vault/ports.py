"""What the vault needs from outside: a root key and a store for sealed bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol
from uuid import UUID

from safelight.vault.destructions import Destruction, Journal
from safelight.vault.errors import VaultLockedError


class RootKey(Protocol):
    """Wraps and unwraps custodians; the key itself never leaves the port."""

    def wrap(self, context: bytes, key: bytes) -> bytes: ...

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes: ...


class BlobStore(Protocol):
    """Durable storage of sealed bytes by id. Every byte that comes here is already sealed."""

    def put(self, object_id: UUID, sealed: bytes) -> None:
        """Store `sealed` whole or not at all; durable on return."""

    def get(self, object_id: UUID) -> bytes: ...

    def delete(self, object_id: UUID) -> None:
        """Forget the bytes; no error if they are not there."""

    def ids(self) -> Iterator[tuple[UUID, float]]:
        """Every stored id with its Unix time of storage."""


class QuarantineFile(Protocol):
    """The sealed file of one upload while a connection writes to it."""

    def write(self, sealed: bytes) -> None: ...

    def sync(self) -> None:
        """Durable on return."""

    def is_current(self) -> bool:
        """Whether readers see this file: not if another connection has taken the upload over."""

    def close(self) -> None: ...


class QuarantineStore(Protocol):
    """Growing sealed files of uploads that are under way."""

    def resume(self, upload: UUID, size: int) -> QuarantineFile:
        """A file that starts with the first `size` bytes of what was there.

        Whoever wrote before goes on writing to a file that nobody reads any more, so that a
        connection that hangs can never disturb the one that took its place.
        """

    def size(self, upload: UUID) -> int:
        """How many sealed bytes are there, durably; 0 if none."""

    def read(self, upload: UUID) -> BinaryIO: ...

    def delete(self, upload: UUID) -> None: ...

    def ids(self) -> Iterator[tuple[UUID, float]]:
        """Every upload that has left anything here, with the Unix time of its last byte."""


class DestructionJournal(Protocol):
    """A journal of what was destroyed, kept outside the databases. Raises JournalError."""

    def append(self, items: Sequence[Destruction]) -> None:
        """Durable on return."""

    def mark(self, moment: datetime) -> None:
        """Say that nothing is missing before `moment`."""

    def read(self) -> Journal: ...

    def set_aside(self) -> None:
        """Keep what is there under another name and begin anew."""


@dataclass
class Wiring:
    """Filled once, when the project starts; the vault is locked while it is empty."""

    root: RootKey | None = None
    blobs: BlobStore | None = None
    quarantine: QuarantineStore | None = None
    journal: DestructionJournal | None = None


wiring = Wiring()


def root_key() -> RootKey:
    if wiring.root is None:
        raise VaultLockedError
    return wiring.root


def blob_store() -> BlobStore:
    if wiring.blobs is None:
        raise VaultLockedError
    return wiring.blobs


def quarantine_store() -> QuarantineStore:
    if wiring.quarantine is None:
        raise VaultLockedError
    return wiring.quarantine
