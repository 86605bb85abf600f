"""The whole way with canaries: nothing of a patient is found in clear, wherever one looks.

Not meant: what a browser shows while it shows it, and the bytes on the wire, which TLS covers.
"""

import tempfile
import time
from pathlib import Path

import pytest
from tests.components import CHROMIUM
from tests.leak.canaries import forms
from tests.leak.scene import Scene, play
from tests.leak.searching import inside, search_files, search_rows

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
