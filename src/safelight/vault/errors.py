"""Why the vault refuses."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class VaultError(SafelightError):
    code: ClassVar[str] = "vault"
    message: ClassVar[str] = "the vault could not do this"


class VaultLockedError(VaultError):
    code: ClassVar[str] = "vault-locked"
    message: ClassVar[str] = (
        "the vault is locked: the root key is missing or its passphrase is wrong"
    )


class KeyMissingError(VaultError):
    """There is no key that opens this: it was never granted, or it was destroyed."""

    code: ClassVar[str] = "key-missing"
    message: ClassVar[str] = "the key that opens this no longer exists"


class BlobMissingError(VaultError):
    code: ClassVar[str] = "blob-missing"
    message: ClassVar[str] = "the stored bytes of this are not there"


class StoreFullError(VaultError):
    code: ClassVar[str] = "store-full"
    message: ClassVar[str] = (
        "the server has no room to store this safely; nothing was kept, please tell IT"
    )
