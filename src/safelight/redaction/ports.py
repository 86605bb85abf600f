"""What this room needs from outside: somebody who looks for what identifies a person.

The scanner gets pixels and nothing else: no key, no name, no row. It may be killed at any moment.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from safelight.engines.recognition import Detection
from safelight.redaction.errors import ScanFailedError


class Look(StrEnum):
    """How thoroughly to look."""

    FIRST = "first"
    """Faces, eyes and codes: what a page can show soon."""
    CLOSER = "closer"
    """Writing, large and small: what `FIRST` leaves out, because it takes the longest."""
    PROPOSE = "propose"
    """Both of these at once: what to cover."""
    CHECK = "check"
    """The first and the second detectors: whether anything is left in an output."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in one picture, in pixels of the upright picture of `width` x `height`."""

    width: int
    height: int
    detections: tuple[Detection, ...]
    seconds: float


class Scanner(Protocol):
    """Looks at one picture, in bounded time and memory."""

    def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
        """What is found in a scrubbed JPEG or PNG whose EXIF Orientation (1 to 8) is given.

        Raises ScanFailedError, also when it took too long, was killed or answered nonsense.
        """


@dataclass
class Wiring:
    """Filled by `project`; without a scanner nothing can be proposed, and nothing approved."""

    scanner: Scanner | None = None


wiring = Wiring()


def scanner() -> Scanner:
    if wiring.scanner is None:
        raise ScanFailedError
    return wiring.scanner
