"""A hospital that really runs: its own process, home, temporary directory and log."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Self

from tests.journeys.admitted import move_in
from tests.loopback import free_port

OPENS_WITHIN = 120
ENDS_WITHIN = 30
DEMO_MODE = {"SAFELIGHT_MODE": "demo"}
SMALL = ("-m", "tests.journeys.opening")


class Hospital:
    """Serves while it is entered; `root` holds everything that it ever writes.

    `command` is what Python runs; it gets the port as its last argument and `told` on stdin. In a
    home that was `made` by `admitted`, everybody is there before it opens.
    """

    def __init__(
        self,
        root: Path,
        command: Sequence[str] = SMALL,
        ready: str = "{",
        told: str = "",
        settings: Mapping[str, str] = DEMO_MODE,
        made: Path | None = None,
    ) -> None:
        self.root = root
        self._told = told
        self._settings = settings
        self.home = root / "home"
        self.temporary = root / "tmp"
        self.output = root / "server.out"
        self.log = root / "server.log"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._command = (sys.executable, *command, str(self.port))
        self._ready = ready
        self.home.mkdir(parents=True)
        self.temporary.mkdir()
        if made:
            move_in(made, root)

    def runs(self, *command: str, **environment: str) -> None:
        """One of the commands of `safelight`, before the hospital opens."""
        subprocess.run(
            [sys.executable, "-m", "safelight.project.cli", *command],
            env=self.environment | environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        with self.output.open("wb") as output, self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=log,
                text=True,
            )
        assert self._process.stdin is not None
        self._process.stdin.write(self._told)
        self._process.stdin.close()
        try:
            self._wait()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_reason: object) -> None:
        self.close()

    @property
    def environment(self) -> dict[str, str]:
        """Of every process that belongs to this hospital."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            **self._settings,
            "DJANGO_SETTINGS_MODULE": "safelight.project.settings",
            "SAFELIGHT_HOME": str(self.home),
            "TMPDIR": str(self.temporary),
        }

    def _wait(self) -> None:
        ends = time.monotonic() + OPENS_WITHIN
        while self._ready not in self.output.read_text() or not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < ends, self.log.read_text()
            time.sleep(0.05)

    def _answers(self) -> bool:
        """Whether a process is there behind the port, which may be open before it."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=OPENS_WITHIN)) as behind:
            behind.request("HEAD", "/accounts/login/")
            return behind.getresponse().status > 0

    @property
    def patients(self) -> dict[str, str]:
        """The ids that stand in the addresses, by name."""
        known: dict[str, str] = json.loads(self.output.read_text().splitlines()[0])
        return known

    @property
    def pid(self) -> int:
        """Of the process from which all others of it descend."""
        return self._process.pid

    def close(self) -> None:
        """End the server by its id, as an operator would."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
