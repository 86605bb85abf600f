"""`safelight load-roster`: departments, patients and stays from a file."""

import argparse
from pathlib import Path

from safelight.project.starting import require_ready, start_django


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "load-roster",
        help="load departments, patients and stays from a JSON file",
        description="Load a roster; loading it again changes nothing. The file holds identities in "
        "clear: keep it where only you can read it, and delete it afterwards.",
    )
    parser.add_argument("file", type=Path)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    start_django()
    from safelight.project.roster import load_roster  # noqa: PLC0415 - needs Django

    require_ready()
    loaded = load_roster(args.file)
    print(
        f"Added: patients {loaded.patients}, encounters {loaded.encounters}, "
        f"assignments {loaded.assignments}."
    )
    return 0
