"""Why the vault refuses."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class VaultError(SafelightError):
    code: ClassVar[str] = "vault"
    message: ClassVar[str] = "The vault could not do this."


class VaultLockedError(VaultError):
    code: ClassVar[str] = "vault-locked"
    message: ClassVar[str] = (
        "The vault is locked: the root key is missing or its passphrase is wrong."
    )


class KeyMissingError(VaultError):
    """There is no key that opens this: it was never granted, or it was destroyed."""

    code: ClassVar[str] = "key-missing"
    message: ClassVar[str] = "The key that opens this no longer exists."


class BlobMissingError(VaultError):
    code: ClassVar[str] = "blob-missing"
    message: ClassVar[str] = "The stored bytes of this are not there."


class StoreFullError(VaultError):
    code: ClassVar[str] = "store-full"
    message: ClassVar[str] = (
        "The server has no room to store this safely, so nothing was kept. Please tell IT."
    )


class TakenOverError(VaultError):
    code: ClassVar[str] = "upload-taken-over"
    message: ClassVar[str] = "Another connection goes on with this picture."
