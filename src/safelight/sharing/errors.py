"""Why a share cannot be given, changed or opened. Sentences to guests never say a reason."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class SharingError(SafelightError):
    code: ClassVar[str] = "sharing"


class ShareNotFoundError(SharingError):
    code: ClassVar[str] = "share-not-found"
    message: ClassVar[str] = "There is no such share."


class ShareRefusedError(SharingError):
    code: ClassVar[str] = "share-refused"
    message: ClassVar[str] = "This share cannot be made like this."


class ShareOverError(SharingError):
    """For the guest: whatever ended it, and whether it ever was."""

    code: ClassVar[str] = "share-over"
    message: ClassVar[str] = "This is not available any more."


class CodeRefusedError(SharingError):
    code: ClassVar[str] = "share-code-refused"
    message: ClassVar[str] = "That did not fit. Please check the link and the code."


class CodeLockedError(CodeRefusedError):
    code: ClassVar[str] = "share-code-locked"
    message: ClassVar[str] = (
        "There were too many wrong tries. Please ask whoever sent you the link for a new code."
    )


class AnswerRefusedError(SharingError):
    code: ClassVar[str] = "share-answer-refused"
    message: ClassVar[str] = "Please write an answer that is not empty and not too long."


class PasskeyRefusedError(SharingError):
    code: ClassVar[str] = "share-passkey-refused"
    message: ClassVar[str] = "The passkey was not added. Please try again; the code is still good."
