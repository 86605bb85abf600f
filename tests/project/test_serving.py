"""Serving: the site and its worker begin together and end together, whatever ends them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.loopback import free_port

from safelight.project.serving import Place, PortTakenError, refuse_taken_port

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 90
DEMO = {"SAFELIGHT_MODE": "demo", "PATH": os.environ["PATH"]}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "safelight.project.cli", *arguments]


class Site:
    """`safelight serve` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.port, self.home = free_port(), home
        self.environ = {**DEMO, "SAFELIGHT_HOME": str(home)}
        serve = command("serve", "--port", str(self.port), "--workers", "1")
        self.process = subprocess.Popen(serve, env=self.environ)

    def answers(self) -> bool:
        """The page to sign in, which needs no session."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/accounts/login/") as page:
                return bool(page.status == 200)
        except OSError:
            return False

    def workers(self) -> set[int]:
        """The process ids of the workers that belong to this site."""
        return {
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and self._is_worker(entry)
        }

    def _is_worker(self, entry: Path) -> bool:
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return words[-4:-1] == [b"worker", b"--parent", str(self.process.pid).encode()]

    def is_gone(self) -> bool:
        with socket.socket() as probe:
            return not self.workers() and probe.connect_ex(("127.0.0.1", self.port)) != 0


def eventually(holds: Callable[[], object]) -> bool:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def empty_hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a root key and empty databases, to be copied."""
    home = tmp_path_factory.mktemp("hospital")
    set_up = "from safelight.project.starting import set_up; set_up()"
    subprocess.run(
        command("manage", "shell", "-v", "0", "-c", set_up),
        env={**DEMO, "SAFELIGHT_HOME": str(home)},
        check=True,
    )
    return home


@pytest.fixture
def site(empty_hospital: Path, tmp_path: Path) -> Iterator[Site]:
    site = Site(shutil.copytree(empty_hospital, tmp_path / "home"))
    assert eventually(site.answers)
    assert eventually(site.workers)
    yield site
    site.process.kill()
    site.process.wait()


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_in_order(site: Site, word: signal.Signals):
    site.process.send_signal(word)
    assert site.process.wait(PATIENCE_SECONDS) == 0
    assert site.is_gone()


def test_a_server_that_is_killed_leaves_nothing_behind(site: Site):
    site.process.kill()
    site.process.wait()
    assert eventually(site.is_gone)


def test_a_worker_that_dies_is_started_again(site: Site):
    (first,) = site.workers()
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: site.workers() - {first})


FORK_MEANWHILE = """
import os, subprocess, threading
from safelight.project import serving

starting, started = threading.Event(), threading.Event()

def slow_start(*_arguments, **_options):
    starting.set()
    started.wait(1)  # runs out: nobody may make a copy of this process meanwhile
    return is_copied.is_set()

is_copied = threading.Event()
subprocess.Popen = slow_start
answer = []
worker = threading.Thread(target=lambda: answer.append(serving._start_worker()))
worker.start()
starting.wait()
copy = os.fork()
is_copied.set()
started.set()
if copy == 0:
    os._exit(0)
worker.join()
os.waitpid(copy, 0)
assert answer == [False], "a web process was made while the worker's pipe was open"
"""


def test_no_web_process_is_made_while_the_worker_is_being_started():
    """It would keep the pipe open at which the supervisor waits, and its worker never be missed."""
    command = [sys.executable, "-W", "ignore", "-c", FORK_MEANWHILE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_second_server_on_the_same_port_is_refused(site: Site):
    again = subprocess.run(
        command("serve", "--port", str(site.port)),
        env=site.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 2
    assert f"Port {site.port} is taken" in again.stderr
    assert site.answers()


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(PortTakenError, match=r"not possible to listen on 192\.0\.2\.1"):
        refuse_taken_port(Place("192.0.2.1", free_port(), processes=1))
