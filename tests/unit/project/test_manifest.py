"""What is no whole backup of ours is refused in one sentence, whoever made it."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from safelight.project.backup.errors import BackupRefusedError
from safelight.project.backup.files import link_or_copy, overwrite, overwrite_and_remove, sha256_of
from safelight.project.backup.manifest import BLOBS, Manifest, describe, read_manifest, verify

NUMBER = UUID("0a0b0c0d-0000-4000-8000-00000000abcd")
BLOB = Path("blobs") / NUMBER.hex[-2:] / NUMBER.hex


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """The record's part of a backup, as small as one can be."""
    (tmp_path / "record.sqlite3").write_bytes(b"rows")
    (tmp_path / BLOB).parent.mkdir(parents=True)
    (tmp_path / BLOB).write_bytes(b"sealed")
    (tmp_path / BLOBS).write_text(f"{sha256_of(tmp_path / BLOB)}  {BLOB}\n")
    files = {name: describe(tmp_path / name) for name in ("record.sqlite3", BLOBS)}
    Manifest(
        id=uuid4(),
        part="record",
        taken_at=datetime(2026, 3, 1, tzinfo=UTC),
        version="0.1.0",
        engine="sqlite",
        migrations=("people.0001_initial",),
        files=files,
        checkpoint="note",
    ).write(tmp_path)
    return tmp_path


def check(backup: Path) -> None:
    verify(backup, read_manifest(backup, "record"))


def change(backup: Path, how: Callable[[dict[str, Any]], object]) -> None:
    path = backup / "manifest.json"
    told = json.loads(path.read_text())
    how(told)
    path.write_text(json.dumps(told))


def test_a_whole_backup_is_taken_as_one(backup: Path) -> None:
    check(backup)
    assert read_manifest(backup, "record").checkpoint == "note"


@pytest.mark.parametrize("name", ["record.sqlite3", BLOBS, str(BLOB)])
@pytest.mark.parametrize("harm", ["cut", "changed", "gone", "link"])
def test_every_harm_to_a_file_is_found(backup: Path, name: str, harm: str) -> None:
    path = backup / name
    content = path.read_bytes()
    path.unlink()
    if harm == "cut":
        path.write_bytes(content[:-1])
    if harm == "changed":
        path.write_bytes(content[:-1] + b"?")
    if harm == "link":
        (backup / "elsewhere").write_bytes(content)
        path.symlink_to(backup / "elsewhere")
    with pytest.raises(BackupRefusedError):
        check(backup)


@pytest.mark.parametrize(
    "how",
    [
        lambda told: told.clear(),
        lambda told: told.update(format="safelight-backup/v2"),
        lambda told: told.update(part="keystore"),
        lambda told: told.update(taken_at="yesterday"),
        lambda told: told.update(taken_at="2026-03-01T00:00:00"),
        lambda told: told.update(id="x"),
        lambda told: told.update(engine="../../etc"),
        lambda told: told.update(engine="postgresql"),
        lambda told: told.update(migrations=7),
        lambda told: told.update(files=[]),
        lambda told: told["files"].update({"../root-key.json": {"size": 1, "sha256": "x"}}),
        lambda told: told["files"].update({"/etc/passwd": {"size": 1, "sha256": "x"}}),
        lambda told: told["files"].pop("record.sqlite3"),
        lambda told: told["files"]["record.sqlite3"].update(size=None),
    ],
)
def test_a_strange_manifest_is_refused(
    backup: Path, how: Callable[[dict[str, Any]], object]
) -> None:
    change(backup, how)
    with pytest.raises(BackupRefusedError):
        check(backup)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, "\0" * 50])
def test_a_manifest_that_is_none_is_refused(backup: Path, text: str) -> None:
    (backup / "manifest.json").write_text(text)
    with pytest.raises(BackupRefusedError):
        check(backup)


def test_a_manifest_without_end_is_not_read(backup: Path) -> None:
    with (backup / "manifest.json").open("r+b") as file:
        file.truncate(5_000_000_000)
    with pytest.raises(BackupRefusedError):
        check(backup)


def test_no_manifest_means_no_backup(backup: Path) -> None:
    (backup / "manifest.json").unlink()
    with pytest.raises(BackupRefusedError, match="no whole backup of the record"):
        check(backup)


@pytest.mark.parametrize(
    "line",
    [
        "x",
        f"{'0' * 64}  ../../etc/passwd",
        f"{'0' * 64}  blobs/aa/{NUMBER.hex}",
        f"{'0' * 64} {BLOB}",
        f"{'0' * 64}  blobs/cd/{NUMBER.hex}/..",
    ],
)
def test_a_strange_list_of_pictures_is_refused(backup: Path, line: str) -> None:
    (backup / BLOBS).write_text(line + "\n")
    change(
        backup,
        lambda told: told["files"].update(
            {BLOBS: {"size": len(line) + 1, "sha256": sha256_of(backup / BLOBS)}}
        ),
    )
    with pytest.raises(BackupRefusedError, match=r"list of stored pictures|missing or damaged"):
        check(backup)


def test_keys_are_overwritten_and_pictures_of_the_site_never(tmp_path: Path) -> None:
    keys, picture = tmp_path / "keys", tmp_path / "picture"
    keys.mkdir()
    (keys / "keystore").write_bytes(b"k" * 3_000_000)
    picture.write_bytes(b"sealed")
    link_or_copy(picture, keys / "second-name")
    kept = os.open(keys / "keystore", os.O_RDONLY)
    try:
        overwrite(keys / "keystore")
        assert os.pread(kept, 3_000_001, 0) == bytes(3_000_000)
        overwrite_and_remove(keys)
    finally:
        os.close(kept)
    assert picture.read_bytes() == b"sealed"
    assert not keys.exists()
