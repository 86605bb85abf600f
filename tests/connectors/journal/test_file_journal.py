"""The journal of withdrawals: durable lines, torn ends mended, damage named."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from safelight.connectors.journal.file import FileJournal, read_journal
from safelight.vault.destructions import Destruction, Journal, JournalError, as_line, merged
from safelight.vault.kinds import CustodianKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def destruction(minute: int = 0) -> Destruction:
    return Destruction(CustodianKind.AGREEMENT, uuid4(), NOON + timedelta(minutes=minute))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "withdrawals.jsonl"


def test_what_was_appended_is_read_again(path: Path) -> None:
    journal, one = FileJournal(path), destruction()
    grant = Destruction(CustodianKind.CARE, uuid4(), NOON + timedelta(minutes=1), object_id=uuid4())
    journal.append([one])
    journal.append([grant])
    assert journal.read() == Journal((one, grant), grant.at)
    assert path.stat().st_mode & 0o077 == 0


def test_it_says_how_far_it_reaches_once_at_its_end(path: Path) -> None:
    journal, items = FileJournal(path), [destruction(minute) for minute in range(3)]
    for minute, item in enumerate(items):
        journal.mark(NOON + timedelta(hours=minute))
        journal.mark(NOON + timedelta(hours=minute, seconds=1))
        journal.append([item])
    journal.mark(NOON + timedelta(days=1))
    assert len(path.read_text().splitlines()) == 4
    assert journal.read() == Journal(tuple(items), NOON + timedelta(days=1))


def test_a_torn_end_is_mended_by_the_next_line(path: Path) -> None:
    journal, one, two = FileJournal(path), destruction(), destruction(1)
    journal.append([one])
    with path.open("a") as file:
        file.write(as_line(destruction())[:40])
    assert journal.read().destructions == (one,)
    journal.append([two])
    assert journal.read().destructions == (one, two)


@pytest.mark.parametrize(
    "line",
    [
        *("", "{}", "[]", "7", "not json", "[" * 9000),
        '{"at":"2026-01-01T00:00:00","kind":"seen"}',
        '{"at":"2026-01-01T00:00:00+00:00","kind":"agreement","owner":"x","object":null,"id":"y"}',
    ],
)
def test_a_damaged_line_is_named(path: Path, line: str) -> None:
    FileJournal(path).append([destruction()])
    with path.open("a") as file:
        file.write(f"{line}\n{as_line(destruction())}\n")
    with pytest.raises(JournalError, match="Line 2 of the journal"):
        read_journal(path)


def test_a_file_that_is_no_text_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(os.urandom(2000))
    with pytest.raises(JournalError):
        read_journal(path)


def test_many_who_write_at_once_lose_no_line(path: Path) -> None:
    items = [[destruction(minute) for minute in range(20)] for _ in range(4)]

    def write(mine: list[Destruction]) -> None:
        for item in mine:
            FileJournal(path).append([item])
            FileJournal(path).mark(item.at)

    threads = [threading.Thread(target=write, args=(mine,)) for mine in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = read_journal(path)
    assert {item.id for item in read.destructions} == {item.id for mine in items for item in mine}


def test_several_journals_become_one() -> None:
    one, two = destruction(), destruction(1)
    whole = merged(
        Journal((two,), two.at), Journal(), Journal((one, two), NOON + timedelta(days=1))
    )
    assert whole == Journal((one, two), NOON + timedelta(days=1))
    assert merged(Journal()) == Journal()
