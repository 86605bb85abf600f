"""Sealed bytes as files of one directory tree, whole or not at all."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from safelight.vault.errors import BlobMissingError, StoreFullError, VaultError

# EFBIG: a limit on the size of files (ulimit) is a full disk to whoever meets it.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
COPY_SIZE = 1 << 20


def refusal(error: OSError) -> VaultError:
    """A full disk in words; other failures of the disk keep their own sentence."""
    if error.errno in NO_ROOM:
        return StoreFullError()
    return VaultError("The server could not store this safely, so nothing was kept.")


class DiskBlobs:
    """A file per object: written under another name, synced, then renamed into place."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, object_id: UUID) -> Path:
        return self._root / object_id.hex[-2:] / object_id.hex

    def put(self, object_id: UUID, sealed: bytes) -> None:
        path = self._path(object_id)
        partial = path.with_suffix(".part")
        try:
            _write_durably(partial, sealed)
            partial.rename(path)
            _sync(path.parent)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise refusal(error) from error

    def get(self, object_id: UUID) -> bytes:
        try:
            return self._path(object_id).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissingError from error
        except OSError as error:
            raise VaultError("The server could not read this.") from error

    def delete(self, object_id: UUID) -> None:
        _remove(self._path(object_id))

    def ids(self) -> Iterator[tuple[UUID, float]]:
        return _ids(self._root.glob("??/*"))


class DiskQuarantine:
    """Growing sealed files of uploads under way."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, upload: UUID) -> Path:
        return self._root / upload.hex

    def resume(self, upload: UUID, size: int) -> "DiskQuarantineFile":
        path = self._path(upload)
        partial = path.with_suffix(".part")
        try:
            file = _create(partial)
            try:
                _copy_start(path, file, size)
                partial.rename(path)
            except BaseException:
                file.close()
                raise
        except OSError as error:
            raise refusal(error) from error
        return DiskQuarantineFile(file, path)

    def size(self, upload: UUID) -> int:
        path = self._path(upload)
        try:
            _sync(path)
            return path.stat().st_size
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise refusal(error) from error

    def read(self, upload: UUID) -> BinaryIO:
        try:
            return self._path(upload).open("rb", buffering=0)
        except FileNotFoundError as error:
            raise BlobMissingError from error
        except OSError as error:
            raise VaultError("The server could not read this.") from error

    def delete(self, upload: UUID) -> None:
        _remove(self._path(upload))

    def ids(self) -> Iterator[tuple[UUID, float]]:
        return _ids(self._root.glob("*"))


class DiskQuarantineFile:
    """An open file that may lose its name to a successor, never its bytes to a rival."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path = file, path

    def write(self, sealed: bytes) -> None:
        try:
            _write_all(self._file, sealed)
        except OSError as error:
            raise refusal(error) from error

    def sync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise refusal(error) from error

    def is_current(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        self._file.close()


def _create(path: Path) -> BinaryIO:
    """A new file of its own under `path`, and the directory if it is the first in there."""
    try:
        path.unlink(missing_ok=True)
        return path.open("xb", buffering=0)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sync(path.parent.parent)
        return path.open("xb", buffering=0)


def _copy_start(path: Path, target: BinaryIO, size: int) -> None:
    if not size:
        return
    with path.open("rb", buffering=0) as source:
        while size and (piece := source.read(min(size, COPY_SIZE))):
            _write_all(target, piece)
            size -= len(piece)


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _write_durably(path: Path, data: bytes) -> None:
    with _create(path) as file:
        _write_all(file, data)
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        path.with_suffix(".part").unlink(missing_ok=True)
    except OSError as error:
        raise VaultError("The server could not delete this.") from error


def _ids(paths: Iterator[Path]) -> Iterator[tuple[UUID, float]]:
    """Ids and times of files, half-written ones among them; what bears no id is not ours."""
    for path in paths:
        try:
            yield UUID(path.stem), path.stat().st_mtime
        except (ValueError, FileNotFoundError):
            continue
