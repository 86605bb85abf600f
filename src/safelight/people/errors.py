"""Why an access of staff is refused."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class BreakGlassRefusedError(SafelightError):
    code: ClassVar[str] = "break-glass-refused"
    message: ClassVar[str] = (
        "Choose a reason and say in a few words why you need to see this patient's pictures."
    )
