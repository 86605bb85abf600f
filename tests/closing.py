"""A browser that is told to close and does not: it is ended, and the test says so."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

CLOSES_WITHIN = 30  # s
PROCESSES = Path("/proc")


class DidNotCloseError(AssertionError):
    """A browser had to be killed."""


@contextmanager
def closing_in_time(seconds: float = CLOSES_WITHIN) -> Iterator[None]:
    """For the calls that close a page's context or a browser, which themselves know no limit.

    Raises DidNotCloseError if the browser was killed to end the call.
    """
    killed: list[int] = []
    watch = Timer(seconds, lambda: killed.extend(kill_the_browsers_of(os.getpid())))
    watch.start()
    try:
        yield
    except Exception as error:
        if killed:
            raise DidNotCloseError(message(seconds)) from error
        raise
    finally:
        watch.cancel()
    if killed:
        raise DidNotCloseError(message(seconds))


def message(seconds: float) -> str:
    return f"Chromium did not close within {seconds:.0f} s, and was killed"


def kill_the_browsers_of(process: int) -> list[int]:
    """Chromium's processes among the descendants; nobody else's are touched."""
    killed = []
    for child in descendants_of(process):
        with suppress(OSError):  # it may have ended since
            if "chrom" in (PROCESSES / str(child) / "comm").read_text():
                os.kill(child, signal.SIGKILL)
                killed.append(child)
    return killed


def descendants_of(process: int) -> Iterator[int]:
    """Where the kernel says so; elsewhere none, and the test's own limit ends the call."""
    for known in PROCESSES.glob(f"{process}/task/*/children"):
        with suppress(OSError):
            for child in known.read_text().split():
                yield int(child)
                yield from descendants_of(int(child))
