"""How the gate says no."""

from typing import ClassVar

from safelight.engines.policy import Decision
from safelight.vocabulary.errors import SafelightError


class AccessRefusedError(SafelightError):
    """A decision to deny, on its way to a page that looks like *missing*.

    `decision` holds the true reasons; they are in the record and are not shown.
    """

    code: ClassVar[str] = "access-refused"
    message: ClassVar[str] = "There is nothing here that you can open."

    def __init__(self, decision: Decision | None = None) -> None:
        super().__init__()
        self.decision = decision


class RequestRefusedError(SafelightError):
    """Staff want to hand out a copy of everything, and did not say how they know who asks."""

    code: ClassVar[str] = "request-refused"
    message: ClassVar[str] = "Say how you made sure who asks. Nothing was given out yet."


class CopyRunningError(SafelightError):
    """One copy of everything at a time: the second would only slow the first."""

    code: ClassVar[str] = "copy-running"
    message: ClassVar[str] = (
        "A copy is being made already. Please wait until it is done, or two minutes, then try again."
    )
