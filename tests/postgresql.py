"""A PostgreSQL server of our own: in a temporary directory, on loopback, gone afterwards."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from tests.components import find_postgresql
from tests.loopback import free_port

OWNER = "safelight"
START_SECONDS = 30
# What is lost in a power cut is lost with the directory anyway.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class PostgresqlError(Exception):
    """The server did not come up; the message is its own."""


@contextmanager
def throwaway_server() -> Iterator[str]:
    """A running server; its URL lacks only the database's name."""
    programs = Path(find_postgresql() or "")
    directory = Path(tempfile.mkdtemp(prefix="safelight-postgresql-"))
    try:
        user = unprivileged_user()
        if user:
            shutil.chown(directory, user)
        password, port = secrets.token_hex(16), free_port()
        init_cluster(programs, directory, user, password)
        url = f"postgresql://{OWNER}:{password}@127.0.0.1:{port}"
        with running(programs, directory, user, port):
            wait_for(url, directory)
            yield url
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def unprivileged_user() -> str | None:
    """Somebody else if we are root, whom PostgreSQL refuses to serve."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def init_cluster(programs: Path, directory: Path, user: str | None, password: str) -> None:
    word = directory / "password"
    word.write_text(password)
    if user:
        shutil.chown(word, user)
    done = subprocess.run(
        [
            programs / "initdb",
            f"--pgdata={directory / 'data'}",
            f"--username={OWNER}",
            f"--pwfile={word}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ],
        user=user,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PostgresqlError(done.stderr)


@contextmanager
def running(programs: Path, directory: Path, user: str | None, port: int) -> Iterator[None]:
    settings = [part for setting in FAST for part in ("-c", setting)]
    with (directory / "log").open("w") as log:
        server = subprocess.Popen(
            [
                *(programs / "postgres", "-D", directory / "data"),
                *("-h", "127.0.0.1", "-p", str(port), "-k", directory),
                *settings,
            ],
            user=user,
            cwd=directory,
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            server.wait()


def wait_for(url: str, directory: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        try:
            psycopg.connect(f"{url}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise PostgresqlError((directory / "log").read_text())
