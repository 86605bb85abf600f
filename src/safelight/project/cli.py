"""The command `safelight`. Each command lives in a file of its own and loads what it needs."""

import argparse
import sys
from collections.abc import Sequence

from safelight.project import (
    cli_audit,
    cli_backup,
    cli_deidentify,
    cli_mail,
    cli_manage,
    cli_passphrase,
    cli_policy,
    cli_restore,
    cli_retention,
    cli_review,
    cli_roster,
    cli_scrub,
    cli_secret,
    cli_serve,
    cli_setup,
    cli_staff,
    cli_watermark,
)
from safelight.vocabulary.errors import SafelightError

DESCRIPTION = "Clinical photography where consent is the key."
EPILOG = """\
Exit code: 0 all done; 1 what was checked is not as it should be (`audit verify`, `verify-receipt`,
`scrub --check`, `deidentify`, `review`, `watermark`, `backup drill`); 2 it could not be done, and
why is said in a sentence.

Settings come from the environment: SAFELIGHT_HOME (where everything is kept),
SAFELIGHT_MODE (production or demo), SAFELIGHT_ROOT_PASSPHRASE_FILE,
SAFELIGHT_SECRET_KEY_FILE, SAFELIGHT_ALLOWED_HOSTS, and others."""

REFUSED, INTERRUPTED = 2, 130

COMMANDS = (
    cli_scrub,
    cli_deidentify,
    cli_review,
    cli_serve,
    cli_setup,
    cli_staff,
    cli_roster,
    cli_policy,
    cli_retention,
    cli_audit,
    cli_backup,
    cli_restore,
    cli_secret,
    cli_passphrase,
    cli_mail,
    cli_watermark,
    cli_manage,
)


def parser() -> argparse.ArgumentParser:
    """Every command and what it takes; nothing of Django is loaded for it."""
    root = argparse.ArgumentParser(
        prog="safelight",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(subparsers)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    args = parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except SafelightError as error:
        sys.stdout.flush()
        print(f"safelight: {error.sentence}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
