"""`safelight manage …`: Django's own commands, for operators who know them. Not in the help."""

import argparse

from safelight.project.starting import start_django


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    # Without a `help` the command is left out of the list of commands.
    parser = subparsers.add_parser("manage", add_help=False)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    start_django()
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - needs Django

    execute_from_command_line(["safelight manage", *args.arguments])
    return 0
