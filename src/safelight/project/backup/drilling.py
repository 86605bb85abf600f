"""The drill: a real backup is restored beside the site, by a process of its own, and tried.

The copy has its own home, its own keystore and, on PostgreSQL, its own two databases; all of it is
removed afterwards, keys overwritten. The live site is only read.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError, connections

from safelight.project.backup.errors import BackupFailedError, RestoreRefusedError
from safelight.project.backup.expectations import live_expectations
from safelight.project.backup.files import copy_file
from safelight.project.backup.manifest import read_manifest
from safelight.project.backup.taking import ALIASES, DRILL, alone_in, engine_of, forget_keys
from safelight.project.wiring import root_key_path

EXPECTED, LIVE_JOURNAL = "expected.json", "live-withdrawals.jsonl"
_URLS = {"record": "SAFELIGHT_DATABASE_URL", "keystore": "SAFELIGHT_KEYSTORE_URL"}


def drill(backup: Path, say: Callable[[str], None]) -> bool:
    """Whether the backup, restored now, brings back nothing that ended and all that is permitted."""
    manifest = read_manifest(backup, "record")
    with alone_in(backup.parent), _place_beside(backup) as place, _databases() as urls:
        try:
            copy_file(root_key_path(), place / root_key_path().name)
            live_expectations(manifest.checkpoint).write(place / EXPECTED)
            journal = settings.CONFIGURATION.withdrawals_journal
            if journal.exists():
                copy_file(journal, place / LIVE_JOURNAL)
        except OSError as error:
            raise BackupFailedError("There is no room beside the backup for a drill.") from error
        return _try(backup, place, urls, say)


@contextmanager
def _place_beside(backup: Path) -> Iterator[Path]:
    """On the disk of the backup, so that pictures need no room; keys in it do not outlive this."""
    place = Path(tempfile.mkdtemp(prefix=DRILL, dir=backup.parent))
    try:
        yield place
    finally:
        forget_keys(place)
        shutil.rmtree(place)


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    """Empty databases on the server of the live ones, gone afterwards; none on SQLite."""
    made: dict[str, str] = {}
    try:
        urls = {}
        for part, variable in _URLS.items():
            if engine_of(part) == "sqlite":
                urls[variable] = ""
                continue
            made[part] = f"safelight_drill_{part}_{secrets.token_hex(6)}"
            _make(part, made[part])
            urls[variable] = _url(connections[ALIASES[part]].settings_dict, made[part])
        yield urls
    finally:
        for part, name in made.items():
            _on_server(part, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _make(part: str, name: str) -> None:
    try:
        _on_server(part, f"CREATE DATABASE {name}")
    except DatabaseError as error:
        raise RestoreRefusedError(
            "The drill needs two databases of its own, and the database's user may make none "
            "(CREATEDB)."
        ) from error


def _on_server(part: str, statement: str) -> None:
    """By a connection of its own: the live one may only read by then."""
    own = connections[ALIASES[part]].copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(statement)
    finally:
        own.close()


def _url(values: Mapping[str, Any], name: str) -> str:
    user, password = quote(str(values["USER"]), safe=""), quote(str(values["PASSWORD"]), safe="")
    port = f":{values['PORT']}" if values["PORT"] else ""
    return f"postgresql://{user}:{password}@{values['HOST']}{port}/{name}"


def _try(backup: Path, place: Path, urls: Mapping[str, str], say: Callable[[str], None]) -> bool:
    """In another process, whose settings know nothing of the live databases."""
    known = settings.CONFIGURATION
    environ = {
        **os.environ,
        **urls,
        "SAFELIGHT_HOME": str(place),
        "SAFELIGHT_WITHDRAWALS_JOURNAL": "",
        "SAFELIGHT_ROOT_PASSPHRASE": known.root_passphrase,
        "SAFELIGHT_SECRET_KEY": known.secret_key,
    }
    command = [sys.executable, "-m", "safelight.project.backup.trying", str(backup.absolute())]
    done = subprocess.run(  # noqa: S603 - our own module
        command, env=environ, stdout=subprocess.PIPE, text=True, check=False
    )
    for line in done.stdout.splitlines():
        say(line)
    say("The drill is passed." if done.returncode == 0 else "The drill is NOT passed.")
    return done.returncode == 0
