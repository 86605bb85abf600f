"""What the record needs from outside: a sealer for details, a signer, a clock."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from safelight.vocabulary.errors import SafelightError


class DetailSealer(Protocol):
    """Seals an event's details under the patient's custodian, or the institution's."""

    def seal(self, subject: UUID | None, event: UUID, details: bytes) -> bytes: ...

    def unseal(self, subject: UUID | None, event: UUID, sealed: bytes) -> bytes: ...


class CheckpointSigner(Protocol):
    """Signs the log's checkpoints with the institution's log key."""

    @property
    def origin(self) -> str: ...

    def sign(self, size: int, root: bytes) -> str: ...

    def verify(self, note: str) -> tuple[int, bytes]: ...

    def verifier(self) -> str:
        """The public key as witnesses take it: all that a receipt is checked with."""


class NotWiredError(SafelightError):
    code = "audit-not-wired"
    message = "the record of events is not wired to its keys"


@dataclass
class Wiring:
    """Filled once, when the project starts; fails closed while empty."""

    sealer: DetailSealer | None = None
    signer: CheckpointSigner | None = None


wiring = Wiring()


def detail_sealer() -> DetailSealer:
    if wiring.sealer is None:
        raise NotWiredError
    return wiring.sealer


def checkpoint_signer() -> CheckpointSigner:
    if wiring.signer is None:
        raise NotWiredError
    return wiring.signer
