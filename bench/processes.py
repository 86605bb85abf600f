"""Processes that the bench started: when they listen, what they cost, how they end (Linux)."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
LISTEN_SECONDS = 60
END_SECONDS = 30


class ProcessError(RuntimeError):
    pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_listening(process: "subprocess.Popen[bytes]", port: int) -> None:
    ends = time.monotonic() + LISTEN_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise ProcessError(f"{process.args!r} ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise ProcessError(f"{process.args!r} does not listen")


def end(process: "subprocess.Popen[bytes]") -> None:
    """End what was started, and wait for it."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(frozen=True)
class Process:
    """A running process by its id."""

    pid: int

    def _stat(self) -> list[str]:
        """The fields of /proc/PID/stat from the state on (proc(5)); none if it is gone."""
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return []
        return text.rpartition(")")[2].split()

    def cpu_seconds(self) -> float:
        fields = self._stat()
        return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0

    def parent(self) -> int:
        fields = self._stat()
        return int(fields[1]) if fields else 0

    def command(self) -> str:
        with suppress(OSError):
            return Path(f"/proc/{self.pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
        return ""

    def peak_megabytes(self) -> float:
        """Most memory resident at once since `forget_peak`, shared pages included."""
        with suppress(OSError):
            for line in Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def forget_peak(self) -> None:
        with suppress(OSError):
            Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="utf-8")

    def pause(self) -> None:
        self.tell(signal.SIGSTOP)

    def go_on(self) -> None:
        self.tell(signal.SIGCONT)

    def tell(self, what: int) -> None:
        """A signal; nothing if the process is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, what)


def family(pid: int) -> list[Process]:
    """A process and everything that descends from it."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    parents = {number: Process(number).parent() for number in numbers}
    found = [pid]
    for one in found:
        found += [number for number, parent in parents.items() if parent == one]
    return [Process(one) for one in found]
