"""What an operator may set, read from the environment once and checked before anything starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from safelight.connectors.mail.smtp import MailServer
from safelight.project.environment import ConfigurationError, read_flag, read_secret
from safelight.project.mail_settings import read_mail_server, read_site_url


class Mode(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Configuration:
    """The operator's settings. Every name is documented in docs/reference/settings.md.

    INVARIANT: what shows this as text (a traceback, a debugger, a log) shows no secret.
    """

    mode: Mode
    home: Path
    debug: bool
    secret_key: str = field(repr=False)
    root_passphrase: str = field(repr=False)
    allowed_hosts: tuple[str, ...]
    database_url: str = field(repr=False)
    keystore_url: str = field(repr=False)
    trusted_proxies: int
    withdrawals_journal: Path
    face_model: Path | None = None
    mail_server: MailServer | None = None
    site_url: str = ""

    @property
    def is_demo(self) -> bool:
        return self.mode is Mode.DEMO


def read_mode(environ: Mapping[str, str]) -> Mode:
    value = environ.get("SAFELIGHT_MODE", Mode.PRODUCTION)
    try:
        return Mode(value)
    except ValueError as error:
        raise ConfigurationError(
            f"SAFELIGHT_MODE must be `demo` or `production`, not `{value}`"
        ) from error


def read_configuration(environ: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration of this process; in demo mode secrets are made and kept under the home."""
    mode = read_mode(environ)
    home = Path(environ.get("SAFELIGHT_HOME", "var")).absolute()
    secret = read_secret(environ, "SAFELIGHT_SECRET_KEY")
    passphrase = read_secret(environ, "SAFELIGHT_ROOT_PASSPHRASE")
    if mode is Mode.DEMO:
        secret = secret or _demo_secret(home, "secret-key")
        passphrase = passphrase or _demo_secret(home, "root-passphrase")
    hosts = _read_hosts(environ, mode)
    return Configuration(
        mode=mode,
        home=home,
        debug=read_flag(environ, "SAFELIGHT_DEBUG"),
        secret_key=secret,
        root_passphrase=passphrase,
        allowed_hosts=hosts,
        database_url=environ.get("SAFELIGHT_DATABASE_URL", ""),
        keystore_url=environ.get("SAFELIGHT_KEYSTORE_URL", ""),
        trusted_proxies=_read_proxies(environ, mode),
        face_model=_read_face_model(environ),
        mail_server=read_mail_server(environ),
        site_url=read_site_url(environ, hosts),
        withdrawals_journal=_read_journal(environ, home),
    )


def _read_face_model(environ: Mapping[str, str]) -> Path | None:
    """A stronger detector of faces, if the operator names one; a name of nothing is refused."""
    value = environ.get("SAFELIGHT_FACE_MODEL", "")
    if value and not Path(value).is_file():
        raise ConfigurationError("SAFELIGHT_FACE_MODEL names a file that is not there")
    return Path(value).absolute() if value else None


def _read_journal(environ: Mapping[str, str], home: Path) -> Path:
    """Where withdrawals are noted outside the databases; best on a disk that neither lies on."""
    named = environ.get("SAFELIGHT_WITHDRAWALS_JOURNAL", "")
    return Path(named).absolute() if named else home / "withdrawals.jsonl"


def _read_hosts(environ: Mapping[str, str], mode: Mode) -> tuple[str, ...]:
    local = "localhost,127.0.0.1,[::1]" if mode is Mode.DEMO else ""
    named = environ.get("SAFELIGHT_ALLOWED_HOSTS", local)
    return tuple(host.strip() for host in named.split(",") if host.strip())


def _read_proxies(environ: Mapping[str, str], mode: Mode) -> int:
    """In production one proxy ends TLS unless more are named; the demo is reached directly."""
    value = environ.get("SAFELIGHT_TRUSTED_PROXIES", "0" if mode is Mode.DEMO else "1")
    if not (value.isascii() and value.isdigit()):
        raise ConfigurationError(f"SAFELIGHT_TRUSTED_PROXIES must be a whole number, not `{value}`")
    return int(value)


def _demo_secret(home: Path, name: str) -> str:
    """A random secret kept under the demo's home, so that the demo survives a restart."""
    import secrets  # noqa: PLC0415 - only the demo makes secrets by itself

    path = home / "demo-secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(f"demo-{secrets.token_urlsafe(48)}", encoding="utf-8")
        _keep_first(fresh, path)
    return path.read_text(encoding="utf-8")


def _keep_first(fresh: Path, path: Path) -> None:
    """Two processes may start at once: the first link wins, both read the same secret."""
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
