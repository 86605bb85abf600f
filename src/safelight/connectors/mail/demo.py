"""The demo's mail: nothing leaves the machine; a page shows what would have been sent.

A file of lines and no table: several processes append to it, a sent letter stays sent when the
database takes a step back, and production has no table for what it never does.
"""

import fcntl
import json
import os
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from safelight.connectors.mail.writing import letter_of
from safelight.vocabulary.notices import (
    Letter,
    MailNotSentError,
    MailRefusedError,
    Notice,
    NoticeKind,
)

MOST_LETTERS = 200
LARGEST_FILE = 1_000_000


class DemoPost:
    """Keeps notices in `path`, and gives them back as letters."""

    def __init__(self, path: Path) -> None:
        """The file is made with the first notice."""
        self._path = path

    def send(self, notice: Notice) -> None:
        """Keep `notice`. Raises MailNotSentError when the disk does not take it."""
        ends_at = notice.ends_at.isoformat() if notice.ends_at else None
        zone = f"{notice.ends_at:%Z}" if notice.ends_at else ""
        line = json.dumps(asdict(notice) | {"ends_at": ends_at, "zone": zone}) + "\n"
        try:
            self._append(line)
        except OSError as error:
            raise MailNotSentError from error

    def letters(self, origin: str) -> list[Letter]:
        """The newest notices in words, the newest first. A torn line is left out."""
        try:
            lines = self._path.read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return []
        notices = map(_notice, reversed(lines[-MOST_LETTERS:]))
        return [letter_of(notice, origin) for notice in notices if notice]

    def _append(self, line: str) -> None:
        """One write under a lock; the file begins anew when it has grown too large."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open(self._path, "a", encoding="utf-8", opener=_for_its_owner) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if file.tell() > LARGEST_FILE:
                file.truncate(0)
            file.write(line)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _notice(line: str) -> Notice | None:
    try:
        kept: dict[str, Any] = json.loads(line)
        zone = kept.pop("zone")
        kept["kind"] = NoticeKind(kept["kind"])
        if kept["ends_at"]:
            kept["ends_at"] = _moment(kept["ends_at"], zone)
        return Notice(**kept)
    except (ValueError, TypeError, KeyError, AttributeError, MailRefusedError):
        return None


def _moment(text: str, zone: str) -> datetime:
    """The time with the name its zone had."""
    moment = datetime.fromisoformat(text)
    offset = moment.utcoffset()
    return moment if offset is None else moment.replace(tzinfo=timezone(offset, zone))
