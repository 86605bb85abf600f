"""Why a link to a copy cannot be made or used. A receiver's software is told a status, and no reason."""

from typing import ClassVar

from safelight.engines.smart_health_link import NOT_ACTIVE, Refusal
from safelight.vocabulary.errors import SafelightError


class ExportingError(SafelightError):
    code: ClassVar[str] = "exporting"


class CopyLinkNotFoundError(ExportingError):
    code: ClassVar[str] = "copy-link-not-found"
    message: ClassVar[str] = "There is no such link to a copy."


class CopyLinkRefusedError(ExportingError):
    code: ClassVar[str] = "copy-link-refused"
    message: ClassVar[str] = "This link to a copy cannot be made like this."


class CopyNotGivenError(ExportingError):
    """For the receiver: what is answered instead of a manifest or a file."""

    code: ClassVar[str] = "copy-not-given"
    message: ClassVar[str] = "There is nothing to fetch here."

    def __init__(self, refusal: Refusal = NOT_ACTIVE) -> None:
        super().__init__()
        self.refusal = refusal
