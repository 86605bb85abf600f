"""What an operator sets for mail: the server, who signs in there, and the address of this site."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from safelight.connectors.mail.smtp import MailServer, Security
from safelight.project.environment import ConfigurationError, read_secret
from safelight.vocabulary.notices import MailRefusedError, check_recipient

_OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
_HIGHEST_PORT: Final = 65_535


def read_mail_server(environ: Mapping[str, str]) -> MailServer | None:
    """The operator's mail server, or None when none is named: links are handed over then."""
    host = environ.get("SAFELIGHT_SMTP_HOST", "")
    if not host:
        return None
    security = _read_security(environ, host)
    user, password = environ.get("SAFELIGHT_SMTP_USER", ""), ""
    if user:
        password = read_secret(environ, "SAFELIGHT_SMTP_PASSWORD")
        if not password:
            raise ConfigurationError("SAFELIGHT_SMTP_USER needs SAFELIGHT_SMTP_PASSWORD")
    return MailServer(
        host=host,
        port=_read_port(environ, security),
        security=security,
        user=user,
        password=password,
        sender=_read_sender(environ),
        ca_file=_read_ca_file(environ),
    )


def _read_security(environ: Mapping[str, str], host: str) -> Security:
    value = environ.get("SAFELIGHT_SMTP_SECURITY", Security.STARTTLS)
    try:
        security = Security(value)
    except ValueError as error:
        raise ConfigurationError(
            f"SAFELIGHT_SMTP_SECURITY must be `starttls`, `tls` or `none`, not `{value}`"
        ) from error
    if security is Security.NONE and host not in _OWN_MACHINE:
        raise ConfigurationError(
            "SAFELIGHT_SMTP_SECURITY may be `none` for a mail server on this machine only"
        )
    return security


def _read_port(environ: Mapping[str, str], security: Security) -> int:
    value = environ.get("SAFELIGHT_SMTP_PORT", str(_PORTS[security]))
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= _HIGHEST_PORT):
        raise ConfigurationError(f"SAFELIGHT_SMTP_PORT must be a port, not `{value}`")
    return int(value)


def _read_sender(environ: Mapping[str, str]) -> str:
    sender = environ.get("SAFELIGHT_SMTP_FROM", "")
    try:
        check_recipient(sender)
    except MailRefusedError as error:
        raise ConfigurationError(
            "SAFELIGHT_SMTP_FROM must be the bare address that mail is from, such as "
            "pictures@hospital.example"
        ) from error
    return sender


def _read_ca_file(environ: Mapping[str, str]) -> Path | None:
    value = environ.get("SAFELIGHT_SMTP_CA_FILE", "")
    if value and not Path(value).is_file():
        raise ConfigurationError("SAFELIGHT_SMTP_CA_FILE names a file that is not there")
    return Path(value).absolute() if value else None


def read_site_url(environ: Mapping[str, str], allowed_hosts: tuple[str, ...]) -> str:
    """The origin that links in mail lead to; https and the first host unless another is named."""
    named = environ.get("SAFELIGHT_SITE_URL", "")
    if not named:
        plain = [host for host in allowed_hosts if host[:1] not in {".", "*"}]
        return f"https://{plain[0]}" if plain else ""
    if not _is_origin(named.rstrip("/")):
        raise ConfigurationError(
            f"SAFELIGHT_SITE_URL must be like https://pictures.hospital.example, not `{named}`"
        )
    return named.rstrip("/")


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    whole = f"{parts.scheme}://{parts.netloc}"
    is_safe = parts.scheme == "https" or parts.hostname in _OWN_MACHINE
    return bool(parts.hostname) and is_port and is_safe and whole == text and "@" not in text
