"""`safelight restore`: put a backup in the place of what was lost, and replay what was withdrawn."""

import argparse
import sys
from pathlib import Path

from safelight.project.starting import start_django


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "restore",
        help="put a backup back, and replay what was withdrawn since",
        description="Put a backup back while nothing is served, moving aside what is there, and "
        "replay what was withdrawn since before anything is served. Without DIR: go on with a "
        "restore that was interrupted. root-key.json has to be in its place; no backup holds it.",
    )
    parser.add_argument("backup", type=Path, nargs="?", metavar="DIR", help="one backup")
    parser.add_argument(
        "--keystore",
        default="",
        metavar="DIR",
        help='a keystore from elsewhere; "present" keeps the one that is here',
    )
    parser.add_argument(
        "--record",
        default="",
        metavar="DIR",
        help='a record from another backup; "present" keeps the one that is here',
    )
    parser.add_argument(
        "--journal", type=Path, metavar="FILE", help="the newest journal of withdrawals"
    )
    parser.add_argument(
        "--accept-missing-withdrawals",
        action="store_true",
        help="serve although withdrawals may be missing; the record says that it was accepted",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    start_django()
    from safelight.project.backup.replaying import finish_restore  # noqa: PLC0415 - needs Django
    from safelight.project.backup.restoring import (  # noqa: PLC0415
        carry_out,
        plan_restore,
        require_root_key,
    )
    from safelight.project.running import alone  # noqa: PLC0415
    from safelight.project.starting import unlock  # noqa: PLC0415
    from safelight.project.wiring import home  # noqa: PLC0415

    require_root_key()
    with alone(home()):
        if args.backup is not None:
            plan = plan_restore(args.backup, args.record, args.keystore, args.journal)
            aside = carry_out(plan, print)
            print(f"What was here before is in {aside}, or in a schema of that name.")
        else:
            unlock()
        sys.stdout.flush()
        finish_restore(print, accept=args.accept_missing_withdrawals)
    print("What was withdrawn is withdrawn again. The site may serve.")
    return 0
