"""`safelight backup …`: take a backup, forget old copies of keys, and prove that a backup is safe."""

import argparse
from pathlib import Path

from safelight.project.starting import require_ready, start_django

FOUND = 1


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "backup",
        help="copy everything while the site runs, but never the root key",
        description="Copy the record, the keystore, the pictures and the settings while the site "
        "runs. The root key, its passphrase and every secret stay out: keep them apart.",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where backups are collected")
    parser.set_defaults(run=run_backup, parser=parser)
    actions = parser.add_subparsers(metavar="ACTION")
    _add_prune(actions)
    drill = actions.add_parser(
        "drill",
        help="restore a backup beside the site and prove that it brings back nothing withdrawn",
        description="Restore a backup into a directory of its own, replay what was withdrawn "
        "since, and try to open all that may not be opened. The site is only read. Exit code 1 "
        "when anything opened, or something that is permitted did not.",
    )
    drill.add_argument("backup", type=Path, metavar="DIR", help="one backup")
    drill.set_defaults(run=run_drill)


def _add_prune(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    prune = actions.add_parser(
        "prune",
        help="forget copies of the keystore that are too old",
        description="Remove the keystore from backups that are older than the policy allows "
        "(keystore-backup-days), and from what a restore moved aside. Every backup does this, too.",
    )
    prune.add_argument("--out", type=Path, metavar="DIR", required=True, dest="pruned")
    prune.add_argument("--keystore-days", type=_days, metavar="N", help="instead of the policy's")
    prune.set_defaults(run=run_prune)


def _days(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def run_backup(args: argparse.Namespace) -> int:
    if args.out is None:
        args.parser.error("--out is needed: where backups are collected")
    start_django()
    from safelight.project.backup.taking import alone_in, take_backup  # noqa: PLC0415

    require_ready()
    with alone_in(args.out):
        taken = take_backup(args.out)
        pruned = _prune(args.out, None)
    print(f"A whole backup is in {taken.path}: {taken.pictures} sealed objects.")
    print(f"Copies of the keystore that were too old and are gone: {pruned}.")
    print("Not in it: the root key, its passphrase, and every other secret. Keep them apart.")
    return 0


def run_prune(args: argparse.Namespace) -> int:
    start_django()
    from safelight.project.backup.taking import alone_in  # noqa: PLC0415 - needs Django

    require_ready()
    with alone_in(args.pruned):
        print(f"Copies of the keystore that are gone: {_prune(args.pruned, args.keystore_days)}.")
    return 0


def _prune(out: Path, days: int | None) -> int:
    from safelight.institution.selectors import current_policy  # noqa: PLC0415 - needs Django
    from safelight.project.backup.pruning import prune_aside, prune_keystores  # noqa: PLC0415
    from safelight.project.wiring import home  # noqa: PLC0415

    kept = current_policy().keystore_backup_days if days is None else days
    return prune_keystores(out, kept) + prune_aside(home(), kept)


def run_drill(args: argparse.Namespace) -> int:
    start_django()
    from safelight.project.backup.drilling import drill  # noqa: PLC0415 - needs Django

    require_ready()
    is_proven = drill(args.backup, print)
    return 0 if is_proven else FOUND
