"""`safelight create-staff`: the first administrator, or anybody else, from the command line."""

import argparse
import getpass
import os
import sys
from typing import ClassVar

from safelight.project.environment import read_secret
from safelight.project.starting import require_ready, start_django
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.roles import Role

PASSWORD_VARIABLE = "SAFELIGHT_STAFF_PASSWORD"  # noqa: S105 - where it is read from


class PasswordMissingError(SafelightError):
    code: ClassVar[str] = "password-missing"
    message: ClassVar[str] = (
        f"There is no terminal to ask for a password; set {PASSWORD_VARIABLE}_FILE."
    )


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "create-staff",
        help="add a member of staff, such as the first administrator",
        description="Add a member of staff. The password is asked for twice, or read from "
        f"{PASSWORD_VARIABLE}_FILE. The second factor is set up at the first sign-in.",
    )
    parser.add_argument("username")
    parser.add_argument("display_name", metavar="NAME", help="as colleagues read it")
    parser.add_argument(
        "--role", choices=[role.value for role in Role], default=Role.ADMINISTRATOR.value
    )
    parser.add_argument(
        "--department",
        action="append",
        default=[],
        metavar="NAME",
        help="where they work; may be given several times, and is opened if it is new",
    )
    parser.set_defaults(run=run)
    leaving = subparsers.add_parser(
        "close-account",
        help="close the account of somebody who has left",
        description="Close an account. Every session of it ends at once; what its owner did stays "
        "in the record.",
    )
    leaving.add_argument("username")
    leaving.set_defaults(run=run_close)


def run(args: argparse.Namespace) -> int:
    start_django()
    from safelight.institution.services import open_department  # noqa: PLC0415 - needs Django
    from safelight.people.hiring import hire  # noqa: PLC0415

    require_ready()
    password = ask_password()
    departments = [open_department(name, actor=None) for name in args.department]
    hire(
        args.username,
        password,
        display_name=args.display_name,
        role=Role(args.role),
        departments=departments,
    )
    print(f"{args.display_name} can sign in as {args.username}.")
    return 0


def ask_password() -> str:
    """From the environment or a file, else from whoever sits at the terminal."""
    if given := read_secret(os.environ, PASSWORD_VARIABLE):
        return given
    if not sys.stdin.isatty():
        raise PasswordMissingError
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise PasswordMissingError("The two passwords differ; nothing was changed.")
    return password


def run_close(args: argparse.Namespace) -> int:
    start_django()
    from safelight.people.hiring import close_account  # noqa: PLC0415 - needs Django

    require_ready()
    close_account(args.username)
    print(f"{args.username} can sign in no more.")
    return 0
