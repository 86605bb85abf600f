"""Where a process dies. Each step names a function of the house, and dies before, in or after it.

The functions are wrapped in the driver's own process; the house itself knows nothing of this.
"""

import importlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DISK = "safelight.connectors.blobs.disk"
INTAKE = "safelight.capture.services.intake"
RECEIVING = "safelight.capture.services.receiving"
BEGINNING = "safelight.capture.services.beginning"
VERIFICATION = "safelight.capture.verification"
QUARANTINE = "safelight.vault.quarantine"
SEALING = "safelight.vault.sealing"
SIGNING_VERB = "safelight.consent.services.signing"
ENDING_VERB = "safelight.consent.services.ending"


@dataclass(frozen=True)
class Step:
    """Die when `name` of `module` is called for the `nth` time: before, half through, or after."""

    module: str
    name: str
    when: str
    nth: int = 1


TAKING = {
    "before the upload has a key": Step(QUARANTINE, "begin", "before"),
    "before the upload has a row": Step(QUARANTINE, "begin", "after"),
    "before the first byte": Step(BEGINNING, "_insert", "after"),
    "in the middle of a chunk": Step(DISK, "_write_all", "half", 3),
    "between two chunks": Step(DISK, "_write_all", "after", 3),
    "when all has arrived": Step(RECEIVING, "_append", "after"),
    "with the picture open": Step(INTAKE, "_received", "after"),
    "with the picture scrubbed": Step(INTAKE, "check_clean", "after"),
    "in the middle of the blob": Step(DISK, "_write_all", "half", 5),
    "before the blob has its name": Step(DISK, "_write_durably", "after"),
    "before the blob has a key": Step(SEALING, "grant_all", "before"),
    "before anything is recorded": Step(SEALING, "grant_all", "after"),
    "in the middle of the transaction": Step(INTAKE, "register_photograph", "after"),
    "at the end of the transaction": Step(INTAKE, "_record", "after"),
    "right after the commit": Step(INTAKE, "_clear", "before"),
    "before the phone is told": Step(RECEIVING, "take_in", "after"),
}

VERIFYING = {
    "before the claim": Step(VERIFICATION, "_unclaimed", "after"),
    "with the claim": Step(VERIFICATION, "verify", "before"),
    "with the original open": Step(QUARANTINE, "open_unverified", "after"),
    "with the renditions made": Step(VERIFICATION, "make_renditions", "after"),
    "in the middle of a rendition": Step(DISK, "_write_all", "half"),
    "between the renditions": Step(DISK, "_write_durably", "after"),
    "before the renditions have keys": Step(SEALING, "grant_all", "before"),
    "before it is recorded": Step(SEALING, "grant_all", "after"),
    "in the middle of its transaction": Step(VERIFICATION, "mark_verified", "after"),
    "before the upload's key is shredded": Step(VERIFICATION, "_decide", "after"),
    "with the upload's key shredded": Step(VERIFICATION, "verify", "after"),
}

SIGNING = {
    "before anything": Step(SIGNING_VERB, "lock_proposal", "after"),
    "with every answer checked": Step(SIGNING_VERB, "_check_answers", "after"),
    "with one use decided": Step(SIGNING_VERB, "decide", "after"),
    "with every use decided": Step(SIGNING_VERB, "decide", "after", 2),
    "with a key made": Step(SIGNING_VERB, "establish", "after"),
    "with the terms sealed": Step(SIGNING_VERB, "seal_terms", "after"),
    "with one agreement's grants": Step(SIGNING_VERB, "hand_over", "after"),
    "with every grant": Step(SIGNING_VERB, "hand_over", "after", 2),
    "with every picture listed": Step(SIGNING_VERB, "activate", "after"),
    "with the older word replaced": Step(SIGNING_VERB, "supersede", "after"),
    "with the record sealed": Step(SIGNING_VERB, "seal_record", "after"),
    "with the event written": Step(SIGNING_VERB, "record", "after"),
    "at the end of the transaction": Step(SIGNING_VERB, "conclude", "after"),
    "right after the commit": Step(ENDING_VERB, "tidy_keys", "before"),
    "with one older key settled": Step(ENDING_VERB, "tidy_keys", "after"),
    "with every older key settled": Step(ENDING_VERB, "tidy_keys", "after", 2),
}

WITHDRAWING = {
    "before anything": Step(ENDING_VERB, "_locked", "after"),
    "with the event written": Step(ENDING_VERB, "_record", "after"),
    "at the end of the transaction": Step(ENDING_VERB, "_end", "after"),
    "right after the commit": Step(ENDING_VERB, "tidy_keys", "before"),
    "before the key is shredded": Step(ENDING_VERB, "shred_agreement", "before"),
    "with the key shredded": Step(ENDING_VERB, "shred_agreement", "after"),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: Step) -> None:
    """Wrap the step's function so that this process dies there."""
    module = importlib.import_module(step.module)
    real: Callable[..., Any] = getattr(module, step.name)
    calls = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls != step.nth:
            return real(*args, **kwargs)
        if step.when == "half":
            file, data = args
            real(file, bytes(data)[: len(data) // 2])
        if step.when == "after":
            real(*args, **kwargs)
        die()
        raise AssertionError("still alive")

    setattr(module, step.name, wrapped)
