"""`safelight init` and `safelight migrate`: from an empty directory to a hospital's own."""

import argparse
from typing import ClassVar

from safelight.project.starting import migrate, refuse_unsafe, set_up, start_django, unlock
from safelight.vocabulary.errors import SafelightError


class AlreadyThereError(SafelightError):
    code: ClassVar[str] = "already-there"
    message: ClassVar[str] = (
        "There is a root key here already, and it is never overwritten. To bring the databases "
        "to this version, run `safelight migrate`."
    )


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _add_init(subparsers)
    parser = subparsers.add_parser(
        "migrate",
        help="bring the databases to this version",
        description="Bring both databases to the form that this version needs.",
    )
    parser.set_defaults(run=run_migrate)


def _add_init(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "init",
        help="make the root key and the databases, once",
        description="Make the root key and both databases under SAFELIGHT_HOME. An existing root "
        "key is never overwritten.",
    )
    parser.add_argument("--name", required=True, help="the institution's name")
    parser.add_argument("--time-zone", default="UTC", help="such as Europe/Lisbon")
    parser.add_argument(
        "--identifier-system",
        default="urn:local",
        help="URI of the system that numbers the patients (FHIR Identifier.system)",
    )
    parser.add_argument("--identifier-label", default="Hospital number", help="its name on pages")
    parser.add_argument(
        "--jurisdiction", default="ZZ", help="whose law applies, as an ISO 3166 code such as PT"
    )
    parser.set_defaults(run=run_init)


def run_init(args: argparse.Namespace) -> int:
    start_django()
    from safelight.consent.defaults import default_form  # noqa: PLC0415 - needs Django
    from safelight.consent.rules.form import Contact  # noqa: PLC0415
    from safelight.consent.services.forms import draft_form  # noqa: PLC0415
    from safelight.institution.services import (  # noqa: PLC0415
        found_institution,
        require_time_zone,
    )
    from safelight.project.wiring import root_key_path  # noqa: PLC0415

    if root_key_path().exists():
        raise AlreadyThereError
    refuse_unsafe("security")
    require_time_zone(args.time_zone)
    set_up()
    unlock()
    found_institution(
        args.name,
        time_zone=args.time_zone,
        identifier_system=args.identifier_system,
        identifier_label=args.identifier_label,
        jurisdiction=args.jurisdiction,
    )
    draft_form(default_form(Contact()), drafted_by=None)
    print(f"The root key and the databases are in {root_key_path().parent}.")
    print("Keep the passphrase apart from them: without it every picture stays dark.")
    print("Next: `safelight create-staff`, then `safelight serve`.")
    return 0


def run_migrate(args: argparse.Namespace) -> int:
    start_django()
    migrate()
    print("Both databases have the form that this version needs.")
    return 0
