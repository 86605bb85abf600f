"""Servers that a test starts: a port of the loopback address, and when somebody listens there."""

import socket
import subprocess
import time
from contextlib import suppress

LISTENS_WITHIN = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_listening(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Raises RuntimeError if it ends before, or takes too long."""
    until = time.monotonic() + LISTENS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not listen")
