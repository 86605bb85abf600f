"""What can stand in the way of a publication."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class PublicationRefusedError(SafelightError):
    code: ClassVar[str] = "publication-refused"
    message: ClassVar[str] = "The publication cannot be changed like this; nothing was changed."


class NotConfirmedError(PublicationRefusedError):
    code: ClassVar[str] = "publication-not-confirmed"
    message: ClassVar[str] = (
        "The file leaves once the patient has seen the final layout and agreed to it."
    )


class FileGoneOutError(PublicationRefusedError):
    code: ClassVar[str] = "publication-file-out"
    message: ClassVar[str] = (
        "This file has been released already, and is released once. Say why it is needed again."
    )
