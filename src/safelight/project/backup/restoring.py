"""Putting a backup in the place of what was lost. What is there is moved aside, never deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

from safelight.connectors.journal.file import read_journal
from safelight.project.backup import marker as markers
from safelight.project.backup import postgresql, sqlite
from safelight.project.backup.errors import (
    BackupFailedError,
    BackupRefusedError,
    RestoreRefusedError,
)
from safelight.project.backup.files import link_or_copy, sync_tree, write_text
from safelight.project.backup.manifest import (
    JOURNAL,
    Manifest,
    read_blobs,
    read_manifest,
    verify,
)
from safelight.project.backup.marker import Marker, write_marker
from safelight.project.backup.pruning import ASIDE
from safelight.project.backup.replaying import coverage_sentence
from safelight.project.backup.taking import ALIASES, NAMES, engine_of
from safelight.project.starting import migrate, unlock
from safelight.project.wiring import home, root_key_path
from safelight.vault.destructions import Journal, as_line, merged, seen_line

PRESENT = "present"
PARTS = ("record", "keystore")


@dataclass(frozen=True)
class Source:
    """One part of a backup that was found whole; None in its place stands for what is here now."""

    directory: Path
    manifest: Manifest


@dataclass(frozen=True)
class Plan:
    """What is to be put where, all of it verified, and nothing changed yet."""

    record: Source | None
    keystore: Source | None
    blobs: Path
    journal: Journal

    def sources(self) -> dict[str, Source | None]:
        return {"record": self.record, "keystore": self.keystore}


def require_root_key() -> None:
    """RestoreRefusedError before anything is touched: without the key nothing could be unlocked."""
    if not root_key_path().exists():
        raise RestoreRefusedError(
            f"There is no root key in {root_key_path().parent}; put root-key.json back first. "
            "No backup holds it."
        )


def plan_restore(backup: Path, record: str, keystore: str, journal: Path | None) -> Plan:
    """Verify everything first. `record` and `keystore` name a directory, or `present`, or nothing.

    Raises BackupRefusedError, RestoreRefusedError and JournalError; nothing is changed then.
    """
    if PRESENT == record == keystore:
        raise RestoreRefusedError("Record and keystore are both to stay; nothing is to restore.")
    found = {
        "record": _source("record", record, backup),
        "keystore": _source("keystore", keystore, backup / "keystore"),
    }
    record_source = found["record"]
    if record_source is None or record_source.directory != backup:
        verify(backup, read_manifest(backup, "record"))  # for its pictures
    journals = [read_journal(path) for path in _journals(backup, journal)]
    return Plan(record_source, found["keystore"], backup, merged(*journals))


def _source(part: str, named: str, usual: Path) -> Source | None:
    if named == PRESENT:
        if not _is_here(part):
            raise RestoreRefusedError(f"There is no {part} here that could stay.")
        return None
    directory = Path(named) if named else usual
    if part == "keystore" and (directory / part).is_dir():
        directory = directory / part
    manifest = read_manifest(directory, part)
    _refuse_strange(manifest)
    verify(directory, manifest)
    return Source(directory, manifest)


def _is_here(part: str) -> bool:
    if engine_of(part) == "sqlite":
        return Path(connections[ALIASES[part]].settings_dict["NAME"]).exists()
    return "django_migrations" in connections[ALIASES[part]].introspection.table_names()


def _refuse_strange(manifest: Manifest) -> None:
    if manifest.engine != engine_of(manifest.part):
        raise BackupRefusedError(
            f"The {manifest.part} of this backup is of another kind of database than this site's."
        )
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {f"{app}.{name}" for app, name in loader.disk_migrations or ()}
    if set(manifest.migrations) - ours:
        raise BackupRefusedError(
            f"This backup is of a newer version of Safelight ({manifest.version[:40]}); "
            "install that one first."
        )


def _journals(backup: Path, named: Path | None) -> list[Path]:
    """Every journal that may know of a withdrawal: the site's own, the backup's, one that is named."""
    if named is not None and not named.is_file():
        raise RestoreRefusedError("There is no journal of withdrawals of this name.")
    usual = [settings.CONFIGURATION.withdrawals_journal, backup / JOURNAL]
    return [*([named] if named else []), *(path for path in usual if path.exists())]


def carry_out(plan: Plan, say: Callable[[str], None]) -> Path:
    """Move aside what is here and put the copies in its place; nothing may be served until replayed.

    Where what was here lies now; on PostgreSQL its tables are in a schema of that name.
    """
    # Of its own even within one second: what was moved aside there is never moved upon.
    stamp = f"{datetime.now(UTC).strftime(NAMES)}-{token_hex(3)}"
    marker = _marker(plan, stamp)
    try:
        write_marker(home(), marker)
        _keep_journal(plan.journal)
        connections.close_all()
        for part, source in plan.sources().items():
            if source is not None:
                _move_aside(part, stamp)
                _put(part, source)
        _put_blobs(plan, home() / ASIDE / stamp)
    except OSError as error:
        raise BackupFailedError(
            "The disk refused while restoring; nothing is served. Make room and restore once more."
        ) from error
    except DatabaseError as error:
        raise BackupFailedError(
            "The database refused while restoring; nothing is served. Its user has to own it."
        ) from error
    migrate()
    unlock()
    write_marker(home(), marker.copied())
    say(coverage_sentence(marker))
    return home() / ASIDE / stamp


def _marker(plan: Plan, stamp: str) -> Marker:
    record, keystore = plan.record, plan.keystore
    return Marker(
        id=uuid4(),
        aside=stamp,
        record_at=record.manifest.taken_at if record else None,
        keystore_at=keystore.manifest.taken_at if keystore else None,
        journal_until=min(plan.journal.until, datetime.now(UTC)) if plan.journal.until else None,
        checkpoint=record.manifest.checkpoint if record else "",
    )


def _keep_journal(journal: Journal) -> None:
    """For the replay, which may be another day and without the file that was named."""
    lines = [as_line(item) for item in journal.destructions]
    lines += [seen_line(journal.until)] if journal.until else []
    path = home() / markers.JOURNAL
    path.unlink(missing_ok=True)
    write_text(path, "".join(f"{line}\n" for line in lines))


def _move_aside(part: str, stamp: str) -> None:
    if engine_of(part) == "sqlite":
        aside = home() / ASIDE / stamp
        place = Path(connections[ALIASES[part]].settings_dict["NAME"])
        sqlite.move_aside(place, aside / part if part == "keystore" else aside)
    else:
        postgresql.move_aside(ALIASES[part], stamp)


def _put(part: str, source: Source) -> None:
    values = connections[ALIASES[part]].settings_dict
    copy = source.directory / source.manifest.database
    if engine_of(part) == "sqlite":
        sqlite.put_database(copy, Path(values["NAME"]))
    else:
        postgresql.load_database(values, copy)


def _put_blobs(plan: Plan, aside: Path) -> None:
    """With an older record the present pictures are moved aside: its sweeper would discard them."""
    blobs = home() / "blobs"
    if plan.record is not None and blobs.exists():
        aside.mkdir(parents=True, exist_ok=True)
        blobs.rename(aside / "blobs")
    for source in {plan.blobs, plan.record.directory if plan.record else plan.blobs}:
        for name in read_blobs(source):
            if not (home() / name).exists():
                link_or_copy(source / name, home() / name)
    if blobs.exists():
        sync_tree(blobs)
