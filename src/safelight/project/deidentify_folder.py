"""All files of one run of `safelight deidentify`: prepared, written, reported."""

import hashlib
import io
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from safelight.engines.imaging import DEFAULT_BOUNDS, UnsupportedTypeError
from safelight.project.deidentify_pictures import prepare
from safelight.project.deidentify_report import (
    MARK,
    REPORT_NAME,
    REVIEWED_MARK,
    SHEET_NAME,
    SUFFIXES,
    Entry,
    Report,
    as_json,
    counted,
)
from safelight.project.deidentify_sheet import as_html
from safelight.project.scrub_files import (
    FileError,
    Job,
    mode_of,
    plan_jobs,
    printable,
    read_file,
    write_new,
)
from safelight.redaction.ports import Scanner
from safelight.vocabulary.errors import SafelightError

DONE, LEFT = 0, 1
REPORTS = (REPORT_NAME, SHEET_NAME)
MARKS = (MARK, REVIEWED_MARK)
FOR_THE_OWNER = 0o600


def deidentify_all(scanner: Scanner, paths: Sequence[Path], out: Path) -> int:
    """Handle every file, go on after a bad one, say at the end how it went; returns the exit code.

    Raises FileError if an earlier report is in `out`, or if the report cannot be written.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    _check_free(out)
    plan = plan_jobs(paths, out, beside=False)
    report = Report(failed=list(plan.bad), skipped=list(plan.skipped))
    salt = secrets.token_bytes(32)  # known to nobody after this run
    hide = None if any(job.from_folder for job in plan.jobs) else True
    for job in tqdm(plan.jobs, unit=" pictures", disable=hide, file=sys.stderr):
        _handle(job, out, scanner, salt, report)
    for name, made in zip(REPORTS, (as_json(report), as_html(report)), strict=True):
        write_new(out / name, made, FOR_THE_OWNER)
    return _say(report, out)


def _check_free(out: Path) -> None:
    """Results are numbered from 1, and there is one report: a folder holds those of one run."""
    try:
        names = [path.name for path in out.iterdir()] if os.path.lexists(out) else []
    except OSError as error:
        raise FileError(f"{printable(out)} cannot be used: {error.strerror}.") from error
    if any(name in REPORTS or any(mark in name for mark in MARKS) for name in names):
        raise FileError(f"{printable(out)} holds results already. Choose another folder.")


def _handle(job: Job, out: Path, scanner: Scanner, salt: bytes, report: Report) -> None:
    """Prepare one file and write it, or say in the report why not."""
    try:
        prepared = prepare(read_file(job, DEFAULT_BOUNDS), scanner, salt)
        number = len(report.entries) + 1
        name = f"picture-{number:04}{MARK}{SUFFIXES[prepared.media_type]}"
        write_new(out / name, prepared.data, mode_of(job.source))
    except UnsupportedTypeError as error:
        # A folder holds all sorts of files; a file that was named was meant.
        where = report.skipped if job.from_folder else report.failed
        where.append((job.source, error.sentence))
    except SafelightError as error:
        report.failed.append((job.source, error.sentence))
    else:
        digest = hashlib.sha256(prepared.data).hexdigest()
        entry = Entry(job.source, name, digest, prepared.media_type, prepared.frames)
        report.entries.append(entry)
        tqdm.write("\n".join(_lines(entry)))


def _lines(entry: Entry) -> list[str]:
    lines = [f"{printable(entry.source)} -> {entry.result}"]
    lines.append(f"  covered        {counted(entry.covered)}")
    if entry.left:
        lines.append(f"  STILL FOUND    {counted(entry.left)}")
    return lines


def _say(report: Report, out: Path) -> int:
    for title, pairs in (("Skipped", report.skipped), ("Not handled", report.failed)):
        if pairs:
            lines = [f"  {printable(path)}: {reason}" for path, reason in pairs]
            tqdm.write("\n".join([f"\n{title}:", *lines]), file=sys.stderr)
    tqdm.write(f"{len(report.entries)} written to {printable(out)}, none of them reviewed; in "
          f"{len(report.left)} something is still found; {len(report.skipped)} skipped, "
          f"{len(report.failed)} not handled. Look at report.html; "
          "it says how to review them.")  # fmt: skip
    return LEFT if report.failed or report.left else DONE
