"""Measure, print tables, and keep them as JSON if asked to."""

import argparse
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import intake, orthanc, references, search, stages, views
from bench.hospital import found_hospital, serving, temporary_home
from bench.report import Report

PARTS = ("references", "stages", "intake", "views", "orthanc", "search")
EPILOG = "Machines are noisy: compare ratios of one run, not figures of two."


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, epilog=EPILOG)
    parser.add_argument("--quick", action="store_true", help="about a minute instead of four")
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
    report = Report()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"{datetime.now(UTC):%Y-%m-%d}")  # fmt: skip
    with temporary_home() as home:
        hospital = found_hospital(home)
        if "references" in args.only:
            references.measure(report, hospital, seconds)
        if "stages" in args.only or "views" in args.only:
            stages.measure(report, hospital, max(rounds, views.PICTURES))
        if {"intake", "views"} & set(args.only):
            with serving() as site:
                if "intake" in args.only:
                    intake.measure(report, hospital, site, seconds)
                if "views" in args.only:
                    views.measure(report, hospital, site, seconds)
        if "orthanc" in args.only and orthanc.is_here():
            orthanc.measure(report, hospital, seconds)
        elif "orthanc" in args.only:
            print("\nOrthanc is not here (apt-get install orthanc), so nothing is compared with it")
        if "search" in args.only:
            patients = args.patients or (10_000 if args.quick else 100_000)
            search.measure(report, hospital, patients, rounds * 4)
    if args.json:
        report.save(args.json)


if __name__ == "__main__":
    main()
