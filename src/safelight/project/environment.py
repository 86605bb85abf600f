"""How settings are read from the environment of the process: plain values, flags and secrets."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class ConfigurationError(SafelightError):
    code: ClassVar[str] = "configuration"
    message: ClassVar[str] = "the configuration is incomplete"


def read_secret(environ: Mapping[str, str], name: str) -> str:
    """The secret `name` from NAME, from the file in NAME_FILE, or from systemd's credentials."""
    if value := environ.get(name, ""):
        return value
    if named := environ.get(f"{name}_FILE", ""):
        return _read_file(Path(named), name)
    credentials = environ.get("CREDENTIALS_DIRECTORY", "")
    path = Path(credentials) / name.lower()
    return _read_file(path, name) if credentials and path.exists() else ""


def _read_file(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{name}_FILE names a file that cannot be read") from error


def read_flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "0")
    if value not in {"0", "1"}:
        raise ConfigurationError(f"{name} must be 0 or 1, not `{value}`")
    return value == "1"
