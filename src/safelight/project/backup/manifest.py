"""The manifest of a backup: what is in it, and whether all of it is there and as it was written."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from safelight.project.backup.errors import BackupRefusedError
from safelight.project.backup.files import is_plain, sha256_of, write_text

FORMAT: Final = "safelight-backup/v1"
NAME: Final = "manifest.json"
BLOBS: Final = "blobs.sha256"
JOURNAL: Final = "withdrawals.jsonl"
LARGEST: Final = 4_000_000
# Written by us; anything else in a manifest is somebody else's idea.
FILES: Final = {
    "record": {"record.sqlite3", "record.dump", BLOBS, JOURNAL, "settings.json"},
    "keystore": {"keystore.sqlite3", "keystore.dump"},
}
_BLOB: Final = re.compile(r"([0-9a-f]{64})  (blobs/([0-9a-f]{2})/[0-9a-f]{30}\3)")


@dataclass(frozen=True)
class Written:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """One part of a backup, the record or the keystore. `taken_at` is when copying began."""

    id: UUID
    part: str
    taken_at: datetime
    version: str
    engine: str
    migrations: tuple[str, ...]
    files: Mapping[str, Written]
    checkpoint: str = ""

    @property
    def database(self) -> str:
        return f"{self.part}.{'sqlite3' if self.engine == 'sqlite' else 'dump'}"

    def write(self, directory: Path) -> None:
        told = {
            "format": FORMAT,
            **asdict(self),
            "id": self.id.hex,
            "taken_at": self.taken_at.isoformat(),
        }
        write_text(directory / NAME, json.dumps(told, indent=1, sort_keys=True))


def describe(path: Path) -> Written:
    return Written(path.stat().st_size, sha256_of(path))


def read_manifest(directory: Path, part: str) -> Manifest:
    """The manifest of a backup's part; BackupRefusedError when it is none of ours, or half."""
    path = directory / NAME
    if not is_plain(path) or path.stat().st_size > LARGEST:
        raise BackupRefusedError(f"There is no whole backup of the {part} in this directory.")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        found = _manifest(told, part)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupRefusedError(f"The manifest of the {part} is damaged.") from error
    return found


def _manifest(told: dict[str, Any], part: str) -> Manifest:
    if told["format"] != FORMAT or told["part"] != part:
        raise ValueError
    taken_at = datetime.fromisoformat(told["taken_at"])
    files = {name: Written(int(f["size"]), str(f["sha256"])) for name, f in told["files"].items()}
    manifest = Manifest(
        id=UUID(hex=told["id"]),
        part=part,
        taken_at=taken_at,
        version=str(told["version"]),
        engine={"sqlite": "sqlite", "postgresql": "postgresql"}[told["engine"]],
        migrations=tuple(str(item) for item in told["migrations"]),
        files=files,
        checkpoint=str(told["checkpoint"]),
    )
    if taken_at.tzinfo is None or not files.keys() <= FILES[part] or manifest.database not in files:
        raise ValueError
    return manifest


def verify(directory: Path, manifest: Manifest) -> None:
    """Every file is there and as it was written, or BackupRefusedError says which is not."""
    for name, written in manifest.files.items():
        path = directory / name
        if not is_plain(path) or describe(path) != written:
            raise BackupRefusedError(f"{name} in this backup is missing or damaged.")
    if manifest.part == "record":
        for name, sha256 in read_blobs(directory).items():
            if not is_plain(directory / name) or sha256_of(directory / name) != sha256:
                raise BackupRefusedError(f"{name} in this backup is missing or damaged.")


def verify_list(directory: Path, manifest: Manifest) -> None:
    """BackupRefusedError unless the list of pictures is the one that was written."""
    path = directory / BLOBS
    if not is_plain(path) or describe(path) != manifest.files.get(BLOBS):
        raise BackupRefusedError("The list of stored pictures in this backup is damaged.")


def read_blobs(directory: Path) -> dict[str, str]:
    """The stored objects of a backup, each with its SHA-256, as `sha256sum` would write them."""
    found = {}
    with (directory / BLOBS).open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            fits = _BLOB.fullmatch(line.rstrip("\n"))
            if fits is None:
                raise BackupRefusedError("The list of stored pictures in this backup is damaged.")
            found[fits[2]] = fits[1]
    return found
