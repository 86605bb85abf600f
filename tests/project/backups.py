"""Hospitals to back up and restore, on each kind of database that is here."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from tests.components import find_postgresql
from tests.postgresql import throwaway_server
from tests.project.test_cli import run
from tests.project.test_cli_hospital import SECRETS

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ["sqlite", *(["postgresql"] if find_postgresql() else [])]
NAMES = ("record", "keystore")
ONE, LECTURE = "one-to-one-teaching", "lecture"


@dataclass(frozen=True)
class Hospital:
    """A home, its databases, and what its operator and its staff do."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, ok: bool = True) -> "subprocess.CompletedProcess[str]":
        done = run(*arguments, home=self.home, **SECRETS, **self.environ)
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return done

    def act(self, *arguments: str) -> dict[str, Any]:
        """One act of backup_acts, in a process of its own."""
        environ = {**os.environ, "SAFELIGHT_HOME": str(self.home), **SECRETS, **self.environ}
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, "-m", "tests.project.backup_acts", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    def back_up(self, out: Path) -> Path:
        before = set(out.iterdir()) if out.exists() else set()
        self.run("backup", "--out", str(out))
        (made,) = {path for path in out.iterdir() if path.is_dir()} - before
        return made

    def keep(self) -> None:
        """Keep everything as it is now, to come back to with `rewind`."""
        shutil.copytree(self.home, self._kept)
        for name in NAMES if self.environ else ():
            self._on_server(f"CREATE DATABASE {name}_kept TEMPLATE {name}")

    def rewind(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self._kept, self.home)
        for name in NAMES if self.environ else ():
            self._on_server(f"DROP DATABASE {name} WITH (FORCE)")
            self._on_server(f"CREATE DATABASE {name} TEMPLATE {name}_kept")

    def keys_aside(self) -> list[str]:
        """Tables of a keystore on the server that a restore moved aside."""
        if not self.environ:
            return []
        with psycopg.connect(self.environ["SAFELIGHT_KEYSTORE_URL"]) as connection:
            rows = connection.execute(
                "SELECT tablename FROM pg_tables"
                " WHERE starts_with(schemaname, 'before_restore_')"
                " AND starts_with(tablename, 'keystore_')"
            )
            return [name for (name,) in rows]

    @property
    def _kept(self) -> Path:
        return self.home.with_name("kept")

    def _on_server(self, statement: str) -> None:
        server = self.environ["SAFELIGHT_DATABASE_URL"].rsplit("/", 1)[0]
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(statement)

    def lose_everything(self) -> None:
        """But the root key, which is kept apart and put back."""
        for path in self.home.iterdir():
            if path.name != "root-key.json":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for url in self.environ.values():
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")


def found(home: Path, environ: dict[str, str]) -> Hospital:
    hospital = Hospital(home, environ)
    hospital.run("init", "--name", "St Elswhere's")
    return hospital


@contextmanager
def databases(engine: str) -> Iterator[dict[str, str]]:
    """The settings of two empty databases."""
    if engine == "sqlite":
        yield {}
        return
    with throwaway_server() as url:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            for name in NAMES:
                connection.execute(f"CREATE DATABASE {name}")
        yield {
            "SAFELIGHT_DATABASE_URL": f"{url}/record",
            "SAFELIGHT_KEYSTORE_URL": f"{url}/keystore",
        }
