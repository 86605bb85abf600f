"""What this machine does bare, in the same run, so that every other figure can be a ratio."""

import hashlib
import io
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image

from bench import load
from bench.hospital import Hospital
from bench.processes import end, free_port, wait_until_listening
from bench.report import Figure, Report, percentile
from safelight.project.serving import THREADS

TITLE = "This machine, bare"
MEGABYTE = 1_000_000


def measure(report: Report, hospital: Hospital, seconds: float) -> None:
    picture = hospital.picture.read_bytes()
    rows: dict[str, Figure] = {
        "AES-256-GCM, GB/s": _aes_gcm(picture),
        "SHA-256, GB/s": len(picture) / 1e6 / _median_ms(lambda: hashlib.sha256(picture)),
        "decode whole, ms": _median_ms(lambda: _decode(picture, scale=1)),
        "decode at half size, ms": _median_ms(lambda: _decode(picture, scale=2)),
        "write and sync a picture, ms": _median_ms(lambda: _write(hospital.home, picture)),
        "durable SQLite commit, ms": _commit_ms(hospital.home),
        "empty Django views/s, 1 client": _empty_views(1, seconds),
        "empty Django views/s, 8 clients": _empty_views(8, seconds),
    }
    report.table(TITLE, {name: {"figure": figure} for name, figure in rows.items()})


def _median_ms(act: Callable[[], object], rounds: int = 9) -> float:
    times = []
    for _ in range(rounds):
        since = time.perf_counter()
        act()
        times.append((time.perf_counter() - since) * 1000)
    return percentile(times, 0.5)


def _aes_gcm(picture: bytes) -> float:
    aead, out = AESGCM(os.urandom(32)), bytearray(len(picture) + 16)
    return len(picture) / 1e6 / _median_ms(lambda: aead.encrypt_into(bytes(12), picture, b"", out))


def _decode(picture: bytes, scale: int) -> None:
    with Image.open(io.BytesIO(picture)) as image:
        image.draft(None, (image.width // scale, image.height // scale))
        image.load()


def _write(home: Path, data: bytes) -> None:
    path = home / "bare"
    with path.open("wb") as file:
        file.write(data)
        os.fsync(file.fileno())
    path.unlink()


def _commit_ms(home: Path) -> float:
    connection = sqlite3.connect(home / "bare.sqlite3", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)")
    commit = _median_ms(lambda: connection.execute("INSERT INTO bare (text) VALUES ('x')"), 200)
    connection.close()
    return commit


def _empty_views(clients: int, seconds: float) -> float:
    """The same server with as many processes and threads, and a view that says nothing."""
    port, processes = free_port(), min(2, os.cpu_count() or 1)
    options = f"--interface wsgi --workers {processes} --blocking-threads {THREADS} --no-log"
    command = [sys.executable, "-m", "granian", *options.split(), "--port", str(port)]
    server = subprocess.Popen([*command, "bench.empty_site:application"], cwd=load.ROOT)
    try:
        wait_until_listening(server, port)
        plan = {"kind": "views", "port": port, "paths": ["/"], "headers": {}}
        load.run([plan], expect=200, seconds=0.5)
        return load.run([plan] * clients, expect=200, seconds=seconds).rate
    finally:
        end(server)
