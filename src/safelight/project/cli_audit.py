"""`safelight audit …`: rebuild and check the record of who did what, and take a copy of its seal."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from safelight.engines.transparency.checkpoints import MAX_NOTE_LENGTH, is_shaped_like_checkpoint
from safelight.project import cli_receipts
from safelight.project.starting import require_ready, start_django
from safelight.vocabulary.errors import SafelightError

if TYPE_CHECKING:
    from safelight.audit.findings import Report

FOUND = 1
LARGEST_FILE = 4 * MAX_NOTE_LENGTH  # bytes


class CheckpointFileError(SafelightError):
    code: ClassVar[str] = "checkpoint-file"
    message: ClassVar[str] = "The checkpoint file cannot be read."


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "audit",
        help="check the record of who did what",
        description="Check the record of who did what, or export what a witness keeps.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_verify(actions)
    export = actions.add_parser(
        "export-checkpoint",
        help="print the newest signed checkpoint, for a witness outside the hospital",
    )
    export.set_defaults(run=run_export)
    cli_receipts.add_actions(actions)
    key = actions.add_parser(
        "verifier-key", help="print the public key that checkpoints are checked with"
    )
    key.set_defaults(run=run_key)


def _add_verify(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verify = actions.add_parser(
        "verify",
        help="rebuild the whole record and compare it with every signed checkpoint",
        description="Rebuild the record from its rows and compare it with every signed "
        "checkpoint. Exit code 1 when anything was changed, added or taken away.",
    )
    verify.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="a checkpoint that was kept elsewhere; the record must still contain its entries",
    )
    verify.set_defaults(run=run_verify)


def run_verify(args: argparse.Namespace) -> int:
    witness = _read(args.checkpoint) if args.checkpoint else None
    start_django()
    from safelight.audit.verification import verify_record  # noqa: PLC0415 - needs Django

    require_ready()
    report = verify_record(witness)
    _print(report)
    return FOUND if report.problems else 0


def _read(path: Path) -> str:
    """A checkpoint of whatever log; CheckpointFileError when the file holds none."""
    try:
        with path.open("rb") as stream:
            note = stream.read(LARGEST_FILE).decode()
    except (OSError, ValueError) as error:
        raise CheckpointFileError from error
    if not is_shaped_like_checkpoint(note):
        raise CheckpointFileError("The file given as a checkpoint is none; nothing was checked.")
    return note


def _print(report: "Report") -> None:
    for problem in report.problems:
        print(f"- {problem.sentence}")
    if report.unlisted:
        print(f"- And {report.unlisted} more of these.")
    if report.waiting:
        print(
            f"Events not in the log yet: {report.waiting}, "
            f"the oldest for {report.oldest_waiting_seconds} s."
        )
    print(f"Entries: {report.entries}. Signed checkpoints: {report.checkpoints}.")
    print(f"Root: {report.root.hex()}")
    print("The record is NOT as it was signed." if report.problems else "The record is whole.")


def run_export(args: argparse.Namespace) -> int:
    start_django()
    from safelight.audit.log import latest_checkpoint  # noqa: PLC0415 - needs Django
    from safelight.audit.log_copies import NoCheckpointError  # noqa: PLC0415 - needs Django

    require_ready()
    checkpoint = latest_checkpoint()
    if checkpoint is None:
        raise NoCheckpointError
    sys.stdout.write(checkpoint.note)
    return 0


def run_key(args: argparse.Namespace) -> int:
    start_django()
    from safelight.vault.log_signing import LogKey  # noqa: PLC0415 - needs Django

    require_ready()
    print(LogKey().verifier())
    return 0
