"""`safelight change-passphrase`: another passphrase for the root key, such as when somebody leaves."""

import argparse
import os
from typing import ClassVar

from safelight.project.environment import read_secret
from safelight.project.starting import NotReadyError, is_migrated, start_django, unlock
from safelight.vocabulary.errors import SafelightError

NEW = "SAFELIGHT_NEW_ROOT_PASSPHRASE"
_NOT_WRITTEN = "The root key file cannot be written; the old one stays."


class PassphraseRefusedError(SafelightError):
    code: ClassVar[str] = "passphrase-refused"
    message: ClassVar[str] = "The passphrase was not changed."


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "change-passphrase",
        help="another passphrase for the root key",
        description=f"Seal the root key file by the passphrase in {NEW}_FILE instead of the present "
        "one. The root key stays, and so do all pictures. Copies of the old file still open with "
        "the old passphrase: replace them.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings  # noqa: PLC0415 - needs Django

    from safelight.audit.services import Entry, record_durably  # noqa: PLC0415
    from safelight.connectors.keys.file import change_passphrase  # noqa: PLC0415
    from safelight.project.running import alone  # noqa: PLC0415
    from safelight.project.wiring import home, root_key_path  # noqa: PLC0415
    from safelight.vocabulary.events import EventTag  # noqa: PLC0415

    new, old = read_secret(os.environ, NEW), settings.CONFIGURATION.root_passphrase
    _require_usable(new, old, settings.CONFIGURATION.secret_key)
    if not root_key_path().exists() or not is_migrated():
        raise NotReadyError
    # Whatever starts meanwhile would start with a passphrase that opens nothing any more.
    with alone(home()):
        unlock()
        try:
            change_passphrase(root_key_path(), old, new)
        except OSError as error:
            raise PassphraseRefusedError(_NOT_WRITTEN) from error
        record_durably(Entry(tag=EventTag.VAULT_PASSPHRASE_CHANGED, actor=None))
    print("The root key opens with the new passphrase, and with no other.")
    print("Put it where the old one was, then start the site.")
    print("Copies of the old root-key.json open with the old one still: replace them.")
    return 0


def _require_usable(new: str, old: str, secret_key: str) -> None:
    from safelight.project.checks import MIN_PASSPHRASE_LENGTH, is_weak  # noqa: PLC0415 - needs Django

    if is_weak(new, MIN_PASSPHRASE_LENGTH):
        raise PassphraseRefusedError(
            f"{NEW} is missing, short or a default. Set {NEW}_FILE to a file with at least "
            f"{MIN_PASSPHRASE_LENGTH} characters, such as `safelight new-secret` prints."
        )
    if new in (old, secret_key):
        raise PassphraseRefusedError("The new passphrase is in use already. Take another one.")
