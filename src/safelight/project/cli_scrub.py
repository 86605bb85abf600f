"""`safelight scrub`: take everything out of pictures that is not the picture.

Works alone: no server, no database, no settings. It reads the files it is given and writes new
ones; it never changes, replaces or removes a file that was there before.
"""

import argparse
import io
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from safelight.engines.imaging import (
    Bounds,
    Scrubbed,
    UnsupportedTypeError,
    check_clean,
    scrub,
)
from safelight.project.scrub_files import Job, Plan, plan_jobs, printable, read_file, write_file
from safelight.vocabulary.errors import SafelightError

CLEAN, FOUND, BAD = 0, 1, 2

DESCRIPTION = """\
Take everything out of pictures that is not the picture: positions, serial numbers, owners,
times, comments, thumbnails, and whatever follows the end. JPEG and PNG keep every pixel as it
is; WebP, TIFF and HEIC are written anew as JPEG or PNG. What was found is shown."""

EPILOG = """\
Without --out, the result of picture.jpg is written beside it as picture.scrubbed.jpg.
Exit code: 0 all done; 1 with --check, something was found; 2 a file could not be handled."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `safelight`."""
    parser = subparsers.add_parser(
        "scrub",
        help="strip pictures of everything that identifies",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Handle every file, go on after a bad one, and say at the end how it went."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    plan = plan_jobs(args.paths, args.out, beside=not (args.out or args.check))
    tally: Counter[str] = Counter()
    bad = [f"{printable(path)}: {reason}" for path, reason in plan.bad]
    skipped = [f"{printable(path)}: {reason}" for path, reason in plan.skipped]
    for job in _with_progress(plan):
        try:
            tally[_handle(job, check=args.check)] += 1
        except UnsupportedTypeError as error:
            # A folder holds all sorts of files; a file that was named was meant.
            (skipped if job.from_folder else bad).append(
                f"{printable(job.source)}: {error.sentence}"
            )
        except SafelightError as error:
            bad.append(f"{printable(job.source)}: {error.sentence}")
    _report(tally, skipped, bad)
    if bad:
        return BAD
    return FOUND if args.check and tally["found"] else CLEAN


def _with_progress(plan: Plan) -> "tqdm[Job]":
    """The jobs, with a bar on the terminal if there was a folder among the arguments."""
    hide = None if any(job.from_folder for job in plan.jobs) else True
    return tqdm(plan.jobs, unit=" pictures", disable=hide, file=sys.stderr)


def _handle(job: Job, *, check: bool) -> str:
    """Scrub one file, show what was found, and write the result unless only checking."""
    result = scrub(read_file(job, Bounds()), Bounds())
    check_clean(result.data)
    written = None if check else write_file(job, result.data, result.media_type)
    tqdm.write("\n".join(_lines(job.source, result, written)))
    return "found" if result.findings else "clean"


def _lines(source: Path, result: Scrubbed, written: Path | None) -> list[str]:
    """What to show of one file. PHI: on the terminal of whoever holds the file, nowhere else."""
    arrow = f" -> {printable(written)}" if written else ""
    lines = [f"{printable(source)}{arrow}"]
    lines += [f"  {f.kind.value:<14} {f.place}: {f.value}" for f in result.findings]
    if not result.findings:
        lines.append("  nothing found beside the picture")
    if result.note and written:
        lines.append(f"  note           {result.note}")
    return lines


def _report(tally: Counter[str], skipped: list[str], bad: list[str]) -> None:
    for title, lines in (("Skipped", skipped), ("Not handled", bad)):
        if lines:
            print(f"\n{title}:", *(f"  {line}" for line in lines), sep="\n", file=sys.stderr)
    total = sum(tally.values())
    noun = "picture" if total == 1 else "pictures"
    summary = f"{total} {noun}: {tally['found']} with something beside the picture"
    print(f"{summary}, {tally['clean']} without; {len(skipped)} skipped, {len(bad)} not handled.")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write results here")
    parser.add_argument("--check", action="store_true", help="only look; write nothing")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command by itself: `python -m safelight.project.cli_scrub`."""
    parser = argparse.ArgumentParser(
        prog="safelight scrub",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_arguments(parser)
    return run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())
