"""Why a backup or a restore refuses. No sentence names a person."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class BackupFailedError(SafelightError):
    code: ClassVar[str] = "backup-failed"
    message: ClassVar[str] = "The backup could not be written, and nothing of it was kept."


class BackupRefusedError(SafelightError):
    code: ClassVar[str] = "backup-refused"
    message: ClassVar[str] = "This is no whole backup, so nothing was restored from it."


class BackupRunningError(SafelightError):
    code: ClassVar[str] = "backup-running"
    message: ClassVar[str] = "Another backup is being written there; wait for it."


class ProgramMissingError(SafelightError):
    code: ClassVar[str] = "program-missing"
    message: ClassVar[str] = "A program of PostgreSQL is missing."


class DumpFailedError(SafelightError):
    code: ClassVar[str] = "dump-failed"
    message: ClassVar[str] = "PostgreSQL could not copy the database."


class RestoreRefusedError(SafelightError):
    code: ClassVar[str] = "restore-refused"
    message: ClassVar[str] = "This cannot be restored as asked; nothing was changed."


class NotReplayedError(SafelightError):
    code: ClassVar[str] = "not-replayed"
    message: ClassVar[str] = (
        "A backup was restored here, and the withdrawals since are not replayed yet; "
        "run `safelight restore` to go on."
    )


class WithdrawalsMissingError(SafelightError):
    code: ClassVar[str] = "withdrawals-missing"
    message: ClassVar[str] = "Withdrawals may be missing from what was restored."
