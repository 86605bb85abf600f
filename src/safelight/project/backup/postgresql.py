"""Copying a PostgreSQL database with its own programs, and putting a copy in its place."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connections

from safelight.project.backup.errors import DumpFailedError, ProgramMissingError
from safelight.project.backup.files import sync

SCHEMA = "public"
ASIDE = "before_restore_"
"""Begins the name of a schema that a restore moved aside; the moment follows, in small letters."""
_TABLES_SQL = "SELECT count(*) FROM pg_tables WHERE schemaname = %s"


def dump_database(settings: Mapping[str, Any], target: Path) -> None:
    """A copy as of one moment in the custom format, durable on return."""
    _run("pg_dump", settings, ["--format=custom", f"--schema={SCHEMA}", f"--file={target}"])
    sync(target)


def load_database(settings: Mapping[str, Any], dump: Path) -> None:
    """All of a copy into an empty schema, or nothing of it."""
    options = [f"--schema={SCHEMA}", "--single-transaction", "--exit-on-error", str(dump)]
    _run("pg_restore", settings, options)


def _run(program: str, settings: Mapping[str, Any], options: Sequence[str]) -> None:
    """ProgramMissingError, or DumpFailedError with the class of what went wrong and no row."""
    path = shutil.which(program)
    if path is None:
        raise ProgramMissingError(
            f"{program} is not installed on this machine; install the client programs of PostgreSQL."
        )
    # The password goes by the environment, where other users of the machine cannot read it.
    environ = {**os.environ, "PGPASSWORD": str(settings["PASSWORD"])}
    place = {"host": settings["HOST"], "port": settings["PORT"], "username": settings["USER"]}
    where = [f"--{name}={value}" for name, value in place.items() if value]
    command = [path, *where, "--no-password", "--no-owner", "--no-privileges"]
    done = subprocess.run(  # noqa: S603 - our own program and arguments, no shell
        [*command, f"--dbname={settings['NAME']}", *options],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # may quote rows
        check=False,
    )
    if done.returncode:
        raise DumpFailedError(
            f"{program} ended with code {done.returncode}; run it by hand to see why."
        )


def move_aside(alias: str, stamp: str) -> bool:
    """Rename the schema with its tables and make an empty one; whether there was anything."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_TABLES_SQL, [SCHEMA])
        if cursor.fetchone()[0] == 0:
            return False
        quoted = connections[alias].ops.quote_name(f"{ASIDE}{stamp.lower()}")
        cursor.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {quoted}; CREATE SCHEMA {SCHEMA}")
    return True


def tables_aside(alias: str, starting: str) -> dict[str, list[str]]:
    """What tables of such a name restores moved aside, by the stamp of the restore."""
    found: dict[str, list[str]] = {}
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE starts_with(schemaname, %s) AND starts_with(tablename, %s)",
            [ASIDE, starting],
        )
        for schema, table in cursor.fetchall():
            found.setdefault(schema.removeprefix(ASIDE), []).append(table)
    return found


def drop_aside(alias: str, stamp: str, tables: Sequence[str]) -> None:
    """These tables, files and all, all of them or none; the rest of what was moved aside stays."""
    quote = connections[alias].ops.quote_name
    schema = quote(f"{ASIDE}{stamp}")
    names = ", ".join(f"{schema}.{quote(table)}" for table in tables)
    with connections[alias].cursor() as cursor:
        cursor.execute(f"DROP TABLE {names} CASCADE")
