"""Why this room refuses."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class ScanFailedError(SafelightError):
    code: ClassVar[str] = "scan-failed"
    message: ClassVar[str] = (
        "The picture could not be searched for faces and writing. Try again; until then it cannot "
        "be approved."
    )
