"""Which files `safelight scrub` reads, and where it writes, without ever replacing one."""

import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from safelight.engines.imaging import Bounds
from safelight.vocabulary.errors import SafelightError

SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
}
MARK = ".scrubbed"


class FileError(SafelightError):
    """The file system said no."""

    code: ClassVar[str] = "scrub.file"
    message: ClassVar[str] = "The file could not be read or written."


@dataclass(frozen=True, slots=True)
class Job:
    """A file to scrub, the folder its result goes to, and what marks the result's name."""

    source: Path
    folder: Path
    mark: str
    from_folder: bool

    def target(self, media_type: str) -> Path:
        """Where the result goes: under its own name if the suffix fits what it has become."""
        fitting = SUFFIXES[media_type]
        if self.source.suffix.lower() in fitting:
            return self.folder / f"{self.source.stem}{self.mark}{self.source.suffix}"
        return self.folder / f"{self.source.name}{self.mark}{fitting[0]}"


@dataclass(slots=True)
class Plan:
    """What to do, and what was left out and why."""

    jobs: list[Job] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    bad: list[tuple[Path, str]] = field(default_factory=list)


def plan_jobs(paths: Sequence[Path], out: Path | None, *, beside: bool) -> Plan:
    """Every file named or found under a folder, each once, in a steady order.

    Links inside folders are not followed. With several arguments a folder keeps its own name
    under `out`, so that the results of two folders do not meet. With `beside`, the results of an
    earlier run are left out.
    """
    plan = Plan()
    seen: set[str] = set()
    for path in paths:
        walked = is_folder(path)
        for source in _walk(path, out, plan) if walked else (path,):
            identity = os.path.realpath(source)
            if beside and walked and MARK in source.suffixes:
                plan.skipped.append((source, "This is an earlier result."))
            elif identity not in seen:
                seen.add(identity)
                folder = _folder(source, path, out, several=len(paths) > 1)
                plan.jobs.append(Job(source, folder, "" if out else MARK, walked))
    return plan


def read_file(job: Job, bounds: Bounds) -> bytes:
    """The bytes of a regular file within bounds. Raises `FileError` or `TooLargeError`.

    INVARIANT: what is read is what was looked at. A link or a pipe that took the place of a file
    found in a folder is not followed and not waited for, and a file that grows is read no further.
    """
    # A link that was named was meant; what it leads to is looked at.
    flags = os.O_NONBLOCK | (os.O_NOFOLLOW if job.from_folder else 0)
    try:
        with open(job.source, "rb", opener=lambda name, how: os.open(name, how | flags)) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise FileError("This is not a regular file.")
            bounds.check_bytes(about.st_size)
            return file.read(about.st_size)
    except OSError as error:
        raise FileError(f"The file could not be read: {error.strerror}.") from error


def write_file(job: Job, data: bytes, media_type: str) -> Path:
    """Write a result whole or not at all, and never over another file.

    Where the same bytes are there already, nothing is written. Raises `FileError`.
    """
    target = job.target(media_type)
    write_new(target, data, mode_of(job.source))
    return target


def write_new(target: Path, data: bytes, mode: int) -> None:
    """Write a file whole or not at all, with permissions `mode`, and over no other file.

    Where the same bytes are there already, nothing is written. Raises `FileError`.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(target):
            _put(target, data, mode)
        elif not target.is_file() or target.read_bytes() != data:
            raise FileError(f"{printable(target)} is there already and is not replaced.")
    except OSError as error:
        raise FileError(f"{printable(target)} could not be written: {error.strerror}.") from error


def mode_of(path: Path) -> int:
    """The permissions of a file. Raises `FileError`."""
    try:
        return path.stat().st_mode & 0o777
    except OSError as error:
        raise FileError(f"The file could not be read: {error.strerror}.") from error


def printable(path: Path) -> str:
    """A path that cannot write on the terminal it is shown on."""
    return "".join(c if c.isprintable() else "?" for c in str(path))


def _walk(folder: Path, out: Path | None, plan: Plan) -> Iterator[Path]:
    """The regular files under a folder; links and what cannot be listed go into the plan."""

    def unlisted(error: OSError) -> None:
        plan.bad.append((Path(str(error.filename)), f"Could not be listed: {error.strerror}."))

    for parent, folders, files in os.walk(folder, onerror=unlisted):
        # An output folder inside the folder read holds results, not sources.
        folders[:] = sorted(f for f in folders if not _same(Path(parent, f), out))
        for name in sorted(files):
            path = Path(parent, name)
            if not _is_regular(path):
                plan.skipped.append((path, "This is a link or not a regular file."))
            else:
                yield path


def is_folder(path: Path) -> bool:
    """Whether it is a folder, or a link to one, that can be seen."""
    try:
        return path.is_dir()
    except OSError:  # a place that may not be entered; reading the file will say so
        return False


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _same(folder: Path, out: Path | None) -> bool:
    return out is not None and os.path.realpath(folder) == os.path.realpath(out)


def _folder(source: Path, argument: Path, out: Path | None, *, several: bool) -> Path:
    """Where the result of `source` goes, which was named by `argument` or found under it."""
    if out is None:
        return source.parent
    if source == argument:
        return out
    top = argument.resolve().name if several else ""
    return out / top / source.relative_to(argument).parent


def _put(target: Path, data: bytes, mode: int) -> None:
    """A temporary file beside the target, then a name that is claimed only if it is free."""
    handle, name = tempfile.mkstemp(prefix=".safelight-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        temporary.chmod(mode)
        _claim(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _claim(temporary: Path, target: Path) -> None:
    """Give the file its name. A link fails if the name is taken; camera cards know no links."""
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise
        temporary.rename(target)
