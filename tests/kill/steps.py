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
COVERING = "safelight.redaction.services"
COVERING_WORK = "safelight.redaction.work"
GROWING = "safelight.consent.services.growing"
ORPHANS = "safelight.vault.orphans"
TAKING_BACKUPS = "safelight.project.backup.taking"
RESTORING_BACKUPS = "safelight.project.backup.restoring"
REPLAYING = "safelight.project.backup.replaying"


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

SAVING = {
    "with the original open": Step(COVERING_WORK, "open_original", "after"),
    "with the pixels covered": Step(COVERING_WORK, "redact", "after"),
    "with the result looked at": Step(COVERING_WORK, "leftovers_of", "after"),
    "in the middle of the blob": Step(DISK, "_write_all", "half"),
    "between the two sizes": Step(DISK, "_write_durably", "after"),
    "before the blobs have keys": Step(SEALING, "grant_all", "before"),
    "before anything is recorded": Step(SEALING, "grant_all", "after"),
    "with the objects recorded": Step(COVERING, "save_sealed", "after"),
    "with the draft sealed": Step(COVERING, "seal_draft", "after"),
    "with the result named": Step(COVERING, "put_rendition", "after"),
    "at the end of the transaction": Step(COVERING, "_record", "after"),
    "right after the commit": Step(ORPHANS, "discard", "before"),
    "with the keys of the result before dropped": Step(ORPHANS, "destroy_grants", "after"),
    "with the result before gone": Step(ORPHANS, "discard", "after"),
}

APPROVING = {
    "before anything": Step(COVERING, "_locked", "after"),
    "with the reasons sealed": Step(COVERING, "seal_leftovers", "after"),
    "with the draft named no more": Step(COVERING, "drop_rendition", "after"),
    "with one size in use": Step(COVERING, "put_rendition", "after"),
    "with the version in use": Step(COVERING, "_put_in_use", "after"),
    "with the requests locked": Step(GROWING, "_lock_requests", "after"),
    "before the first key": Step(GROWING, "hand_over", "before"),
    "with one agreement's keys": Step(GROWING, "hand_over", "after"),
    "with one agreement grown": Step(GROWING, "_grow", "after"),
    "with the other one's keys": Step(GROWING, "hand_over", "after", 2),
    "with every agreement grown": Step(GROWING, "_grow", "after", 2),
    "with all that follows": Step(COVERING, "follow_form", "after"),
    "at the end of the transaction": Step(COVERING, "_record", "after"),
    "right after the commit": Step(GROWING, "tidy_keys", "before"),
    "with one agreement tidied": Step(GROWING, "tidy_keys", "after"),
    "with every agreement tidied": Step(GROWING, "tidy_keys", "after", 2),
}

CONFIRMING = {
    "before anything": Step(COVERING, "_to_confirm", "after"),
    "before it counts": Step(COVERING, "set_reviewers", "before"),
    "before it is told": Step(COVERING, "set_reviewers", "after"),
    "at the end of the transaction": Step(COVERING, "_record", "after"),
    "right after the commit": Step(COVERING, "confirm", "after"),
}

SENDING_BACK = {
    "with the note sealed": Step(COVERING, "seal_note", "after"),
    "before it counts": Step(COVERING, "set_reviewers", "before"),
    "before it is told": Step(COVERING, "set_reviewers", "after"),
    "at the end of the transaction": Step(COVERING, "_record", "after"),
    "right after the commit": Step(COVERING, "send_back", "after"),
}

BACKING_UP = {
    "with the record copied": Step(TAKING_BACKUPS, "_copy_database", "after"),
    "with the keystore copied": Step(TAKING_BACKUPS, "_copy_database", "after", 2),
    "with the pictures copied": Step(TAKING_BACKUPS, "_copy_blobs", "after"),
    "with the keystore described": Step(TAKING_BACKUPS, "_describe", "after"),
    "with everything described": Step(TAKING_BACKUPS, "_describe", "after", 2),
    "before it has its name": Step(TAKING_BACKUPS, "sync_tree", "after"),
    "right after it has its name": Step(TAKING_BACKUPS, "sync", "before"),
}

RESTORING = {
    "before anything": Step(RESTORING_BACKUPS, "write_marker", "before"),
    "with the marker": Step(RESTORING_BACKUPS, "write_marker", "after"),
    "with the record moved aside": Step(RESTORING_BACKUPS, "_move_aside", "after"),
    "with the record put back": Step(RESTORING_BACKUPS, "_put", "after"),
    "with the keystore moved aside": Step(RESTORING_BACKUPS, "_move_aside", "after", 2),
    "with the keystore put back": Step(RESTORING_BACKUPS, "_put", "after", 2),
    "with one picture put back": Step(RESTORING_BACKUPS, "link_or_copy", "after"),
    "with everything put back": Step(RESTORING_BACKUPS, "_put_blobs", "after"),
    "before it counts as copied": Step(RESTORING_BACKUPS, "write_marker", "before", 2),
    "when it counts as copied": Step(RESTORING_BACKUPS, "write_marker", "after", 2),
    "with the log verified": Step(REPLAYING, "_verify", "after"),
    "before keys are destroyed again": Step(REPLAYING, "destroy_again", "before"),
    "with the keys destroyed again": Step(REPLAYING, "destroy_again", "after"),
    "while an agreement ends": Step(ENDING_VERB, "_record", "after"),
    "with the agreement ended": Step(ENDING_VERB, "_end", "after"),
    "before it is told": Step(REPLAYING, "_tell", "before"),
    "with all of it told": Step(REPLAYING, "_tell", "after"),
    "before the marker goes": Step(REPLAYING, "remove_marker", "before"),
    "with the marker gone": Step(REPLAYING, "remove_marker", "after"),
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


TAKING_BACK_VERB = "safelight.recall.services.withdrawing"
CASCADE = "safelight.recall.services.cascade"
CUSTODY = "safelight.recall.custody"
TARGETS = "safelight.recall.targets"

TAKING_ALL_BACK = {
    "before anything": Step(TAKING_BACK_VERB, "_lock", "after"),
    "with the agreements ended": Step(TAKING_BACK_VERB, "_end", "after"),
    "with the pictures out of the record": Step(TAKING_BACK_VERB, "_leave_record", "after"),
    "with the event written": Step(TAKING_BACK_VERB, "record", "after"),
    "at the end of the transaction": Step(TAKING_BACK_VERB, "_written", "after"),
    "right after the commit": Step(TAKING_BACK_VERB, "_begin", "before"),
    "before anything is listed": Step(CASCADE, "reach_of", "after"),
    "with all listed": Step(CASCADE, "plan", "after"),
    "with a share revoked": Step(TARGETS, "take_back_share", "after"),
    "with a deck pruned": Step(TARGETS, "prune_deck", "after"),
    "before the pictures are erased": Step(TARGETS, "erase", "before"),
    "with the keys dropped": Step(ORPHANS, "destroy_grants", "after"),
    "with one form's bytes gone": Step(DISK, "_remove", "after"),
    "with the bytes gone": Step(CUSTODY, "discard", "after"),
    "in the middle of its rows": Step(CUSTODY, "forget_forms", "after"),
    "with the pictures erased": Step(TARGETS, "erase", "after"),
    "before custody has a key": Step(CUSTODY, "establish", "before"),
    "with the key in two hands": Step(CUSTODY, "hand_over", "after"),
    "with the key in custody alone": Step(CUSTODY, "move_keys", "after"),
    "with the label locked away": Step(CUSTODY, "_keep_label", "after"),
    "with a line settled": Step(CASCADE, "settle_all", "after"),
    "with three lines settled": Step(CASCADE, "settle_all", "after", 3),
    "with every line settled": Step(CASCADE, "close_if_settled", "before"),
}
