"""Why an upload cannot begin or go on. A picture that is refused for itself is an answer instead."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class CaptureError(SafelightError):
    code: ClassVar[str] = "capture"
    message: ClassVar[str] = "This picture could not be taken in. It is still on your device."


class SessionLockedError(CaptureError):
    code: ClassVar[str] = "session-locked"
    message: ClassVar[str] = "Your session is locked. Unlock it; the picture waits on this page."


class UploadNotFoundError(CaptureError):
    code: ClassVar[str] = "upload-not-found"
    message: ClassVar[str] = "There is no such upload here."


class ConsentToTakeMissingError(CaptureError):
    code: ClassVar[str] = "consent-to-take-missing"
    message: ClassVar[str] = (
        "Note first how the patient agreed to being photographed, then send the picture again."
    )


class ConsentToTakeRefusedError(CaptureError):
    """The institution asks for more than what was noted."""

    code: ClassVar[str] = "consent-to-take-refused"
    message: ClassVar[str] = (
        "This institution asks for more than that before a picture is taken. Load the page again, "
        "choose how the patient agreed, and take the picture once more."
    )


class WrittenConsentMissingError(CaptureError):
    code: ClassVar[str] = "written-consent-missing"
    message: ClassVar[str] = (
        "No written agreement of this patient is on record. On the patient's page choose Ask, "
        "note it there, and take the picture once more."
    )


class EmergencyReasonMissingError(CaptureError):
    code: ClassVar[str] = "emergency-reason-missing"
    message: ClassVar[str] = (
        "Say in a few words why the patient could not be asked, then take the picture once more."
    )


class MalformedPromiseError(CaptureError):
    code: ClassVar[str] = "upload-malformed"
    message: ClassVar[str] = "This upload was announced in a way that cannot be understood."


class PromiseConflictError(CaptureError):
    code: ClassVar[str] = "upload-conflict"
    message: ClassVar[str] = (
        "This upload began with another length or content; send the picture as a new one."
    )


class OffsetConflictError(CaptureError):
    """What was sent does not continue what is there; `offset` is where to go on."""

    code: ClassVar[str] = "upload-offset"
    message: ClassVar[str] = "The upload goes on at another place than the one that was sent."

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


class DigestMismatchError(CaptureError):
    code: ClassVar[str] = "upload-digest"
    message: ClassVar[str] = (
        "What arrived is not what your device sent, so nothing was kept. Send the picture again."
    )


class RecordUnavailableError(CaptureError):
    code: ClassVar[str] = "record-unavailable"
    message: ClassVar[str] = (
        "The server cannot write to its record just now. The picture is still on your device."
    )
