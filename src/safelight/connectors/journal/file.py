"""A journal of lines in one file, that grows at its end and is durable line by line."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from safelight.vault.destructions import (
    LONGEST_LINE,
    SEEN,
    Destruction,
    Journal,
    JournalError,
    as_line,
    read_lines,
    seen_line,
)


class FileJournal:
    """Lines of JSON; the last one says up to when nothing is missing. For many processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, items: Sequence[Destruction]) -> None:
        if items:
            self._write([as_line(item) for item in items])

    def mark(self, moment: datetime) -> None:
        self._write([seen_line(moment)])

    def read(self) -> Journal:
        return read_journal(self._path) if self._path.exists() else Journal()

    def set_aside(self) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        try:
            self._path.rename(self._path.with_name(f"{self._path.name}.damaged-{stamp}"))
        except OSError as error:
            raise JournalError from error

    def _write(self, lines: Sequence[str]) -> None:
        text = "".join(f"{line}\n" for line in lines).encode()
        try:
            with self._locked() as descriptor:
                start = _end_of_lines(descriptor)
                os.ftruncate(descriptor, start)
                _write_at(descriptor, text, start)
                os.fsync(descriptor)
        except OSError as error:
            raise JournalError from error

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _end_of_lines(descriptor: int) -> int:
    """Where to go on: behind the last whole line, over an older word of how far it reaches."""
    size = os.fstat(descriptor).st_size
    before = max(0, size - 2 * LONGEST_LINE)
    tail = os.pread(descriptor, size - before, before)
    whole = tail.rfind(b"\n") + 1
    last = tail.rfind(b"\n", 0, max(0, whole - 1)) + 1
    is_mark = f'"kind":"{SEEN}"'.encode() in tail[last:whole]
    return before + (last if is_mark else whole)


def _write_at(descriptor: int, text: bytes, start: int) -> None:
    done = 0
    while done < len(text):
        done += os.pwrite(descriptor, text[done:], start + done)


def read_journal(path: Path) -> Journal:
    """The journal in a file; a last line that was torn by a crash is none. Raises JournalError."""
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise JournalError from error
    return read_lines(text.split("\n")[:-1])
