"""Sealed bytes as files of one directory tree, whole or not at all."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from safelight.vault.errors import BlobMissingError, StoreFullError, VaultError

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def refusal(error: OSError) -> VaultError:
    """A full disk in words; other failures of the disk keep their own sentence."""
    if error.errno in NO_ROOM:
        return StoreFullError()
    return VaultError("the server could not store this safely; nothing was kept")


def _walk(root: Path) -> Iterator[tuple[UUID, float]]:
    for path in root.glob("??/*"):
        try:
            yield UUID(path.stem), path.stat().st_mtime
        except (ValueError, FileNotFoundError):
            continue


class DiskBlobs:
    """A file per object: written under another name, synced, then renamed into place."""

    def __init__(self, root: Path) -> None:
        self._root = root
        for first in range(256):
            (root / f"{first:02x}").mkdir(parents=True, exist_ok=True)

    def _path(self, object_id: UUID) -> Path:
        return self._root / object_id.hex[-2:] / object_id.hex

    def put(self, object_id: UUID, sealed: bytes) -> None:
        path = self._path(object_id)
        partial = path.with_suffix(".part")
        try:
            _write_durably(partial, sealed)
            partial.rename(path)
            _sync_directory(path.parent)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise refusal(error) from error

    def get(self, object_id: UUID) -> bytes:
        try:
            return self._path(object_id).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissingError from error
        except OSError as error:
            raise VaultError("the server could not read this") from error

    def delete(self, object_id: UUID) -> None:
        path = self._path(object_id)
        path.unlink(missing_ok=True)
        path.with_suffix(".part").unlink(missing_ok=True)

    def ids(self) -> Iterator[tuple[UUID, float]]:
        return _walk(self._root)


class DiskQuarantine:
    """Growing sealed files of uploads under way."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def _path(self, upload: UUID) -> Path:
        return self._root / f"{upload.hex}.sealed"

    def append(self, upload: UUID) -> BinaryIO:
        try:
            return self._path(upload).open("ab", buffering=0)
        except OSError as error:
            raise refusal(error) from error

    def size(self, upload: UUID) -> int:
        try:
            return self._path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def cut(self, upload: UUID, size: int) -> None:
        os.truncate(self._path(upload), size)

    def read(self, upload: UUID) -> BinaryIO:
        try:
            return self._path(upload).open("rb")
        except FileNotFoundError as error:
            raise BlobMissingError from error

    def delete(self, upload: UUID) -> None:
        self._path(upload).unlink(missing_ok=True)

    def ids(self) -> Iterator[tuple[UUID, float]]:
        for path in self._root.glob("*.sealed"):
            try:
                yield UUID(path.stem), path.stat().st_mtime
            except (ValueError, FileNotFoundError):
                continue


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
