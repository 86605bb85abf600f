"""A drill restores the real backup beside the site and tries what may not open; the site is only read."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.project.backups import ENGINES, ONE, Hospital, databases, found

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=ENGINES)
def drilled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hospital, Path]]:
    """A hospital and a backup from before one agreement was withdrawn and one picture erased.

    And Bob left.
    """
    place = tmp_path_factory.mktemp(request.param)
    (place / "home").mkdir()
    with databases(request.param) as environ:
        hospital = found(place / "home", environ)
        agreements = hospital.act("prepare")
        backup = hospital.back_up(place / "backups")
        hospital.act("withdraw", agreements[ONE])
        hospital.act("erase", min(hospital.act("look")["care"]))
        hospital.act("sign")
        hospital.act("close", "bob")
        hospital.act("journal")
        yield hospital, backup


def fingerprint(hospital: Hospital) -> dict[str, str]:
    """Of every file but SQLite's shared memory, which readers use as well."""
    files = [path for path in hospital.home.rglob("*") if path.is_file()]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.suffix != ".sqlite3-shm"
    }


def test_a_drill_passes_and_leaves_no_trace(drilled: tuple[Hospital, Path]) -> None:
    hospital, backup = drilled
    before = fingerprint(hospital)
    done = hospital.run("backup", "drill", str(backup))
    assert "The drill is passed." in done.stdout
    for line in (
        "passed  agreements that ended: tried 1, wrong 0",
        "passed  pictures of agreements that ended: tried 4, wrong 0",
        "passed  keys of single pictures that were destroyed: tried ",
        "passed  pictures of agreements in force: tried 2, wrong 0",
        "passed  pictures under care: tried 3, wrong 0",
        "passed  accounts that were closed: tried 1, wrong 0",
    ):
        assert line in done.stdout
    assert "Petra" not in done.stdout + done.stderr
    assert fingerprint(hospital) == before
    assert {path.name for path in backup.parent.iterdir()} == {backup.name, ".lock"}


def test_a_drill_fails_when_the_journal_lost_a_withdrawal(drilled: tuple[Hospital, Path]) -> None:
    """As it would with a backup of a system that has no tombstone for what it destroyed."""
    hospital, backup = drilled
    journal = hospital.home / "withdrawals.jsonl"
    kept = journal.read_bytes()
    journal.write_bytes(b"".join(kept.splitlines(keepends=True)[-1:]))
    try:
        done = hospital.run("backup", "drill", str(backup), ok=False)
    finally:
        journal.write_bytes(kept)
    assert done.returncode == 1
    assert "FAILED  agreements that ended: tried 1, wrong 1" in done.stdout
    assert "FAILED  pictures of agreements that ended: tried 4, wrong 4" in done.stdout
    assert "FAILED  accounts that were closed: tried 1, wrong 1" in done.stdout
    assert "The drill is NOT passed." in done.stdout


def test_a_drill_fails_on_lost_pictures_and_on_a_record_that_is_not_ours(
    drilled: tuple[Hospital, Path], tmp_path: Path
) -> None:
    """The manifest of a forged backup may fit; what the log signed does not."""
    hospital, backup = drilled
    copy = tmp_path / backup.name
    shutil.copytree(backup, copy)
    for path in (copy / "blobs").glob("??/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
    if not hospital.environ:
        with closing(sqlite3.connect(copy / "record.sqlite3")) as record:
            record.execute("UPDATE audit_event SET outcome = 'denied' WHERE leaf_index = 1")
            record.commit()
    refused = hospital.run("backup", "drill", str(copy), ok=False)
    assert (refused.returncode, "missing or damaged" in refused.stdout) == (1, True)
    rewrite_manifest(copy)
    done = hospital.run("backup", "drill", str(copy), ok=False)
    assert done.returncode == 1
    assert "FAILED  pictures under care: tried 3, wrong 3" in done.stdout
    if not hospital.environ:
        assert "FAILED  entries of the log" in done.stdout


def rewrite_manifest(copy: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(copy)}\n"
        for path in sorted((copy / "blobs").glob("??/*"))
    ]
    (copy / "blobs.sha256").write_text("".join(lines))
    manifest = json.loads((copy / "manifest.json").read_text())
    for name in manifest["files"]:
        content = (copy / name).read_bytes()
        manifest["files"][name] = {
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    (copy / "manifest.json").write_text(json.dumps(manifest))
