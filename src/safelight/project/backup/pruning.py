"""Copies of keys are kept for days, not for years: a copy of a key brings back what was destroyed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from safelight.project.backup import postgresql
from safelight.project.backup.errors import BackupRefusedError
from safelight.project.backup.files import overwrite_and_remove, sync
from safelight.project.backup.manifest import read_manifest
from safelight.project.backup.taking import ALIASES, NAMES, engine_of, known_backups

KEYSTORE = "keystore"
ASIDE = "before-restore"


def prune_keystores(out: Path, days: int, now: datetime | None = None) -> int:
    """Remove the keystores of backups that are older than so many days; how many there were.

    One whose age cannot be read is as old as its directory. Pictures and record stay.
    """
    limit = (now or datetime.now(UTC)) - timedelta(days=days)
    holders = [path for path in known_backups(out) if _is_own(path) and _is_own(path / KEYSTORE)]
    return _remove(holders, limit)


def prune_aside(home: Path, days: int, now: datetime | None = None) -> int:
    """The same for keystores that a restore moved aside, to files or to a schema."""
    limit = (now or datetime.now(UTC)) - timedelta(days=days)
    found = [path for path in home.glob(f"{ASIDE}/*/{KEYSTORE}") if _is_own(path)]
    return _remove(sorted(path.parent for path in found), limit) + _drop_tables(limit)


def _drop_tables(limit: datetime) -> int:
    """A schema is as old as its name says; one that somebody named otherwise is not ours."""
    if engine_of(KEYSTORE) != "postgresql":
        return 0
    found = postgresql.tables_aside(ALIASES[KEYSTORE], f"{KEYSTORE}_")
    old = [stamp for stamp in found if (at := _moment(stamp)) and at < limit]
    for stamp in old:
        postgresql.drop_aside(ALIASES[KEYSTORE], stamp, found[stamp])
    return len(old)


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp.partition("-")[0].upper(), NAMES).replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_own(path: Path) -> bool:
    """INVARIANT: where a link points to is somebody else's, and nothing is overwritten there."""
    return path.is_dir() and not path.is_symlink()


def _remove(holders: list[Path], limit: datetime) -> int:
    old = [path for path in holders if _age_of(path) < limit]
    for path in old:
        overwrite_and_remove(path / KEYSTORE)
        sync(path)
    return len(old)


def _age_of(path: Path) -> datetime:
    """The older of what it says and what the disk says, so that nobody can make it younger."""
    written = datetime.fromtimestamp((path / KEYSTORE).stat().st_mtime, UTC)
    try:
        return min(written, read_manifest(path / KEYSTORE, KEYSTORE).taken_at)
    except BackupRefusedError:
        return written
