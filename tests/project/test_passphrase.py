"""Another passphrase for the root key: the same pictures, and the old one opens nothing."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.cast import CHEAP
from tests.project.test_cli import run
from tests.project.test_cli_hospital import SECRETS

from safelight.connectors.keys import file as keys
from safelight.connectors.keys.file import change_passphrase, create_root_key, open_root_key
from safelight.project.running import hold
from safelight.vault.errors import VaultLockedError

OLD, NEW = SECRETS["SAFELIGHT_ROOT_PASSPHRASE"], "green lamps rest in loud darkrooms"
CONTEXT = b"a custodian"


def changes(home: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    told = {**SECRETS, "SAFELIGHT_NEW_ROOT_PASSPHRASE": NEW, **more}
    return run("change-passphrase", home=home, **told)


@pytest.mark.slow
def test_the_site_goes_on_with_the_new_passphrase_and_with_no_other(tmp_path: Path) -> None:
    assert run("init", "--name", "St Elswhere's", home=tmp_path, **SECRETS).returncode == 0
    done = changes(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Copies of the old root-key.json" in done.stdout
    assert (tmp_path / "root-key.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("root-key*")] == ["root-key.json"]
    with_new = {**SECRETS, "SAFELIGHT_ROOT_PASSPHRASE": NEW}
    assert run("audit", "verify", home=tmp_path, **with_new).returncode == 0
    with_old = run("audit", "verify", home=tmp_path, **SECRETS)
    assert (with_old.returncode, "the passphrase is wrong" in with_old.stderr) == (2, True)
    told = run("manage", "shell", "-c", TAGS, home=tmp_path, **with_new)
    assert "vault:passphrase:changed" in told.stdout


TAGS = (
    "from safelight.audit.models import Event\n"
    "print(list(Event.objects.values_list('tag', flat=True)))"
)


@pytest.mark.slow
def test_what_cannot_be_done_is_said_and_changes_nothing(tmp_path: Path) -> None:
    assert "run `safelight init` first" in changes(tmp_path).stderr
    assert run("init", "--name", "St Elswhere's", home=tmp_path, **SECRETS).returncode == 0
    before = (tmp_path / "root-key.json").read_bytes()
    for more, says in (
        ({"SAFELIGHT_NEW_ROOT_PASSPHRASE": ""}, "is missing, short or a default"),
        ({"SAFELIGHT_NEW_ROOT_PASSPHRASE": "too short"}, "is missing, short or a default"),
        ({"SAFELIGHT_NEW_ROOT_PASSPHRASE": OLD}, "is in use already"),
        ({"SAFELIGHT_NEW_ROOT_PASSPHRASE": SECRETS["SAFELIGHT_SECRET_KEY"]}, "is in use already"),
        ({"SAFELIGHT_ROOT_PASSPHRASE": "another one of enough letters"}, "passphrase is wrong"),
    ):
        refused = changes(tmp_path, **more)
        assert (refused.returncode, says in refused.stderr) == (2, True), refused.stderr
    hold(tmp_path)
    assert "is running here" in changes(tmp_path).stderr
    assert (tmp_path / "root-key.json").read_bytes() == before


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "root-key.json"
    create_root_key(made, OLD, cost=CHEAP)
    return made


def test_the_key_is_the_same(path: Path) -> None:
    wrapped = open_root_key(path, OLD, cost=CHEAP).wrap(CONTEXT, bytes(32))
    change_passphrase(path, OLD, NEW, cost=CHEAP)
    assert open_root_key(path, NEW, cost=CHEAP).unwrap(CONTEXT, wrapped) == bytes(32)
    with pytest.raises(VaultLockedError, match="passphrase is wrong"):
        open_root_key(path, OLD, cost=CHEAP)


def test_a_change_that_was_interrupted_is_begun_anew(path: Path) -> None:
    path.with_name("root-key.json.new").write_text("half of")
    change_passphrase(path, OLD, NEW, cost=CHEAP)
    assert json.loads(path.read_text())["format"] == keys.FORMAT
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_does_not_open_does_not_take_the_place_of_one_that_does(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    real = keys._write

    def damaged(place: Path, *told: object) -> None:
        real(place, *told)  # type: ignore[arg-type] # as it was called
        place.write_text(place.read_text().replace("sealed", "sealen"))

    monkeypatch.setattr(keys, "_write", damaged)
    with pytest.raises(VaultLockedError):
        change_passphrase(path, OLD, NEW, cost=CHEAP)
    assert path.read_bytes() == before
