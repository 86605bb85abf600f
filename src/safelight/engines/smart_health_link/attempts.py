"""How many wrong passcodes a link bears in its whole life, and what is answered to each."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from http import HTTPStatus
from typing import Final

from safelight.engines.smart_health_link.errors import HealthLinkInputError

ALLOWED: Final = 5


class Passcode(Enum):
    """What became of the comparison, which is the caller's: in constant time, with a hash."""

    RIGHT = auto()
    WRONG = auto()
    MISSING = auto()
    """None was sent. Nothing was guessed, so nothing is counted."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """`failed` of `allowed` wrong passcodes were tried. A right one takes none of them back."""

    allowed: int = ALLOWED
    failed: int = 0

    def __post_init__(self) -> None:
        """HealthLinkInputError for numbers that count nothing."""
        if self.allowed < 1 or self.failed < 0:
            raise HealthLinkInputError("Attempts are counted from none to at least one.")

    @property
    def remaining(self) -> int:
        """How many wrong passcodes are left; never less than none."""
        return max(self.allowed - self.failed, 0)

    @property
    def is_locked(self) -> bool:
        """Whether the link is over for good, also for whoever knows the passcode."""
        return self.remaining == 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer without a manifest: an HTTP status, and the JSON body where there is one."""

    status: HTTPStatus
    body: dict[str, object] | None = None


NOT_ACTIVE: Final = Refusal(HTTPStatus.NOT_FOUND)
"""Of a link that is locked, revoked, expired or never was: all look the same."""


UNDER_WAY: Final = Refusal(HTTPStatus.TOO_MANY_REQUESTS)
"""As many passcodes are being compared as there are tries left. Asked again, it may be answered."""


def try_passcode(attempts: Attempts, passcode: Passcode) -> tuple[Attempts, Refusal | None]:
    """What is counted from now on, and the refusal, or None where the manifest may follow.

    INVARIANT: a caller counts a passcode as wrong, and commits that, before it compares; else guesses
    sent at once would all count as one. What turns out right, it gives back (`give_back`).
    """
    if attempts.is_locked:
        return attempts, NOT_ACTIVE
    if passcode is Passcode.RIGHT:
        return attempts, None
    if passcode is Passcode.WRONG:
        attempts = replace(attempts, failed=attempts.failed + 1)
    told: dict[str, object] = {"remainingAttempts": attempts.remaining}
    return attempts, Refusal(HTTPStatus.UNAUTHORIZED, told)


def give_back(attempts: Attempts) -> Attempts:
    """One try that was counted before it was compared, and was right."""
    return replace(attempts, failed=max(0, attempts.failed - 1))
