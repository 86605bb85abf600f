"""Copying a SQLite database while it is in use, and putting a copy in its place."""

import sqlite3
from contextlib import closing
from pathlib import Path

from safelight.project.backup.errors import BackupFailedError, BackupRefusedError
from safelight.project.backup.files import copy_file, sync

# A database and what SQLite keeps beside it.
ENDINGS = ("", "-wal", "-shm")


def copy_database(source: Path, target: Path) -> None:
    """A copy as of one moment, in one file, durable on return; who writes meanwhile is not disturbed."""
    address = f"{source.absolute().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
    except sqlite3.Error as error:
        raise BackupFailedError from error
    sync(target)


def put_database(copy: Path, target: Path) -> None:
    """Put a copy where the site looks for it. BackupRefusedError if SQLite finds it damaged."""
    copy_file(copy, target)
    try:
        with closing(sqlite3.connect(target)) as database:
            whole = database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error as error:
        raise BackupRefusedError("A database in this backup cannot be read.") from error
    if not whole:
        raise BackupRefusedError("A database in this backup is damaged.")


def move_aside(database: Path, directory: Path) -> None:
    """Move a database with its log into another directory of the same disk; none is no error."""
    for ending in ENDINGS:
        path = database.with_name(database.name + ending)
        if path.exists():
            directory.mkdir(parents=True, exist_ok=True)
            path.rename(directory / path.name)
