"""From a bare process to a hospital that may be served: Django, tables, keys, checks.

Nothing of Django is imported before it is asked for, so that `safelight scrub` starts at once.
"""

import os
import resource
from typing import ClassVar

from safelight.vocabulary.errors import SafelightError

# Whatever this process makes is its owner's alone.
UMASK = 0o077


class NotReadyError(SafelightError):
    code: ClassVar[str] = "not-ready"
    message: ClassVar[str] = "Nothing is set up here yet; run `safelight init` first."


class UnsafeStartError(SafelightError):
    code: ClassVar[str] = "unsafe-start"
    message: ClassVar[str] = "The settings are not safe."


def start_django() -> None:
    """Load the settings and apps; raises ConfigurationError when the settings do not fit."""
    os.umask(UMASK)
    # A crash must not write the memory of this process, keys and all, to a disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safelight.project.settings")
    import django  # noqa: PLC0415 - not before a command needs it

    django.setup()


def refuse_unsafe(*tags: str) -> None:
    """UnsafeStartError that says what to mend, when a check of these kinds finds an error."""
    from django.core.checks import run_checks  # noqa: PLC0415 - needs Django

    found = run_checks(tags=tags, include_deployment_checks=True, databases=["default"])
    errors = [message for message in found if message.is_serious()]
    if errors:
        raise UnsafeStartError("\n".join(f"{error.msg}. {error.hint}" for error in errors))


def set_up() -> None:
    """Bring both databases to the present form, and make the root key if there is none.

    The key comes last: databases that cannot be reached leave none, so `init` can be repeated.
    """
    from safelight.project.wiring import ensure_root_key, home  # noqa: PLC0415 - needs Django

    home().mkdir(parents=True, exist_ok=True)
    migrate()
    ensure_root_key()


def migrate() -> None:
    """Bring both databases to the present form; the keystore only ever gets its own tables."""
    from django.core.management import call_command  # noqa: PLC0415 - needs Django
    from django.db import DatabaseError  # noqa: PLC0415

    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("migrate", "keystore", database="keystore", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise NotReadyError("The databases cannot be reached or written.") from error


def is_migrated() -> bool:
    """Whether both databases have the form that this version needs; NotReadyError if unreadable."""
    from django.db import DatabaseError, connections  # noqa: PLC0415 - needs Django
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    try:
        record, keystore = (MigrationExecutor(connections[n]) for n in ("default", "keystore"))
        keystore_leaves = keystore.loader.graph.leaf_nodes("keystore")
        return not (
            record.migration_plan(record.loader.graph.leaf_nodes())
            or keystore.migration_plan(keystore_leaves)
        )
    except DatabaseError as error:
        raise NotReadyError("The databases cannot be reached or read.") from error


def require_ready() -> None:
    """Refuse to go on without keys and tables; unlock the keystore, once for this process."""
    from safelight.project.backup.errors import NotReplayedError  # noqa: PLC0415 - needs Django
    from safelight.project.backup.marker import is_restoring  # noqa: PLC0415
    from safelight.project.running import hold  # noqa: PLC0415
    from safelight.project.wiring import home, root_key_path  # noqa: PLC0415

    if not root_key_path().exists():
        raise NotReadyError
    # INVARIANT: between a restore and the end of its replay nothing is served and nothing worked on.
    if is_restoring(home()):
        raise NotReplayedError
    hold(home())
    if not is_migrated():
        raise NotReadyError("The databases are of another version; run `safelight migrate` first.")
    unlock()


def unlock() -> None:
    """Open the root key now rather than with the first picture.

    Raises VaultLockedError, and an EnvelopeError when the keystore belongs to another root key.
    """
    from safelight.vault.institution_keys import LOG_SIGNATURE, institution_key  # noqa: PLC0415

    institution_key(LOG_SIGNATURE)
