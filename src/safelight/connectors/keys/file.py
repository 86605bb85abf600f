"""A root key in a file, opened by a passphrase (scrypt, RFC 7914; AES-256-GCM)."""

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from safelight.engines import envelope
from safelight.vault.errors import VaultLockedError

# RFC 7914 section 2: interactive cost near 0.3 s and 128 MiB, paid once per process.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
FORMAT = "safelight-root-key/v1"


class FileRootKey:
    """Wraps custodians with a key that was opened once, when the process started."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def wrap(self, context: bytes, key: bytes) -> bytes:
        return envelope.wrap_key(self._key, key, context)

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        return envelope.unwrap_key(self._key, wrapped, context)


def create_root_key(path: Path, passphrase: str, *, cost: int = SCRYPT_N) -> None:
    """Write a new root key to `path` (mode 0600); an existing file is never overwritten."""
    _write(path, passphrase, envelope.new_key(), cost)


def change_passphrase(path: Path, old: str, new: str, *, cost: int = SCRYPT_N) -> None:
    """The same root key, opened by another passphrase from now on.

    The file is the old one or the new one, whatever dies meanwhile. Copies of the old file still
    open with the old passphrase. Raises VaultLockedError as `open_root_key`, and OSError.
    """
    key = _opened(path, old, cost)
    made = path.with_name(f"{path.name}.new")
    made.unlink(missing_ok=True)  # of a change that was interrupted
    _write(made, new, key, cost)
    if _opened(made, new, cost) != key:
        raise VaultLockedError("The new root key file cannot be read; the old one stays.")
    made.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _write(path: Path, passphrase: str, key: bytes, cost: int) -> None:
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_stretch(passphrase, salt, cost)).encrypt(nonce, key, FORMAT.encode())
    content = {name: b64encode(raw).decode() for name, raw in _parts(salt, nonce, sealed).items()}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump({"format": FORMAT, **content}, file)
        file.flush()
        os.fsync(file.fileno())


def _parts(salt: bytes, nonce: bytes, sealed: bytes) -> dict[str, bytes]:
    return {"salt": salt, "nonce": nonce, "sealed": sealed}


def open_root_key(path: Path, passphrase: str, *, cost: int = SCRYPT_N) -> FileRootKey:
    """The root key in `path`; raises VaultLockedError: which of file or passphrase is off."""
    return FileRootKey(_opened(path, passphrase, cost))


def _opened(path: Path, passphrase: str, cost: int) -> bytes:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
        salt, nonce, sealed = (b64decode(content[name]) for name in ("salt", "nonce", "sealed"))
    except FileNotFoundError as error:
        raise VaultLockedError("The vault is locked: there is no root key file.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VaultLockedError("The vault is locked: the root key file is damaged.") from error
    try:
        return AESGCM(_stretch(passphrase, salt, cost)).decrypt(nonce, sealed, FORMAT.encode())
    except (InvalidTag, ValueError) as error:
        raise VaultLockedError("The vault is locked: the passphrase is wrong.") from error


def _stretch(passphrase: str, salt: bytes, cost: int) -> bytes:
    kdf = Scrypt(salt=salt, length=32, n=cost, r=SCRYPT_R, p=SCRYPT_P)
    return kdf.derive(passphrase.encode())
