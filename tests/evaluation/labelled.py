"""A picture, what is in it, and which of it was found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safelight.engines.recognition import Detection, Pixels
from safelight.vocabulary.identifiability import Identifying, Region

ENOUGH = 0.7  # of a thing must lie under what was found of its kind


@dataclass(frozen=True)
class Labelled:
    """`kinds` are the rows of the table that it counts in; `places` hold what is there."""

    kinds: tuple[str, ...]
    pixels: Pixels
    what: Identifying | None = None
    places: tuple[Region, ...] = ()

    def found(self, detections: Sequence[Detection]) -> int:
        """How many of the places are covered by detections of their kind."""
        mine = [item.region for item in detections if self._answers(item)]
        return sum(covered(place, mine) >= ENOUGH for place in self.places)

    def false(self, detections: Sequence[Detection]) -> int:
        """How many detections touch nothing that is there."""
        return sum(
            not any(item.region.within(place) for place in self.places) for item in detections
        )

    def _answers(self, item: Detection) -> bool:
        # A face whose eyes alone were found is not covered, so eyes do not count for faces.
        return item.kind is self.what


def covered(place: Region, regions: Sequence[Region]) -> float:
    """How much of a place lies under regions, 0 to 1."""
    open_to_view = np.ones((place.height, place.width), bool)
    for region in regions:
        part = region.within(place)
        if part:
            top, left = part.top - place.top, part.left - place.left
            open_to_view[top : top + part.height, left : left + part.width] = False
    return 1 - float(open_to_view.mean())
