"""Files of a backup: hashed, linked or copied, and durable before anything says that they are there."""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 20


def sync(path: Path) -> None:
    """Bring a file, or the names in a directory, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(root: Path) -> None:
    """Bring every name in every directory of a tree to the disk; files are there already."""
    for directory, _, _ in os.walk(root):
        sync(Path(directory))


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def is_plain(path: Path) -> bool:
    """Whether it is a file of its own, and no link or device that somebody put there."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_file(source: Path, target: Path) -> None:
    """A copy of its own, durable on return."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("xb") as written:
        shutil.copyfileobj(read, written, CHUNK)
        written.flush()
        os.fsync(written.fileno())


def link_or_copy(source: Path, target: Path) -> None:
    """The same bytes under another name; a copy where the disk is another one.

    Only for files that are never written again. FileNotFoundError if `source` is gone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, too many links, or none at all on this kind of disk
        copy_file(source, target)


def blob_files(home: Path) -> Iterator[Path]:
    """The stored objects, relative to the home; none that is being written."""
    for path in sorted((home / "blobs").glob("??/*")):
        if not path.suffix and is_plain(path):
            yield path.relative_to(home)


def overwrite_and_remove(root: Path) -> None:
    """Remove a directory of keys, its bytes overwritten first as far as the disk lets us."""
    for path in root.rglob("*"):
        if is_plain(path):
            overwrite(path)
    shutil.rmtree(root)


def overwrite(path: Path) -> None:
    """INVARIANT: a file that has another name as well (a picture of the live site) is left as it is."""
    size = path.stat().st_size if path.stat().st_nlink == 1 else 0
    with path.open("r+b") as file:
        for start in range(0, size, CHUNK):
            file.write(bytes(min(CHUNK, size - start)))
        file.flush()
        os.fsync(file.fileno())
