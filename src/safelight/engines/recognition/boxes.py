"""Boxes around what was found: grown, mapped back to the whole picture, and joined."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from safelight.engines.recognition.detection import Detection
from safelight.vocabulary.identifiability import Region

# Two boxes of one kind are one thing when they share this much of what they cover together, or
# when this much of the smaller lies in the larger.
SHARED = 0.3
INSIDE = 0.6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle between pixels: edges in fractions of pixels from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, points: Iterable[Sequence[float]]) -> Self:
        """The smallest upright box around points (x, y), of which there is at least one."""
        xs, ys = zip(*((float(x), float(y)) for x, y, *_ in points), strict=True)
        return cls(min(xs), min(ys), max(xs), max(ys))

    @classmethod
    def of(cls, region: Region) -> Self:
        return cls(region.left, region.top, region.right, region.bottom)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def grown(self, sides: float, above: float, below: float) -> "Box":
        """Larger by fractions of its own width (both `sides`) and of its height."""
        return Box(
            self.left - sides * self.width,
            self.top - above * self.height,
            self.right + sides * self.width,
            self.bottom + below * self.height,
        )

    def scaled(self, factor: float, left: float = 0, top: float = 0) -> "Box":
        """In the pixels of a picture `factor` times as large, of which this one begins there."""
        return Box(
            self.left * factor + left,
            self.top * factor + top,
            self.right * factor + left,
            self.bottom * factor + top,
        )

    def region(self, width: int, height: int) -> Region | None:
        """Whole pixels of a picture `width` x `height`: rounded outward, then clipped.

        None if nothing of it lies in the picture.
        """
        if not all(math.isfinite(edge) for edge in (self.left, self.top, self.right, self.bottom)):
            return None
        left, top = max(0, math.floor(self.left)), max(0, math.floor(self.top))
        right, bottom = min(width, math.ceil(self.right)), min(height, math.ceil(self.bottom))
        if right <= left or bottom <= top:
            return None
        return Region(left, top, right - left, bottom - top)


def shared(one: Region, other: Region) -> float:
    """How much of what both cover is covered by both (intersection over union), 0 to 1."""
    common = one.within(other)
    return common.area / (one.area + other.area - common.area) if common else 0.0


def inside(one: Region, other: Region) -> float:
    """How much of the smaller of both lies in the larger, 0 to 1."""
    common = one.within(other)
    return common.area / min(one.area, other.area) if common else 0.0


def joined(one: Region, other: Region) -> Region:
    """The smallest region that holds both."""
    left, top = min(one.left, other.left), min(one.top, other.top)
    right, bottom = max(one.right, other.right), max(one.bottom, other.bottom)
    return Region(left, top, right - left, bottom - top)


def merged(detections: Iterable[Detection]) -> tuple[Detection, ...]:
    """Each thing once: what overlaps and is of one kind becomes one detection.

    It covers all that its parts covered and bears the name and the confidence of the surest of
    them. Surest first; order and multiplicity of what is given make no difference to what is
    covered.
    """
    found: list[Detection] = []
    for detection in sorted(set(detections), key=lambda d: (-d.confidence, d.region, d.detector)):
        _take_in(found, detection)
    return tuple(sorted(found, key=lambda d: (-d.confidence, d.kind, d.region)))


def _take_in(found: list[Detection], detection: Detection) -> None:
    """Add a detection, joined with all that it turns out to be one with, until none is left."""
    while other := next((item for item in found if _are_one(item, detection)), None):
        found.remove(other)
        surer = max(other, detection, key=lambda item: item.confidence)
        detection = replace(surer, region=joined(other.region, detection.region))
    found.append(detection)


def _are_one(one: Detection, other: Detection) -> bool:
    return one.kind is other.kind and are_one_place(one.region, other.region)


def are_one_place(one: Region, other: Region) -> bool:
    """Whether two boxes of one kind speak of the same thing."""
    return shared(one, other) >= SHARED or inside(one, other) >= INSIDE
