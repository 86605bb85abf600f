"""Whether anything of this site runs on this machine: a lock on a file that every process holds.

The kernel lets go of it when the last process that holds it ends, however it ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from safelight.vocabulary.errors import SafelightError

NAME = "running.lock"
_held: dict[Path, int] = {}


class SiteRunningError(SafelightError):
    code: ClassVar[str] = "site-running"
    message: ClassVar[str] = (
        "Something of this site is running here; stop it before its data are replaced."
    )


def hold(home: Path) -> None:
    """Be known as running until this process, and every copy of it, has ended."""
    if home not in _held:
        descriptor = _open(home)
        _lock(descriptor, fcntl.LOCK_SH)
        _held[home] = descriptor


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Nothing else runs here, and nothing starts meanwhile; SiteRunningError if something does."""
    descriptor = _open(home)
    try:
        _lock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(home: Path) -> int:
    return os.open(home / NAME, os.O_RDWR | os.O_CREAT, 0o600)


def _lock(descriptor: int, how: int) -> None:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SiteRunningError from error
