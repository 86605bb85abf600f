"""Taking a backup while the site runs: record, keystore, pictures, settings, journal.

INVARIANT: no root key, no passphrase and no secret is ever written into a backup.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connections

from safelight.audit.log import latest_checkpoint
from safelight.people.closings import remember_closings
from safelight.project.backup import manifest as manifests
from safelight.project.backup import postgresql, sqlite
from safelight.project.backup.errors import (
    BackupFailedError,
    BackupRefusedError,
    BackupRunningError,
)
from safelight.project.backup.files import (
    blob_files,
    copy_file,
    link_or_copy,
    overwrite,
    overwrite_and_remove,
    sha256_of,
    sync,
    sync_tree,
    write_text,
)
from safelight.project.backup.manifest import (
    BLOBS,
    JOURNAL,
    Manifest,
    describe,
    read_blobs,
    read_manifest,
    verify_list,
)
from safelight.project.wiring import home
from safelight.vault.tombstones import keep_journal

PARTIAL, DRILL = ".partial", ".drill-"
ALIASES = {"record": "default", "keystore": "keystore"}
NAMES = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Taken:
    """A backup that is whole, and where; what its list of pictures counts."""

    path: Path
    pictures: int


@contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Nobody else writes or prunes backups there meanwhile; BackupRunningError if somebody does."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRunningError from error
        yield


def take_backup(out: Path) -> Taken:
    """A whole backup in a directory of its own under `out`, or none. The caller is alone there.

    Raises BackupFailedError when the disk is full, and what the copying itself raises.
    """
    began = datetime.now(UTC)
    path = _unused(out, began.strftime(NAMES))
    partial = out / f"{path.name}{PARTIAL}"
    try:
        forget_partial(out)
        pictures = _write(partial, began, _hashed_before(out))
        sync_tree(partial)
        partial.rename(path)
        sync(out)
    except OSError as error:
        forget_partial(out)
        raise BackupFailedError from error
    except BaseException:
        forget_partial(out)
        raise
    return Taken(path, pictures)


def _unused(out: Path, name: str) -> Path:
    """A name of its own, also for the second backup of one second."""
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(out / item for item in names if not (out / item).exists())


def forget_partial(out: Path) -> None:
    """What a crash left holds keys, too."""
    for path in [*out.glob(f"*{PARTIAL}"), *out.glob(f"{DRILL}*")]:
        forget_keys(path)
        shutil.rmtree(path)


def forget_keys(place: Path) -> None:
    """Remove the copies of a keystore in a directory, their bytes overwritten first."""
    for database in place.glob("keystore.sqlite3*"):
        overwrite(database)
    if (place / "keystore").exists():
        overwrite_and_remove(place / "keystore")


def _hashed_before(out: Path) -> dict[Path, str]:
    """What the newest backup says of its pictures, each by the file itself.

    A file that is still the same one need not be read again; if the disk has changed it since, the
    older hash is the one that tells.
    """
    for backup in reversed(known_backups(out)):
        try:
            verify_list(backup, read_manifest(backup, "record"))
            return {backup / name: sha256 for name, sha256 in read_blobs(backup).items()}
        except (BackupRefusedError, OSError):
            continue
    return {}


def _write(partial: Path, began: datetime, hashed: Mapping[Path, str]) -> int:
    """Record, keystore, pictures, in this order: each copy finds what the one before it names."""
    number = uuid4()
    (partial / "keystore").mkdir(parents=True)
    checkpoint = latest_checkpoint()
    remember_closings()
    keep_journal()
    _copy_database("record", partial)
    _copy_database("keystore", partial / "keystore")
    pictures = _copy_blobs(partial, hashed)
    write_text(partial / "settings.json", _settings())
    journal = settings.CONFIGURATION.withdrawals_journal
    if journal.exists():
        copy_file(journal, partial / JOURNAL)
    _describe("keystore", partial / "keystore", number, began)
    # Last, so that a directory with a manifest is whole.
    _describe("record", partial, number, began, checkpoint.note if checkpoint else "")
    return pictures


def engine_of(part: str) -> str:
    return connections[ALIASES[part]].vendor


def _copy_database(part: str, directory: Path) -> None:
    values = connections[ALIASES[part]].settings_dict
    if engine_of(part) == "sqlite":
        sqlite.copy_database(Path(values["NAME"]), directory / f"{part}.sqlite3")
    else:
        postgresql.dump_database(values, directory / f"{part}.dump")


def _copy_blobs(partial: Path, hashed: Mapping[Path, str]) -> int:
    """Sealed objects never change, so a second name for their bytes is enough on the same disk."""
    known = {(found.st_dev, found.st_ino): sha for found, sha in _stats(hashed)}
    lines = []
    for name in blob_files(home()):
        try:
            link_or_copy(home() / name, partial / name)
        except FileNotFoundError:  # discarded meanwhile
            continue
        found = (partial / name).stat()
        sha256 = known.get((found.st_dev, found.st_ino)) or sha256_of(partial / name)
        lines.append(f"{sha256}  {name}\n")
    write_text(partial / BLOBS, "".join(lines))
    return len(lines)


def _stats(hashed: Mapping[Path, str]) -> Iterator[tuple[os.stat_result, str]]:
    for path, sha256 in hashed.items():
        with suppress(FileNotFoundError):
            yield path.stat(), sha256


def _settings() -> str:
    """What an operator needs to set up the same site again, beside the secrets."""
    known = settings.CONFIGURATION
    told = {
        "SAFELIGHT_MODE": known.mode.value,
        "SAFELIGHT_ALLOWED_HOSTS": ",".join(known.allowed_hosts),
        "SAFELIGHT_TRUSTED_PROXIES": known.trusted_proxies,
        "SAFELIGHT_SITE_URL": known.site_url,
        "record": engine_of("record"),
        "keystore": engine_of("keystore"),
        "mail server": known.mail_server.host if known.mail_server else "",
        "not in here": "root-key.json, its passphrase, the secret key, passwords of databases",
    }
    return json.dumps(told, indent=1)


def _describe(
    part: str, directory: Path, number: UUID, began: datetime, checkpoint: str = ""
) -> None:
    names = [path.name for path in directory.iterdir() if path.is_file()]
    Manifest(
        id=number,
        part=part,
        taken_at=began,
        version=version("safelight"),
        engine=engine_of(part),
        migrations=_migrations(part),
        files={name: describe(directory / name) for name in sorted(names)},
        checkpoint=checkpoint,
    ).write(directory)


def _migrations(part: str) -> tuple[str, ...]:
    with connections[ALIASES[part]].cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return tuple(f"{app}.{name}" for app, name in cursor.fetchall())


def known_backups(out: Path) -> list[Path]:
    """The whole backups there, oldest first."""
    found = (
        [path for path in out.iterdir() if (path / manifests.NAME).exists()] if out.is_dir() else []
    )
    return sorted(path for path in found if path.suffix != PARTIAL)
