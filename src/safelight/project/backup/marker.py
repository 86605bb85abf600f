"""The marker of a restore: while it lies in the home, nothing is served.

It is written before the first file is moved and removed after the last withdrawal is replayed, so
that a crash in between leaves a site that waits, never one that shows what was withdrawn.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self
from uuid import UUID

from safelight.project.backup.errors import NotReplayedError, RestoreRefusedError
from safelight.project.backup.files import sync, write_text

NAME = "restore.json"
JOURNAL = "restore-withdrawals.jsonl"


@dataclass(frozen=True)
class Marker:
    """How far a restore has come. A time that is None means: present, not copied."""

    id: UUID
    aside: str
    record_at: datetime | None
    keystore_at: datetime | None
    journal_until: datetime | None
    checkpoint: str = ""
    is_copied: bool = False
    is_accepted: bool = False

    @property
    def known_until(self) -> datetime | None:
        """From when on withdrawals may be unknown; None when one of the two still knows them all."""
        if self.record_at is None or self.keystore_at is None:
            return None
        copied = max(self.record_at, self.keystore_at)
        return max(copied, self.journal_until) if self.journal_until else copied

    @property
    def may_miss_withdrawals(self) -> bool:
        """Whether nothing here is newer than the copies themselves."""
        if self.record_at is None or self.keystore_at is None:
            return False
        return self.known_until == max(self.record_at, self.keystore_at)

    def accepted(self) -> Self:
        return replace(self, is_accepted=True)

    def copied(self) -> Self:
        return replace(self, is_copied=True)


def write_marker(home: Path, marker: Marker) -> None:
    """Durable on return, whole or not at all."""
    fresh = home / f"{NAME}.part"
    fresh.unlink(missing_ok=True)
    write_text(fresh, json.dumps(asdict(marker), default=_plain))
    os.replace(fresh, home / NAME)  # noqa: PTH105 - it may be there
    sync(home)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def is_restoring(home: Path) -> bool:
    return (home / NAME).exists()


def read_marker(home: Path) -> Marker:
    """NotReplayedError when it is damaged: nothing is served then, and a restore can begin anew."""
    if not is_restoring(home):
        raise RestoreRefusedError("No restore is under way here; name the backup to restore.")
    try:
        told = json.loads((home / NAME).read_text(encoding="utf-8"))
        times = {
            name: datetime.fromisoformat(told[name]) if told[name] else None
            for name in ("record_at", "keystore_at", "journal_until")
        }
        return Marker(**{**told, **times, "id": UUID(told["id"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotReplayedError(
            "The marker of a restore is damaged; restore the backup once more."
        ) from error


def remove_marker(home: Path) -> None:
    (home / NAME).unlink()
    (home / JOURNAL).unlink(missing_ok=True)
    sync(home)
