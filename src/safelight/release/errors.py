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
