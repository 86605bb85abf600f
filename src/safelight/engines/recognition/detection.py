"""What a detector says: a kind, a place, how sure it is, and which detector it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safelight.vocabulary.identifiability import Identifying, Region

Pixels = NDArray[np.uint8]
"""Height x width x 3, RGB, upright."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Something that may identify a person. `confidence` is from 0 to 1, the detector's own."""

    kind: Identifying
    region: Region
    confidence: float
    detector: str


class Detector(Protocol):
    """Looks for some kinds of identifying things. Stateless, bounded; regions in the pixels given."""

    @property
    def name(self) -> str:
        """Of lower-case letters and spaces; it tells in the record which detector it was."""

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """Everything found; an empty sequence for nothing. May raise whatever its library raises."""
