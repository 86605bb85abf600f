"""Backups that cannot bring back what was withdrawn, by the command alone, on each database."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.project.backups import ENGINES, LECTURE, ONE, Hospital, databases, found

pytestmark = pytest.mark.slow


@dataclass
class Told:
    """A hospital whose life went on after a backup: one agreement withdrawn, another signed.

    Of two shares one was revoked, and Bob left.
    """

    hospital: Hospital
    backup: Path
    withdrawn: str
    kept: str
    signed_since: str
    journal: Path
    revoked: str
    going_on: str


@pytest.fixture(scope="module", params=ENGINES)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    place = tmp_path_factory.mktemp(request.param)
    (place / "home").mkdir()
    with databases(request.param) as environ:
        hospital = found(place / "home", environ)
        agreements = hospital.act("prepare")
        shares = hospital.act("share")
        backup = hospital.back_up(place / "backups")
        hospital.act("revoke_share", shares["revoked"])
        hospital.act("close", "bob")
        hospital.act("withdraw", agreements[ONE])
        signed = hospital.act("sign")
        hospital.act("journal")
        hospital.keep()
        journal = place / "withdrawals.jsonl"
        shutil.copyfile(hospital.home / journal.name, journal)
        yield Told(
            hospital,
            backup,
            agreements[ONE],
            agreements[LECTURE],
            signed["agreement"],
            journal,
            **shares,
        )


@pytest.fixture
def hospital(told: Told) -> Hospital:
    """The hospital as it was when everything had happened."""
    told.hospital.rewind()
    return told.hospital


def expect_withdrawn(state: dict[str, Any], told: Told) -> None:
    assert state["status"][told.withdrawn][0] == "inactive"
    assert state["opens"][told.withdrawn] == [False] * 4
    assert told.withdrawn not in state["keys"]
    assert state["opens"][told.kept] == [True] * 4
    assert state["status"][told.kept] == ["active", ""]
    assert "bob" not in state["open_accounts"]
    assert "alice" in state["open_accounts"]


def expect_no_share(state: dict[str, Any], told: Told) -> None:
    """Nobody knows which of them were revoked, so none of them shows anything."""
    assert state["shares"][told.revoked] == ["revoked", True]
    assert state["shares"][told.going_on] == ["revoked", True]


def test_everything_comes_back_but_what_was_withdrawn(
    told: Told, hospital: Hospital, tmp_path: Path
) -> None:
    newest = hospital.back_up(tmp_path)
    hospital.lose_everything()
    done = hospital.run("restore", str(newest), "--accept-missing-withdrawals")
    assert "The site may serve" in done.stdout
    state = hospital.act("look")
    expect_withdrawn(state, told)
    assert state["opens"][told.signed_since] == [True] * 2
    assert set(state["care"].values()) == {True}
    assert hospital.run("audit", "verify").stdout.endswith("The record is whole.\n")


def test_an_old_keystore_meets_the_present_record(told: Told, hospital: Hospital) -> None:
    done = hospital.run("restore", str(told.backup), "--record", "present")
    assert "no withdrawal is missing" in done.stdout
    state = hospital.act("look")
    expect_withdrawn(state, told)
    assert state["status"][told.withdrawn] == ["inactive", "withdrawn"]
    # Its key was lost with the keystore: it opens nothing, and no list says that it does.
    assert state["status"][told.signed_since] == ["inactive", "restored"]
    # The record is the present one, and knows what was revoked.
    assert state["shares"][told.revoked] == ["revoked", False]
    assert state["shares"][told.going_on] == ["in-force", False]


def test_an_old_record_meets_the_present_keystore(told: Told, hospital: Hospital) -> None:
    done = hospital.run("restore", str(told.backup), "--keystore", "present")
    assert "no withdrawal is missing" in done.stdout
    state = hospital.act("look")
    expect_withdrawn(state, told)
    assert state["status"][told.withdrawn] == ["inactive", "restored"]
    expect_no_share(state, told)
    assert told.signed_since not in state["status"]
    assert state["restored"] == [["backup:site:restored", True]]


def test_both_old_with_a_newer_journal(told: Told, hospital: Hospital) -> None:
    hospital.lose_everything()
    done = hospital.run("restore", str(told.backup), "--journal", str(told.journal))
    assert "Withdrawals are known up to" in done.stdout
    assert "keys destroyed again: " in done.stdout
    state = hospital.act("look")
    expect_withdrawn(state, told)
    expect_no_share(state, told)
    assert told.withdrawn in state["tombstones"]


def test_both_old_without_a_newer_journal_waits_for_a_word(told: Told, hospital: Hospital) -> None:
    hospital.lose_everything()
    done = hospital.run("restore", str(told.backup), ok=False)
    assert done.returncode == 2
    assert "would come back to life" in done.stderr
    for command in (("serve",), ("worker",), ("audit", "verify"), ("backup", "--out", "x")):
        refused = hospital.run(*command, ok=False)
        assert refused.returncode == 2
        assert "the withdrawals since are not replayed yet" in refused.stderr
    again = hospital.run("restore", ok=False)
    assert (again.returncode, again.stderr) == (2, done.stderr)
    hospital.run("restore", "--accept-missing-withdrawals")
    state = hospital.act("look")
    assert state["restored"] == [["backup:site:restored", True]]
    assert state["status"][told.withdrawn] == ["active", ""]  # said plainly, and accepted
    assert hospital.run("audit", "verify").returncode == 0


def test_a_journal_that_lies_in_the_home_is_used_by_itself(told: Told, hospital: Hospital) -> None:
    hospital.lose_everything()
    shutil.copyfile(told.journal, hospital.home / "withdrawals.jsonl")
    hospital.run("restore", str(told.backup))
    expect_withdrawn(hospital.act("look"), told)


def test_a_damaged_journal_is_refused_and_nothing_is_changed(
    told: Told, hospital: Hospital, tmp_path: Path
) -> None:
    before = hospital.act("look")
    bad = tmp_path / "journal"
    bad.write_text("not a line\n" + told.journal.read_text())
    done = hospital.run("restore", str(told.backup), "--journal", str(bad), ok=False)
    assert (done.returncode, "Line 1" in done.stderr) == (2, True)
    assert hospital.act("look") == before


def test_what_was_here_is_moved_aside_and_can_be_found(
    told: Told, hospital: Hospital, tmp_path: Path
) -> None:
    objects = {path.name for path in (hospital.home / "blobs").glob("??/*")}
    hospital.run("restore", str(told.backup), "--journal", str(told.journal))
    (aside,) = (hospital.home / "before-restore").iterdir()
    assert {path.name for path in (aside / "blobs").glob("??/*")} == objects
    if not hospital.environ:
        assert (aside / "record.sqlite3").exists()
        assert (aside / "keystore" / "keystore.sqlite3").exists()
    else:
        assert hospital.keys_aside()
    hospital.run("backup", "prune", "--out", str(tmp_path), "--keystore-days", "1")
    assert (aside / "keystore").exists() or hospital.keys_aside()
    done = hospital.run("backup", "prune", "--out", str(tmp_path), "--keystore-days", "0")
    assert "that are gone: 1." in done.stdout
    assert not (aside / "keystore").exists()
    assert not hospital.keys_aside()
    assert hospital.act("look")["keys"]
