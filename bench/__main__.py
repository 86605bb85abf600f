"""Measure, print tables, and keep them as JSON if asked to."""

import argparse
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.home import temporary_home
from safelight.project.starting import start_django

PARTS = (
    "references",
    "stages",
    "intake",
    "consent",
    "views",
    "lectures",
    "orthanc",
    "looking",
    "recall",
    "search",
)
EPILOG = "Machines are noisy: compare ratios of one run, not figures of two."


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, epilog=EPILOG)
    parser.add_argument("--quick", action="store_true", help="about two minutes instead of fifteen")
    parser.add_argument("--seconds", type=float, help="how long each load lasts [4, quick 1]")
    parser.add_argument("--patients", type=int, help="to search among [100,000, quick 10,000]")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART",
                        help=f"of {', '.join(PARTS)}")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="PATH", help="write all figures there")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse(arguments)
    seconds = args.seconds or (1.0 if args.quick else 4.0)
    rounds = 5 if args.quick else 25
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"{datetime.now(UTC):%Y-%m-%d}")  # fmt: skip
    with temporary_home() as home:
        start_django()
        from bench.parts import Wanted, run  # noqa: PLC0415 - Django must be up

        patients = args.patients or (10_000 if args.quick else 100_000)
        report = run(home, Wanted(frozenset(args.only), seconds, rounds, patients))
    if args.json:
        report.save(args.json)


if __name__ == "__main__":
    main()
