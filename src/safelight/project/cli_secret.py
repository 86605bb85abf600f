"""`safelight new-secret`: a random secret, for SAFELIGHT_SECRET_KEY_FILE or a passphrase file."""

import argparse
import secrets

SECRET_BYTES = 48


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "new-secret",
        help="print a random secret",
        description="Print 64 random characters, enough for the secret key or the passphrase.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    print(secrets.token_urlsafe(SECRET_BYTES))
    return 0
