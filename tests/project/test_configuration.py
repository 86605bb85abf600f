"""What an operator sets is read once, and refused in a sentence when it makes no sense."""

import re
from pathlib import Path

import pytest

from safelight.project import checks, configuration, databases
from safelight.project.configuration import Mode, read_configuration
from safelight.project.environment import ConfigurationError

SETTINGS = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
SOURCES = Path(configuration.__file__).parent


def test_production_is_the_mode_when_none_is_named(tmp_path: Path) -> None:
    read = read_configuration({"SAFELIGHT_HOME": str(tmp_path)})

    assert (read.mode, read.secret_key, read.root_passphrase) == (Mode.PRODUCTION, "", "")
    assert read.allowed_hosts == ()
    assert read.trusted_proxies == 1
    assert list(tmp_path.iterdir()) == []


def test_the_demo_makes_secrets_for_itself_and_keeps_them(tmp_path: Path) -> None:
    environ = {"SAFELIGHT_HOME": str(tmp_path), "SAFELIGHT_MODE": "demo"}

    first, second = read_configuration(environ), read_configuration(environ)

    assert first.secret_key == second.secret_key != first.root_passphrase
    assert first.secret_key.startswith("demo-")
    assert first.trusted_proxies == 0
    for path in (tmp_path / "demo-secrets").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    environ = {"SAFELIGHT_HOME": str(tmp_path), "SAFELIGHT_SECRET_KEY_FILE": f"{tmp_path}/key"}

    assert read_configuration(environ).secret_key == "from a file"


def test_a_secret_may_come_from_systemd(tmp_path: Path) -> None:
    (tmp_path / "safelight_secret_key").write_text("from a credential")
    environ = {"SAFELIGHT_HOME": str(tmp_path), "CREDENTIALS_DIRECTORY": str(tmp_path)}

    assert read_configuration(environ).secret_key == "from a credential"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAFELIGHT_MODE", "staging"),
        ("SAFELIGHT_DEBUG", "yes"),
        ("SAFELIGHT_TRUSTED_PROXIES", "-1"),
        ("SAFELIGHT_TRUSTED_PROXIES", "one"),
        ("SAFELIGHT_SECRET_KEY_FILE", "/nowhere/at/all"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read_configuration({"SAFELIGHT_HOME": str(tmp_path), name: value})


def test_hosts_are_read_as_a_list(tmp_path: Path) -> None:
    environ = {"SAFELIGHT_HOME": str(tmp_path), "SAFELIGHT_ALLOWED_HOSTS": "a.example, b.example,"}

    assert read_configuration(environ).allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize("url", ["mysql://host/name", "postgresql", "sqlite:///x"])
def test_only_postgresql_is_taken_as_another_database(tmp_path: Path, url: str) -> None:
    read = read_configuration({"SAFELIGHT_HOME": str(tmp_path), "SAFELIGHT_DATABASE_URL": url})

    with pytest.raises(ConfigurationError, match="postgresql"):
        databases.databases(read)


def test_a_database_url_is_taken_apart(tmp_path: Path) -> None:
    url = "postgresql://safe:p%40ss@db.example:5433/record"
    read = read_configuration({"SAFELIGHT_HOME": str(tmp_path), "SAFELIGHT_DATABASE_URL": url})

    found = databases.databases(read)

    assert found["default"]["PASSWORD"] == "p@ss"
    assert (found["default"]["HOST"], found["default"]["PORT"]) == ("db.example", "5433")
    assert found["keystore"]["ENGINE"].endswith("sqlite3")


def test_every_setting_is_documented_and_no_other() -> None:
    """Every name in quotes anywhere in the project's code; NAME_FILE is told beside NAME."""
    code = "".join(path.read_text() for path in SOURCES.rglob("*.py"))
    read = set(re.findall(r'"(SAFELIGHT_[A-Z_]+)"', code))
    told = set(re.findall(r"^\| `(SAFELIGHT_[A-Z_]+)` \|", SETTINGS.read_text(), re.MULTILINE))

    assert read - told == set()
    assert told - read == set()


def test_every_check_is_documented_and_no_other() -> None:
    raised = re.findall(r'id="(safelight\.E\d+)"', Path(checks.__file__).read_text())
    told = re.findall(r"^\| `(safelight\.E\d+)` \|", SETTINGS.read_text(), re.MULTILINE)

    assert len(set(raised)) == len(raised)
    assert sorted(raised) == sorted(told)
