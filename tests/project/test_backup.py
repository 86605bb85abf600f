"""Taking backups: whole or not at all, while others write, and never with the root key."""

import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections
from tests import settings as test_settings
from tests.cast import PASSPHRASE, Cast
from tests.consenting import TEACHING, signed
from tests.project.backups import Hospital, found
from tests.project.test_cli_hospital import SECRETS
from tests.taking import take

from safelight.audit.log import latest_checkpoint, sequence_waiting
from safelight.audit.models import Event
from safelight.audit.services import Entry, record
from safelight.institution.selectors import current_policy
from safelight.institution.services import PolicyRefusedError, decide_policy
from safelight.project.backup import postgresql, taking
from safelight.project.backup.errors import (
    BackupRefusedError,
    BackupRunningError,
    ProgramMissingError,
)
from safelight.project.backup.manifest import BLOBS, read_blobs, read_manifest, verify
from safelight.project.backup.pruning import prune_keystores
from safelight.project.backup.taking import alone_in, known_backups, take_backup
from safelight.project.running import SiteRunningError, alone
from safelight.vault.models import SealedObject
from safelight.vocabulary.events import EventTag

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture
def petra_agreed(cast: Cast, stores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "home", lambda: stores)
    signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], TEACHING)
    sequence_waiting()


@pytest.mark.usefixtures("petra_agreed")
def test_a_backup_holds_every_part_and_says_what_it_is(tmp_path: Path) -> None:
    made = take_backup(tmp_path / "out").path
    rows = read_manifest(made, "record")
    keys = read_manifest(made / "keystore", "keystore")
    verify(made, rows)
    verify(made / "keystore", keys)
    newest = latest_checkpoint()
    assert newest is not None
    assert (rows.id, rows.checkpoint) == (keys.id, newest.note)
    assert "keystore.0004_tombstones" in keys.migrations
    objects = {item.hex for item in SealedObject.objects.values_list("id", flat=True)}
    assert {name[-32:] for name in read_blobs(made)} == objects
    assert {path.name for path in made.iterdir() if path.is_file()} == {
        "manifest.json",
        rows.database,
        BLOBS,
        "settings.json",
        *([] if not (made / "withdrawals.jsonl").exists() else ["withdrawals.jsonl"]),
    }


@pytest.mark.usefixtures("petra_agreed")
def test_pictures_on_the_same_disk_take_no_room_twice(tmp_path: Path, stores: Path) -> None:
    made = take_backup(tmp_path / "out").path
    for name in read_blobs(made):
        assert (made / name).samefile(stores / name)


@pytest.mark.usefixtures("petra_agreed")
def test_a_picture_that_was_hashed_before_is_not_blessed_anew(tmp_path: Path, stores: Path) -> None:
    """The disk changes a picture between two backups: the second one is known to be damaged."""
    first = take_backup(tmp_path / "out").path
    name = next(iter(read_blobs(first)))
    with (stores / name).open("r+b") as file:
        file.write(b"rot")
    second = take_backup(tmp_path / "out").path
    assert read_blobs(second) == read_blobs(first)
    with pytest.raises(BackupRefusedError, match="missing or damaged"):
        verify(second, read_manifest(second, "record"))


@pytest.mark.usefixtures("petra_agreed")
def test_no_root_key_and_no_secret_is_in_it(tmp_path: Path) -> None:
    made = take_backup(tmp_path / "out").path
    root = json.loads((test_settings.HOME / "root-key.json").read_text())
    secrets = [PASSPHRASE, root["sealed"], root["salt"], test_settings.SECRET_KEY]
    content = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    assert [word for word in secrets if word.encode() in content] == []
    assert not list(made.rglob("root-key*"))


@pytest.mark.usefixtures("petra_agreed")
def test_what_is_committed_meanwhile_is_in_it_whole_or_not_at_all(tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        try:
            while not stop.is_set():
                record(Entry(tag=EventTag.PATIENT_SEARCHED, actor=None))
        finally:
            connections.close_all()

    before = Event.objects.count()
    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = take_backup(tmp_path / "out").path
    finally:
        stop.set()
        thread.join(20)
    assert Event.objects.count() > before
    verify(made, read_manifest(made, "record"))


@pytest.mark.usefixtures("petra_agreed")
def test_two_backups_at_once_are_one_too_many(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with alone_in(out), pytest.raises(BackupRunningError), alone_in(out):
        pytest.fail("both are in")


@pytest.mark.usefixtures("petra_agreed")
def test_keystores_go_after_their_days_and_the_rest_stays(tmp_path: Path) -> None:
    made = take_backup(tmp_path / "out").path
    now = datetime.now(UTC)
    assert prune_keystores(tmp_path / "out", 7, now + timedelta(days=6, hours=23)) == 0
    assert prune_keystores(tmp_path / "out", 7, now + timedelta(days=7, minutes=1)) == 1
    assert not (made / "keystore").exists()
    verify(made, read_manifest(made, "record"))
    assert known_backups(tmp_path / "out") == [made]


@pytest.mark.usefixtures("petra_agreed")
def test_nobody_makes_a_copy_of_keys_younger_than_it_is(tmp_path: Path) -> None:
    made = take_backup(tmp_path / "out").path
    path = made / "keystore" / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "taken_at": "2999-01-01T00:00:00+00:00"}))
    assert prune_keystores(tmp_path / "out", 1, datetime.now(UTC) + timedelta(days=2)) == 1


@pytest.mark.usefixtures("cast")
def test_the_institution_decides_how_long_copies_of_keys_are_kept() -> None:
    assert current_policy().keystore_backup_days == 7
    decide_policy({"keystore_backup_days": 3}, actor=None)
    assert current_policy().keystore_backup_days == 3
    with pytest.raises(PolicyRefusedError):
        decide_policy({"keystore_backup_days": 0}, actor=None)


def test_a_missing_program_of_postgresql_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    values = {"PASSWORD": "", "HOST": "", "PORT": "", "USER": "", "NAME": "record"}
    with pytest.raises(ProgramMissingError, match="pg_dump is not installed"):
        postgresql.dump_database(values, tmp_path / "dump")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Hospital:
    home = tmp_path_factory.mktemp("full") / "home"
    home.mkdir()
    return found(home, {})


def test_a_full_disk_leaves_no_backup_and_says_so(hospital: Hospital, tmp_path: Path) -> None:
    """A file may grow to 100 KB, which no database of ours fits in."""
    limited = subprocess.run(
        [sys.executable, "-m", "safelight.project.cli", "backup", "--out", str(tmp_path / "out")],
        env={"SAFELIGHT_HOME": str(hospital.home), **SECRETS},
        cwd=hospital.home,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert limited.returncode == 2
    assert "nothing of it was kept" in limited.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".lock"]


def test_a_backup_of_a_newer_version_is_refused(hospital: Hospital, tmp_path: Path) -> None:
    made = hospital.back_up(tmp_path / "out")
    path = made / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "migrations": [*told["migrations"], "people.9999_later"]}))
    before = (hospital.home / "record.sqlite3").read_bytes()
    refused = hospital.run("restore", str(made), ok=False)
    assert (refused.returncode, "newer version of Safelight" in refused.stderr) == (2, True)
    assert (hospital.home / "record.sqlite3").read_bytes() == before
    assert not (hospital.home / "restore.json").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["restore"], "No restore is under way here"),
        (["restore", "nowhere"], "There is no whole backup of the record"),
        (["restore", "DIR", "--journal", "nowhere"], "no journal of withdrawals of this name"),
        (["restore", "DIR", "--keystore", "nowhere"], "There is no whole backup of the keystore"),
        (["restore", "DIR", "--record", "present", "--keystore", "present"], "both to stay"),
        (["backup"], "--out is needed"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    hospital: Hospital, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    made = hospital.back_up(tmp_path / "out")
    refused = hospital.run(*[str(made) if word == "DIR" else word for word in arguments], ok=False)
    assert (refused.returncode, sentence in refused.stderr) == (2, True), refused.stderr
    assert not (hospital.home / "restore.json").exists()


def test_without_the_root_key_nothing_is_restored(hospital: Hospital, tmp_path: Path) -> None:
    made = hospital.back_up(tmp_path / "out")
    elsewhere = Hospital(tmp_path / "elsewhere")
    elsewhere.home.mkdir()
    refused = elsewhere.run("restore", str(made), ok=False)
    assert (refused.returncode, "put root-key.json back first" in refused.stderr) == (2, True)
    assert list(elsewhere.home.iterdir()) == []


def test_a_keystore_that_was_pruned_has_to_come_from_elsewhere(
    hospital: Hospital, tmp_path: Path
) -> None:
    old, newer = hospital.back_up(tmp_path / "out"), hospital.back_up(tmp_path / "newer")
    hospital.run("backup", "prune", "--out", str(tmp_path / "out"), "--keystore-days", "0")
    refused = hospital.run("restore", str(old), ok=False)
    assert "There is no whole backup of the keystore" in refused.stderr
    hospital.run(
        *("restore", str(old), "--keystore", str(newer), "--accept-missing-withdrawals"),
    )


def test_nothing_is_replaced_under_a_site_that_runs(hospital: Hospital, tmp_path: Path) -> None:
    made = hospital.back_up(tmp_path / "out")
    worker = subprocess.Popen(
        [sys.executable, "-m", "safelight.project.cli", "worker"],
        env={"SAFELIGHT_HOME": str(hospital.home), **SECRETS},
        cwd=hospital.home,
    )
    try:
        wait_until(lambda: is_running(hospital.home))
        refused = hospital.run("restore", str(made), ok=False)
        assert (refused.returncode, "stop it before" in refused.stderr) == (2, True)
        assert not (hospital.home / "restore.json").exists()
    finally:
        worker.kill()
        worker.wait()
    hospital.run("restore", str(made), "--accept-missing-withdrawals")


def is_running(home: Path) -> bool:
    try:
        with alone(home):
            return False
    except SiteRunningError:
        return True


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "waited for too long"
        time.sleep(0.05)


@pytest.mark.parametrize("linked", ["keystore", "backup"])
def test_a_link_among_the_backups_leads_to_no_file_that_is_overwritten(
    tmp_path: Path, linked: str
) -> None:
    """Whoever may write where backups lie must not choose what is destroyed elsewhere."""
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    (elsewhere / "keystore").mkdir(parents=True)
    precious = elsewhere / "keystore" / "precious"
    precious.write_text("precious")
    (elsewhere / "manifest.json").write_text("{}")
    out.mkdir()
    if linked == "backup":
        (out / "20260101T000000Z").symlink_to(elsewhere)
    else:
        (out / "20260101T000000Z").mkdir()
        (out / "20260101T000000Z" / "manifest.json").write_text("{}")
        (out / "20260101T000000Z" / "keystore").symlink_to(elsewhere / "keystore")
    assert prune_keystores(out, 1, datetime.now(UTC) + timedelta(days=9)) == 0
    assert precious.read_text() == "precious"
