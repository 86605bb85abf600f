"""The whole way with canaries: nothing of a patient is found in clear, wherever one looks.

At its end she takes everything back. Then its sealed bytes and its keys are found nowhere either; the
same search finds them before, and in the backup of before until its copy of the keys is too old.

Not meant: what a browser shows while it shows it, and the bytes on the wire, which TLS covers.
"""

import tempfile
import time
from pathlib import Path

import pytest
from tests.components import CHROMIUM
from tests.leak.canaries import forms
from tests.leak.scene import Scene, play
from tests.leak.searching import Needles, inside, search_files, search_rows
from tests.leak.taking_back import days_pass, health_data_of

pytestmark = pytest.mark.browser

STARTED = time.time()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    if CHROMIUM.find() is None:
        pytest.skip(CHROMIUM.left_out)
    return play(tmp_path_factory.mktemp("leak"))


def test_the_canaries_would_be_found(scene: Scene, tmp_path: Path) -> None:
    """A search that finds nothing proves something only if it finds what is there."""
    shown = b"".join(scene.needles.values())
    (tmp_path / "left-behind").write_bytes(shown)
    assert {line.split(":")[0] for line in search_files(tmp_path, scene.needles)} == set(
        scene.needles
    )


def test_the_home_holds_nothing_in_clear(scene: Scene) -> None:
    """Databases, write-ahead logs, keystore, blobs and quarantine, after an orderly end."""
    assert any((scene.hospital.home / "blobs").rglob("*"))
    assert search_files(scene.hospital.home, scene.needles) == []


def test_the_open_home_holds_nothing_in_clear(scene: Scene) -> None:
    """The same in the middle of the work, as a thief of the disk or a backup would meet it."""
    assert any(path.stat().st_size for path in scene.while_open.glob("*-wal"))
    assert search_files(scene.while_open, scene.needles) == []


def test_no_row_holds_anything_in_clear(scene: Scene) -> None:
    """Mallory has both databases and everything but the root key."""
    assert [path.name for path in scene.databases] == ["keystore.sqlite3", "record.sqlite3"]
    for database in scene.databases:
        assert search_rows(database, scene.needles) == []


def test_the_databases_open_no_session(scene: Scene) -> None:
    cookies = {name: run for cookie in scene.cookies for name, run in forms(cookie).items()}
    assert len(set(scene.cookies)) == 2
    for database in scene.databases:
        assert search_rows(database, cookies) == []
    assert search_files(scene.while_open, cookies) == []


def test_no_log_says_anything_of_a_patient(scene: Scene) -> None:
    for log in (scene.hospital.log, scene.hospital.output):
        assert inside(log.read_bytes(), scene.needles) == []


def test_no_temporary_file_holds_anything_in_clear(scene: Scene) -> None:
    assert search_files(scene.hospital.temporary, scene.needles) == []
    for path in Path(tempfile.gettempdir()).iterdir():
        if path.is_file() and path.stat().st_mtime > STARTED:
            assert inside(path.read_bytes(), scene.needles) == []


def test_the_phone_keeps_nothing(scene: Scene) -> None:
    """The browser's whole profile: caches, history, sessions, storage."""
    assert (scene.profile / "Default" / "History").exists()
    assert search_files(scene.profile, scene.needles) == []


def test_the_demo_keeps_its_secrets_in_one_place_only(scene: Scene) -> None:
    """In production the operator keeps them; here they lie beside the data, in `demo-secrets`."""
    home = scene.hospital.home
    secrets = {path.name: path.read_bytes() for path in (home / "demo-secrets").iterdir()}
    assert set(secrets) == {"root-passphrase", "secret-key"}
    for line in search_files(home, secrets):
        assert "/demo-secrets/" in line


def which(lines: list[str], needles: Needles) -> set[str]:
    """The needles among what a search found."""
    return {name for name in needles if any(line.startswith(f"{name}: ") for line in lines)}


def test_what_is_to_go_is_there_before_it_is_taken_back(scene: Scene) -> None:
    """The control: the same search finds each sealed byte and each wrapped key in the open home."""
    traces = scene.taken_back.traces
    assert all(len(kind) > 1 for kind in (traces.blobs, traces.keys, traces.rows))
    assert which(search_files(scene.while_open, traces.all), traces.all) == set(traces.all)
    assert all(health_data_of(scene.while_open, scene.taken_back.patient))


def test_nothing_that_was_taken_back_is_left_while_the_site_runs(scene: Scene) -> None:
    """Right after the worker is done: databases, write-ahead logs, keystore, blobs, journal."""
    taken_back = scene.taken_back
    assert (taken_back.carried_out / "withdrawals.jsonl").exists()
    assert any(taken_back.carried_out.glob("*-wal"))
    assert search_files(taken_back.carried_out, {**scene.needles, **taken_back.traces.all}) == []


def test_the_rows_that_are_left_hold_no_health_data(scene: Scene) -> None:
    assert not any(health_data_of(scene.hospital.home, scene.taken_back.patient))


def test_nothing_that_was_taken_back_is_left_when_everybody_has_gone_home(scene: Scene) -> None:
    """The home, temporary files, logs, and the browser's whole profile."""
    traces = scene.taken_back.traces.all
    for place in (scene.hospital.home, scene.hospital.temporary, scene.profile):
        assert search_files(place, traces) == []
    for log in (scene.hospital.log, scene.hospital.output):
        assert inside(log.read_bytes(), traces) == []


def test_the_backup_of_afterwards_holds_nothing_of_it(scene: Scene) -> None:
    later = scene.taken_back.later
    assert (later / "record.sqlite3").exists()
    assert (later / "keystore" / "keystore.sqlite3").exists()
    assert search_files(later, {**scene.needles, **scene.taken_back.traces.all}) == []


def test_the_backup_of_before_loses_its_keys_with_time_and_never_held_anything_in_clear(
    scene: Scene,
) -> None:
    earlier, traces = scene.taken_back.earlier, scene.taken_back.traces
    assert search_files(earlier, scene.needles) == []
    assert which(search_files(earlier, traces.all), traces.all) == set(traces.all)
    days_pass(earlier, 6)
    scene.hospital.runs("backup", "prune", "--out", str(earlier.parent))
    assert which(search_files(earlier, traces.keys), traces.keys) == set(traces.keys)
    days_pass(earlier, 8)
    scene.hospital.runs("backup", "prune", "--out", str(earlier.parent))
    assert not (earlier / "keystore").exists()
    assert search_files(earlier.parent, {**scene.needles, **traces.keys}) == []
