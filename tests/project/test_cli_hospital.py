"""An installation's first hour: made, staffed, checked, and never overwritten."""

import json
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.project.test_cli import RECEIPTS, run

SECRETS = {
    "SAFELIGHT_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP",
    "SAFELIGHT_ROOT_PASSPHRASE": "amber lamps burn in quiet darkrooms",
    "SAFELIGHT_ALLOWED_HOSTS": "pictures.example",
}
PASSWORD = {"SAFELIGHT_STAFF_PASSWORD": "a lamp of amber glass"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hospital with one administrator and one clinician, made by the command alone."""
    path = tmp_path_factory.mktemp("hospital")
    made = run(
        "init", "--name", "St Elswhere's", "--time-zone", "Europe/Lisbon", home=path, **SECRETS
    )
    assert made.returncode == 0, made.stderr
    for arguments in (
        ("create-staff", "ada", "Ada Almeida"),
        ("create-staff", "alice", "Alice Archer", "--role", "clinician", "--department", "Surgery"),
    ):
        hired = run(*arguments, home=path, **SECRETS, **PASSWORD)
        assert hired.returncode == 0, hired.stderr
    # What the worker of a running site does every second.
    signed = run(
        *(
            "manage",
            "shell",
            "-v",
            "0",
            "-c",
            "from safelight.audit.log import sequence; sequence()",
        ),
        home=path,
        **SECRETS,
    )
    assert signed.returncode == 0, signed.stderr
    return path


@contextmanager
def record(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / "record.sqlite3")) as connection:
        yield connection
        connection.commit()


def test_everything_made_is_its_owners_alone(home: Path):
    for path in home.rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_init_never_overwrites(home: Path):
    before = (home / "root-key.json").read_bytes()
    again = run("init", "--name", "Another", home=home, **SECRETS)
    assert (again.returncode, (home / "root-key.json").read_bytes()) == (2, before)
    assert "never overwritten" in again.stderr


@pytest.mark.parametrize(
    ("mistake", "settings"),
    [
        (("--time-zone", "Europe/Atlantis"), {}),
        ((), {"SAFELIGHT_KEYSTORE_URL": "postgresql://safelight:x@127.0.0.1:9/keystore"}),
    ],
    ids=["time zone", "database"],
)
def test_an_init_that_failed_can_be_repeated(
    tmp_path: Path, mistake: tuple[str, ...], settings: dict[str, str]
):
    init = ("init", "--name", "St Elswhere's")
    assert run(*init, *mistake, home=tmp_path, **SECRETS, **settings).returncode == 2
    assert not (tmp_path / "root-key.json").exists()
    mended = run(*init, home=tmp_path, **SECRETS)
    assert mended.returncode == 0, mended.stderr


def test_staff_have_their_role_and_department(home: Path):
    with record(home) as rows:
        staff = rows.execute(
            "SELECT username, role, is_test_data FROM people_staffmember ORDER BY username"
        ).fetchall()
        departments = rows.execute("SELECT name FROM institution_department").fetchall()
    assert staff == [("ada", "administrator", 0), ("alice", "clinician", 0)]
    assert departments == [("Surgery",)]


def test_a_name_that_is_taken_is_refused(home: Path):
    again = run("create-staff", "ada", "Another Ada", home=home, **SECRETS, **PASSWORD)
    assert again.returncode == 2
    assert "There is an account of this name already." in again.stderr


def test_a_weak_password_is_refused(home: Path):
    weak = run(
        *("create-staff", "priya", "Priya Pillai"),
        home=home,
        **SECRETS,
        SAFELIGHT_STAFF_PASSWORD="short",
    )
    assert weak.returncode == 2
    assert "too short" in weak.stderr


def test_nobody_at_a_terminal_means_no_password(home: Path):
    asked = run("create-staff", "theo", "Theo Thorne", home=home, **SECRETS)
    assert asked.returncode == 2
    assert "SAFELIGHT_STAFF_PASSWORD_FILE" in asked.stderr


def test_a_wrong_passphrase_opens_nothing(home: Path):
    wrong = {**SECRETS, "SAFELIGHT_ROOT_PASSPHRASE": "another passphrase that is long"}
    refused = run("serve", home=home, **wrong)
    assert refused.returncode == 2
    assert "passphrase is wrong" in refused.stderr


def test_the_demo_does_not_open_a_real_hospital(home: Path):
    refused = run("demo", "--port", "8399", home=home, **SECRETS)
    assert refused.returncode == 2
    assert "real hospital" in refused.stderr


def test_an_untouched_record_verifies(home: Path):
    verified = run("audit", "verify", home=home, **SECRETS)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.endswith("The record is whole.\n")


def test_a_witness_can_be_kept_and_compared(home: Path, tmp_path: Path):
    exported = run("audit", "export-checkpoint", home=home, **SECRETS)
    witness = tmp_path / "checkpoint"
    witness.write_text(exported.stdout)
    verified = run("audit", "verify", "--checkpoint", str(witness), home=home, **SECRETS)
    assert verified.returncode == 0, verified.stdout
    key = run("audit", "verifier-key", home=home, **SECRETS).stdout
    assert exported.stdout.startswith(key.split("+", maxsplit=1)[0] + "\n")


@pytest.mark.parametrize("content", [b"", b"Petra\n", b"\xff\xfe", bytes(300_000)])
def test_a_file_that_is_no_checkpoint_is_told_as_none(home: Path, tmp_path: Path, content: bytes):
    """And not as a record that was altered, of which it says nothing."""
    none = tmp_path / "none"
    none.write_bytes(content)
    verified = run("audit", "verify", "--checkpoint", str(none), home=home, **SECRETS)
    assert verified.returncode == 2
    assert "checkpoint" in verified.stderr
    assert "NOT as it was signed" not in verified.stdout


def test_a_checkpoint_of_another_log_is_told_as_such(home: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.write_text(json.loads(RECEIPTS["receipts"][0]["receipt"])["checkpoint"])
    verified = run("audit", "verify", "--checkpoint", str(other), home=home, **SECRETS)
    assert verified.returncode == 1
    assert "kept elsewhere is not signed by this log's key" in verified.stdout


CERTIFY = """
from uuid import uuid4
from safelight.audit.log import sequence
from safelight.audit.receipts import certified_objects, receipt
from safelight.audit.services import Entry, record
from safelight.vocabulary.events import EventTag
subject = uuid4()
statement = dict(lines=[dict(line="All: erased.")])
objects = certified_objects(subject, statement)
tag = EventTag.CONSENT_AGREEMENT_WITHDRAWN
entry = record(Entry(tag=tag, actor=None, subject=subject, objects=objects))
sequence()
print(receipt(statement, entry.id), end="")
"""


@pytest.fixture(scope="module")
def receipt(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = run("manage", "shell", "-v", "0", "-c", CERTIFY, home=home, **SECRETS)
    assert made.returncode == 0, made.stderr
    path = tmp_path_factory.mktemp("receipts") / "certificate.json"
    path.write_text(made.stdout, encoding="utf-8")
    return path


def test_a_receipt_is_verified_with_the_key_and_log_of_the_house(home: Path, receipt: Path):
    verified = run("audit", "verify-receipt", str(receipt), home=home, **SECRETS)
    assert verified.returncode == 0, verified.stderr
    assert "All: erased." in verified.stdout


def test_a_receipt_and_a_copy_of_the_log_are_checked_elsewhere(
    home: Path, receipt: Path, tmp_path: Path
):
    """With nothing of the hospital but its key: one altered byte in the copy fails, none passes."""
    copy = tmp_path / "log.safelog"
    exported = run("audit", "export-log", "--out", str(copy), home=home, **SECRETS)
    assert exported.returncode == 0, exported.stderr
    again = run("audit", "export-log", "--out", str(copy), home=home, **SECRETS)
    assert again.returncode == 2
    assert "already" in again.stderr
    key = run("audit", "verifier-key", home=home, **SECRETS).stdout.strip()
    check = ("audit", "verify-receipt", str(receipt), "--key", key, "--log", str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    passed = run(*check, home=elsewhere)
    assert passed.returncode == 0, passed.stderr
    assert "is whole and agrees." in passed.stdout
    assert list(elsewhere.iterdir()) == []
    data = bytearray(copy.read_bytes())
    data[100] ^= 1
    copy.write_bytes(data)
    failed = run(*check, home=elsewhere)
    assert failed.returncode == 1
    assert "The copy of the log was altered: entry 0 is not what it was." in failed.stderr


def test_an_altered_receipt_fails_here_and_elsewhere(home: Path, receipt: Path, tmp_path: Path):
    altered = tmp_path / "altered"
    altered.write_text(receipt.read_text().replace("All: erased.", "One: erased."))
    failed = run("audit", "verify-receipt", str(altered), home=home, **SECRETS)
    assert failed.returncode == 1
    assert "The statement is not the one that stands in the record" in failed.stderr
    assert "erased" not in failed.stdout


def test_a_copy_that_cannot_be_written_leaves_nothing(home: Path, tmp_path: Path):
    nowhere = tmp_path / "missing" / "log.safelog"
    refused = run("audit", "export-log", "--out", str(nowhere), home=home, **SECRETS)
    assert refused.returncode == 2
    assert "cannot be written there" in refused.stderr


def test_a_changed_record_is_told_and_named(home: Path):
    with record(home) as rows:
        rows.execute("UPDATE audit_event SET outcome = 'denied' WHERE leaf_index = 1")
    try:
        verified = run("audit", "verify", home=home, **SECRETS)
    finally:
        with record(home) as rows:
            rows.execute("UPDATE audit_event SET outcome = 'success' WHERE leaf_index = 1")
    assert verified.returncode == 1
    assert "Entry 1 (event " in verified.stdout
    assert verified.stdout.endswith("The record is NOT as it was signed.\n")


def test_migrate_may_be_run_at_any_time(home: Path):
    assert run("migrate", home=home, **SECRETS).returncode == 0
