"""`safelight audit verify-receipt` and `audit export-log`: what others check the record with."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import ClassVar

from safelight.engines.transparency import check as checking
from safelight.project.starting import require_ready, start_django
from safelight.vocabulary.errors import SafelightError


class LogCopyFileError(SafelightError):
    code: ClassVar[str] = "log-copy-file"
    message: ClassVar[str] = "The copy of the log cannot be written there."


def add_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verify = actions.add_parser(
        "verify-receipt",
        help="check a receipt, such as a patient's certificate, against the signed log",
        description="Check that a receipt's statement stands in the log that was signed. With "
        "--key this needs no installation: no settings, no database, no network. Without, this "
        "institution's own key and log are asked. Exit code 1 when something does not match.",
    )
    checking.add_arguments(verify, needs_key=False)
    verify.set_defaults(run=run_verify_receipt)
    export = actions.add_parser(
        "export-log",
        help="write a copy of the log, for a witness outside the hospital",
        description="Write every entry of the log, without names and details, and the newest "
        "signed checkpoint. Receipts can be compared with it. For a witness, not for the public.",
    )
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file")
    export.set_defaults(run=run_export_log)


def run_verify_receipt(args: argparse.Namespace) -> int:
    try:
        key = checking.read_key(args.key) if args.key else _own_key(args.file)
        for sentence in checking.check(args.file, key, args.log):
            print(sentence)
    except SafelightError as error:
        code = checking.failure_code(error)
        if code == checking.NOT_CHECKED:
            raise
        sys.stdout.flush()
        print(f"safelight: {error.sentence}", file=sys.stderr)
        return code
    return checking.PROVEN


def _own_key(receipt: Path) -> str:
    """The key of this institution, once the receipt was found to agree with the log kept here."""
    read = checking.read_receipt(receipt)
    start_django()
    from safelight.audit.ports import checkpoint_signer  # noqa: PLC0415 - needs Django
    from safelight.audit.receipts import verify_here  # noqa: PLC0415 - needs Django

    require_ready()
    verify_here(read)
    return checkpoint_signer().verifier()


def run_export_log(args: argparse.Namespace) -> int:
    start_django()
    require_ready()
    if args.out.exists():
        raise LogCopyFileError("There is a file of this name already; nothing was written.")
    entries = _write(args.out)
    print(f"Entries: {entries}. Written to {args.out}.")
    return 0


def _write(path: Path) -> int:
    """All of it or nothing: what is not finished never bears the name."""
    from safelight.audit.log_copies import write_log_copy  # noqa: PLC0415 - needs Django

    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
            unfinished = Path(out.name)
            try:
                entries = write_log_copy(out.file)
                out.flush()
                os.fsync(out.fileno())
                unfinished.rename(path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise LogCopyFileError from error
    return entries
