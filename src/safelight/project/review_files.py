"""The files of a review: one reviewer at a time, nothing read through a link, nothing half written."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from safelight.engines.imaging import Bounds
from safelight.project.review_pictures import ReviewError
from safelight.project.scrub_files import FileError, Job, printable, read_file

FOR_THE_OWNER: Final = 0o600
BOUNDS: Final = Bounds(max_bytes=500_000_000)
"""A sheet of thousands of pictures; a result is as large as its source, or a little larger."""


@contextmanager
def alone_in(folder: Path) -> Iterator[int]:
    """The folder opened, and nobody else who reviews in it; the kernel lets go when we end."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise FileError(f"{printable(folder)} cannot be used: {error.strerror}.") from error
    try:
        _lock(opened)
        yield opened
    finally:
        os.close(opened)


def _lock(opened: int) -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ReviewError("Somebody else reviews in this folder just now.") from error
    except OSError:
        return  # a file system without locks: two at once may undo each other's lines in the report


def read_regular(path: Path) -> bytes:
    """A file that is no link and no pipe. Raises `FileError` or `TooLargeError`."""
    return read_file(Job(path, path.parent, "", from_folder=True), BOUNDS)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def settle(opened: int) -> None:
    """Names given so far outlive a power cut, before a report relies on them."""
    with suppress(OSError):
        os.fsync(opened)


def put_in_place(target: Path, data: bytes) -> None:
    """Replace a report: the old one or the new one is there, whole. Raises `FileError`."""
    try:
        handle, name = tempfile.mkstemp(prefix=".safelight-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            Path(name).chmod(FOR_THE_OWNER)
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{printable(target)} could not be written: {error.strerror}.") from error


def drop(path: Path, digest: str) -> None:
    """Take away what another file has taken the place of, unless it is something else by now."""
    with suppress(FileError, OSError):
        if os.path.lexists(path) and digest_of(read_regular(path)) == digest:
            path.unlink()
