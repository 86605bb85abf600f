"""A scanner that lives in a process of its own: started when first needed, ended when it errs."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self

from safelight.connectors.scanning.answers import read_answer
from safelight.connectors.scanning.models import installed_face_model
from safelight.connectors.scanning.pipes import Deadline, PipeError, receive, send
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Look, Scan

# Isolated (-I): nothing of the environment, the user or the directory decides what is imported.
COMMAND = (sys.executable, "-I", "-B", "-m", "safelight.connectors.scanning.child")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
SECONDS: Mapping[Look, float] = MappingProxyType(
    {Look.FIRST: 10.0, Look.CLOSER: 10.0, Look.PROPOSE: 15.0, Look.CHECK: 25.0}
)
START_SECONDS = 30.0
WAIT_SECONDS = 20.0
MOST_BYTES = 60_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one child is used: pictures, and seconds without one.

    The seconds end before the child leaves by itself, so that it never leaves just as it is asked.
    """

    most_pictures: int = 200
    idle_seconds: float = 240.0


class _Child:
    """One running child and its two pipes."""

    def __init__(self, command: Sequence[str], start_seconds: float, limits: "Limits") -> None:
        # Its own group: Ctrl-C at the server's terminal is not for it. Its complaints are dropped:
        # a library's message may quote a picture.
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            process_group=0,
        )
        assert self._process.stdin and self._process.stdout, "both were asked for"  # noqa: PT018
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._start_deadline = Deadline(start_seconds)
        self._ready = False
        self._limits = limits
        self.pictures = 0
        self.last_used = time.monotonic()

    def wait_until_ready(self) -> None:
        """Raises PipeError."""
        if not self._ready and receive(self._out, self._start_deadline) != b"ready":
            raise PipeError
        self._ready = True

    def ask(self, head: bytes, picture: bytes, seconds: float) -> bytes:
        """Its answer to one picture. Raises PipeError."""
        deadline = Deadline(seconds)
        send(self._in, head, deadline)
        send(self._in, picture, deadline)
        answer = receive(self._out, deadline)
        self.pictures += 1
        self.last_used = time.monotonic()
        return answer

    def is_good(self) -> bool:
        """Whether it runs and has neither worked nor idled for too long."""
        idle = time.monotonic() - self.last_used
        return (
            self._process.poll() is None
            and self.pictures < self._limits.most_pictures
            and idle < self._limits.idle_seconds
        )

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self.let_go()

    def let_go(self) -> None:
        """Close our ends of its pipes; a healthy child leaves by itself then."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr] # both were asked for


# Children of the process that this one is a copy of. They are not ours to end or to wait for.
_of_another_process: list[_Child] = []


class ChildScanner:
    """`safelight.redaction.ports.Scanner` by a warm child, one picture at a time.

    Safe to share between threads and to copy by a fork: a copy forgets the child, which goes on
    serving the original, and starts one of its own. Whatever the child does, `scan` returns or
    raises within the times given; a child that failed is ended and the next picture gets another.
    """

    def __init__(
        self,
        *,
        face_model: Path | None = None,
        command: Sequence[str] = COMMAND,
        seconds: Mapping[Look, float] = SECONDS,
        start_seconds: float = START_SECONDS,
        wait_seconds: float = WAIT_SECONDS,
        limits: Limits = Limits(),
    ) -> None:
        """`face_model` is the file that the operator named, `seconds` the longest for each look.

        If none is named, one that is installed is used (`installed_face_model`).
        `start_seconds` is the longest for the child to be ready, `wait_seconds` for other pictures
        to be done.
        """
        chosen = face_model or (installed_face_model() if command == COMMAND else None)
        model = ("--face-model", str(chosen.absolute())) if chosen else ()
        self._command, self._limits = (*command, *model), limits
        self._seconds, self._start_seconds = dict(seconds), start_seconds
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._child: _Child | None = None
        forget = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (method := forget()) and method())

    def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
        """See `Scanner`. Raises ScanFailedError."""
        if not 0 < len(picture) <= MOST_BYTES or orientation not in range(1, 9):
            raise ScanFailedError
        head = json.dumps({"look": look.value, "orientation": orientation}).encode()
        if not self._lock.acquire(timeout=self._wait_seconds):
            raise ScanFailedError
        try:
            started = time.monotonic()
            answer = self._ready_child().ask(head, picture, self._seconds[look])
            return read_answer(answer, time.monotonic() - started)
        except PipeError as error:
            self._end()
            raise ScanFailedError from error
        except BaseException:
            self._end()
            raise
        finally:
            self._lock.release()

    def warm(self) -> None:
        """Have the child ready before the first picture. Raises ScanFailedError."""
        with self._lock:
            try:
                self._ready_child()
            except PipeError as error:
                self._end()
                raise ScanFailedError from error

    def close(self) -> None:
        """End the child, if there is one; the next scan would start another."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_reason: object) -> None:
        self.close()

    def _ready_child(self) -> _Child:
        if self._child and not self._child.is_good():
            self._end()
        if self._child is None:
            try:
                self._child = _Child(self._command, self._start_seconds, self._limits)
            except OSError as error:
                raise PipeError from error
        self._child.wait_until_ready()
        return self._child

    def _end(self) -> None:
        if self._child:
            self._child.end()
        self._child = None

    def _forget(self) -> None:
        """In a copy of this process: the child and the lock are the original's."""
        self._lock = threading.Lock()
        if self._child:
            self._child.let_go()
            _of_another_process.append(self._child)
        self._child = None
