"""Sealed bytes on a disk: whole or not at all, and every leftover can be found."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from safelight.connectors.blobs.disk import DiskBlobs, DiskQuarantine, refusal
from safelight.vault.errors import BlobMissingError, StoreFullError, VaultError

SEALED = b"sealed bytes" * 1000


@pytest.fixture
def blobs(tmp_path: Path) -> DiskBlobs:
    return DiskBlobs(tmp_path / "blobs")


@pytest.fixture
def quarantine(tmp_path: Path) -> DiskQuarantine:
    return DiskQuarantine(tmp_path / "quarantine")


def test_to_have_a_store_makes_no_directory(blobs: DiskBlobs, tmp_path: Path):
    assert list(blobs.ids()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_blob_comes_back_as_it_was(blobs: DiskBlobs):
    blob = uuid4()
    blobs.put(blob, SEALED)
    assert blobs.get(blob) == SEALED
    assert [found for found, _ in blobs.ids()] == [blob]
    blobs.delete(blob)
    blobs.delete(blob)
    with pytest.raises(BlobMissingError):
        blobs.get(blob)


def test_a_blob_is_synced_before_it_has_its_name(blobs: DiskBlobs, monkeypatch: pytest.MonkeyPatch):
    order: list[str] = []
    sync, rename = os.fsync, Path.rename

    def synced(descriptor: int) -> None:
        is_directory = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        order.append("sync directory" if is_directory else "sync file")
        sync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        order.append("rename")
        return rename(path, target)

    blob = uuid4()
    blobs.put(blob, b"makes the directory")
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    blobs.put(blob, SEALED)
    assert order == ["sync file", "rename", "sync directory"]


def fail_with(number: int) -> Callable[..., int]:
    def fail(*_args: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, StoreFullError),
        (errno.EDQUOT, StoreFullError),
        (errno.EFBIG, StoreFullError),
        (errno.EIO, VaultError),
        (errno.EROFS, VaultError),
    ],
)
def test_a_disk_that_fails_is_told_in_words_and_leaves_nothing(
    blobs: DiskBlobs,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    number: int,
    error: type[VaultError],
):
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail_with(number))
        with pytest.raises(VaultError) as failure:
            blobs.put(uuid4(), SEALED)
    assert type(failure.value) is error
    assert failure.value.sentence.endswith(".")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_cannot_be_deleted_is_told_in_words(
    blobs: DiskBlobs, quarantine: DiskQuarantine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Path, "unlink", lambda *_args, **_kwargs: fail_with(errno.EROFS)())
    for store in (blobs, quarantine):
        with pytest.raises(VaultError, match="could not delete"):
            store.delete(uuid4())


def test_every_failure_of_a_disk_has_a_sentence():
    for number in errno.errorcode:
        assert refusal(OSError(number, "")).sentence.endswith(".")


def test_a_half_written_blob_is_found_and_deleted(blobs: DiskBlobs, tmp_path: Path):
    blob = uuid4()
    blobs.put(blob, SEALED)
    path = next(path for path in tmp_path.rglob(blob.hex))
    half = path.rename(path.with_suffix(".part"))
    assert [found for found, _ in blobs.ids()] == [blob]
    with pytest.raises(BlobMissingError):
        blobs.get(blob)
    blobs.delete(blob)
    assert not half.exists()


def test_a_resumed_file_starts_with_what_was_there(quarantine: DiskQuarantine):
    upload = uuid4()
    first = quarantine.resume(upload, 0)
    first.write(b"0123456789")
    first.close()
    second = quarantine.resume(upload, 4)
    second.write(b"abc")
    second.close()
    with quarantine.read(upload) as file:
        assert file.read() == b"0123abc"
    assert quarantine.size(upload) == 7


def test_only_the_latest_file_is_current(quarantine: DiskQuarantine):
    upload = uuid4()
    first = quarantine.resume(upload, 0)
    assert first.is_current()
    second = quarantine.resume(upload, 0)
    assert (first.is_current(), second.is_current()) == (False, True)
    first.write(b"into the void")
    second.write(b"kept")
    with quarantine.read(upload) as file:
        assert file.read() == b"kept"
    quarantine.delete(upload)
    assert not second.is_current()
    first.close()
    second.close()


def test_what_a_crash_left_in_quarantine_is_found(quarantine: DiskQuarantine, tmp_path: Path):
    whole, half = uuid4(), uuid4()
    quarantine.resume(whole, 0).close()
    (tmp_path / "quarantine" / f"{half.hex}.part").write_bytes(b"torn")
    assert {found for found, _ in quarantine.ids()} == {whole, half}
    quarantine.delete(half)
    assert [found for found, _ in quarantine.ids()] == [whole]


def test_a_crash_during_a_resume_does_not_stop_the_next(quarantine: DiskQuarantine, tmp_path: Path):
    upload = uuid4()
    quarantine.resume(upload, 0).close()
    (tmp_path / "quarantine" / f"{upload.hex}.part").write_bytes(b"torn")
    file = quarantine.resume(upload, 0)
    assert file.is_current()
    file.close()
