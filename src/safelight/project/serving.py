"""Serving: the web server's processes and the worker beside them, started and ended as one."""

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from safelight.project.memory import keep_freed_memory
from safelight.project.starting import start_django, unlock
from safelight.vocabulary.errors import SafelightError

_log = logging.getLogger(__name__)

# Requests that one web process answers at the same time; of these web/listening.py leaves some for
# requests without a body.
THREADS = 16
LOOK_SECONDS = 0.5
RESTART_SECONDS = 2.0
# A request or a picture that is being verified may take this long to finish when we stop.
LAST_SECONDS = 15
LONGEST_WAIT_SECONDS = 60

# One new process at a time. To start a program, Python waits at a pipe until the program runs; a
# copy of this process that is made at that moment holds the pipe open for as long as it lives, and
# whoever waits would never learn that the program has begun, nor that it has died.
_one_new_process = threading.Lock()
os.register_at_fork(
    before=_one_new_process.acquire,
    after_in_parent=_one_new_process.release,
    after_in_child=_one_new_process.release,
)


class PortTakenError(SafelightError):
    code: ClassVar[str] = "port-taken"
    message: ClassVar[str] = "The port is taken."


@dataclass(frozen=True)
class Place:
    """Where the site listens, and with how many processes."""

    address: str
    port: int
    processes: int

    @property
    def url(self) -> str:
        name = "localhost" if self.address == "127.0.0.1" else self.address
        return f"http://{name}:{self.port}"


def serve(place: Place, announce: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; call `announce` once the site answers.

    Django must be started and the keystore unlocked: web processes are copies of this one.
    Raises PortTakenError.
    """
    refuse_taken_port(place)
    _load_pages()
    _close_connections()
    with WorkerProcess():
        threading.Thread(target=_when_listening, args=(place, announce), daemon=True).start()
        application = partial(load_application, os.getpid())
        _server(place).serve(target_loader=application, wrap_loader=False)


def _load_pages() -> None:
    """Import every page now, while no other thread runs.

    A copy that is made while some thread imports keeps that import's lock locked for ever, and
    would hang at its first request. Imported once, the code is also shared by all copies.
    """
    from django.urls import get_resolver  # noqa: PLC0415 - needs Django

    _ = get_resolver().url_patterns


def refuse_taken_port(place: Place) -> None:
    """Granian's sockets share a port with whoever else shares it, so ask in a stricter way first."""
    family = socket.AF_INET6 if ":" in place.address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.address, place.port))
        except OSError as error:
            raise PortTakenError(_why_not(error, place)) from error


def _why_not(error: OSError, place: Place) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {place.port} is taken by another program; name another with PORT or --port."
    return f"It is not possible to listen on {place.address}, port {place.port}."


def _close_connections() -> None:
    """No database connection may be shared between processes."""
    from django.db import connections  # noqa: PLC0415 - needs Django

    connections.close_all()


def _server(place: Place) -> MPServer:
    return MPServer(
        "safelight.project.wsgi:application",
        address=place.address,
        port=place.port,
        interface=Interfaces.WSGI,
        workers=place.processes,
        blocking_threads=THREADS,
        backpressure=1024,
        # INVARIANT: no address that was asked for is ever logged.
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=LAST_SECONDS,
    )


def load_application(parent: int) -> Callable[..., Any]:
    """In each web process: the application, with the keystore open."""
    keep_freed_memory()
    end_with(parent)
    start_django()
    unlock()
    _close_connections()
    from safelight.project.wsgi import application  # noqa: PLC0415 - needs Django

    return application


def end_with(parent: int) -> None:
    """End this process when the one that started it is gone, even if it was killed."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _when_listening(place: Place, announce: Callable[[], None]) -> None:
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(place.address, place.address)  # noqa: S104 - compared, not bound
    ends = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < ends:
        try:
            socket.create_connection((address, place.port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            announce()
            return


class WorkerProcess:
    """`safelight worker` beside the server: started again when it dies, ended with the server."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._stop.set()
        self._thread.join()

    def _keep_alive(self) -> None:
        while not self._stop.is_set():
            try:
                self._run_one()
            except OSError as error:  # no memory or no process to be had: the next try may have it
                _log.error("no worker could be started: %s", type(error).__name__)
            self._stop.wait(RESTART_SECONDS)

    def _run_one(self) -> None:
        with _start_worker() as process:
            while process.poll() is None and not self._stop.wait(LOOK_SECONDS):
                continue
            _end(process)


def _start_worker() -> "subprocess.Popen[bytes]":
    # A group of its own: Ctrl-C reaches the server, which then ends the worker in order.
    with _one_new_process:
        return subprocess.Popen(  # noqa: S603 - our own command, with a number
            [sys.executable, "-m", "safelight.project.cli", "worker", "--parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            process_group=0,
        )


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(LAST_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
