"""Addresses that stand in links and manifests: where a stranger's software will ask."""

import re
from typing import Final
from urllib.parse import urlsplit

# The demo is reached without TLS, on the machine itself.
_OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/\[\]@!$&'()*+,;=%]+")
# 32 random bytes in base64url (the specification's own advice).
_SECRET = re.compile(r"[A-Za-z0-9_-]{43,}")


def is_address(text: str) -> bool:
    """Whether `text` is an https address of host and path alone, or an http one of this machine.

    Nobody's name or password, no query and no fragment.
    """
    if not _PLAIN.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _OWN_MACHINE)
    return is_safe and bool(host) and "@" not in parts.netloc


def has_secret(address: str) -> bool:
    """Whether a part of the path is long enough to hold 256 random bits. It cannot be measured."""
    return any(_SECRET.fullmatch(part) for part in urlsplit(address).path.split("/"))
