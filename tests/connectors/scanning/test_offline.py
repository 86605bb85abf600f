"""The process that looks has no way out: the kernel refuses it sockets, also to threads of before."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from safelight.connectors.scanning.offline import KNOWN, shut_off
from safelight.connectors.scanning.process import ChildScanner

TRY = """
import ctypes, errno, os, platform, socket, sys, threading
from safelight.connectors.scanning.offline import KNOWN, shut_off

def refused(act):
    try:
        act()
    except OSError as error:
        return error.errno == errno.EACCES
    return False

begin, said = threading.Event(), []
def early():
    begin.wait()
    said.append(refused(socket.socket))
thread = threading.Thread(target=early)
thread.start()
socket.socket().close()
assert shut_off()
begin.set()
thread.join()
said += [refused(lambda: socket.socket(kind)) for kind in (socket.AF_INET6, socket.AF_UNIX)]
said.append(refused(lambda: socket.create_connection(("127.0.0.1", 9))))
libc = ctypes.CDLL(None, use_errno=True)
for call in KNOWN[platform.machine()].refused:
    said.append(libc.syscall(call, 0, 0, 0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.EACCES)
said.append(os.path.exists("/") and len(os.urandom(4)) == 4)
print(said)
"""


def test_no_socket_is_opened_any_more_whichever_thread_asks() -> None:
    done = subprocess.run([sys.executable, "-c", TRY], capture_output=True, text=True, check=True)
    count = 5 + len(KNOWN[platform.machine()].refused)
    assert done.stdout.strip() == str([True] * count)


CHANGE = """
import errno, os, resource, sys
from safelight.connectors.scanning.offline import shut_off

def refused(act, *arguments):
    try:
        act(*arguments)
    except OSError as error:
        return error.errno == errno.EACCES
    return False

file, parent = sys.argv[1], os.getppid()
reading = os.open(file, os.O_RDONLY)
assert shut_off()
print([
    refused(os.open, file, os.O_WRONLY),
    refused(os.open, file, os.O_RDWR),
    refused(os.open, file, os.O_RDONLY | os.O_TRUNC),
    refused(os.open, file + ".new", os.O_RDONLY | os.O_CREAT),
    refused(os.truncate, file, 0),
    refused(os.unlink, file),
    refused(os.rename, file, file + ".new"),
    refused(os.link, file, file + ".new"),
    refused(os.symlink, file, file + ".new"),
    refused(os.mkdir, file + ".new"),
    refused(os.chmod, file, 0),
    refused(os.fchmod, reading, 0),
    refused(os.kill, parent, 0),
    refused(resource.prlimit, parent, resource.RLIMIT_NOFILE, (0, 0)),
    len(resource.prlimit(0, resource.RLIMIT_NOFILE)) == 2,
    refused(os.execv, sys.executable, [sys.executable, "-V"]),
    open(file).read() == "a picture of Petra",
])
"""


def test_nothing_is_written_renamed_or_removed_no_process_ended_and_no_program_started(
    tmp_path: Path,
) -> None:
    """Whoever takes over the child has the database, the blobs and the server of the same user."""
    (tmp_path / "kept").write_text("a picture of Petra")
    command = [sys.executable, "-c", CHANGE, str(tmp_path / "kept")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([True] * 17)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_the_child_that_looks_runs_under_the_filter() -> None:
    with ChildScanner(start_seconds=90.0) as scanner:
        scanner.warm()
        assert scanner._child
        status = Path(f"/proc/{scanner._child._process.pid}/status").read_text()
    told = dict(line.split(":\t", 1) for line in status.splitlines())
    assert (told["Seccomp"], told["NoNewPrivs"]) == ("2", "1")


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("linux", "riscv64")])
def test_elsewhere_it_says_that_it_did_nothing(
    system: str, machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert shut_off() is False
