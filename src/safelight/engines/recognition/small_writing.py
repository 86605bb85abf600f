"""Writing that is too small for a look at the whole picture: a closer look where strokes crowd.

A wristband across the bed has lines of twenty pixels in a picture of twelve megapixels, and of six
once the picture is small enough to be looked at in time. So places that look like small lines are
picked by their strokes alone, and the same detector of writing is shown those, near.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import cv2
import numpy as np

from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.detection import Detection, Pixels
from safelight.engines.recognition.views import MEGA, Grey, View, closer, reduced
from safelight.engines.recognition.writing import Writing
from safelight.vocabulary.identifiability import Region

SOUGHT = 5.0 * MEGA  # pixels of the picture in which places are sought
STROKE = 7  # pixels: no stroke of small letters is wider
CONTRAST = 32  # levels of grey between strokes and what they stand on
GAP = 13  # pixels between letters and words of one line
LEAST_HEIGHT, MOST_HEIGHT = 5, 36  # pixels of a line
LONGER = 2.0  # at least so many times as long as high
DENSE = 0.4  # of a line's box is strokes and the gaps between them
CROSSED = 3.0  # strokes at least that a line through the middle crosses
LONGEST = 120  # pixels of a line that are sought as one
SIDE = 480  # pixels of what the detector is shown
NEAR = 15  # lines that are lower in the whole picture are shown twice as large
MOST_SOUGHT = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A place like a line, in the pixels sought in, and how much it looks like one."""

    region: Region
    strokes: float


class SmallWriting:
    """Looks at the `most` tiles that hold most of what looks like small lines, after `skipped`."""

    def __init__(self, name: str, *, most: int, skipped: int = 0, most_read: int = 8) -> None:
        """`name` is that of its detections; of each tile `most_read` lines are read."""
        self.name, self._most, self._skipped = name, most, skipped
        self._writing = Writing(name, most_read)

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """See `Detector`. The pixels are those of the whole picture."""
        tiles = islice(places(pixels), self._skipped, self._skipped + self._most)
        return [item for tile in tiles for item in self._in(tile, pixels)]

    def _in(self, tile: View, pixels: Pixels) -> Iterator[Detection]:
        height, width = pixels.shape[:2]
        for item in self._writing.detect(tile.pixels):
            if region := tile.back(Box.of(item.region)).region(width, height):
                yield replace(item, region=region)


def places(pixels: Pixels) -> Iterator[View]:
    """Tiles with small lines in them, the richest first, until none is left."""
    sought = _sought(pixels)
    lines = lines_in(sought.pixels)
    while lines:
        first = lines[0].region
        near = _near(first, sought.scale)
        tile = closer(pixels, sought.back(Box.of(first)), SIDE // near, near)
        seen = Box(0, 0, tile.pixels.shape[1], tile.pixels.shape[0])
        held = tile.back(seen).scaled(1 / sought.scale)
        lines = [
            line
            for line in lines
            if _near(line.region, sought.scale) > near or not _lies_in(line.region, held)
        ]
        yield tile


def _near(line: Region, scale: float) -> int:
    """How many times larger than in the picture a line must be shown to be made out."""
    return 2 if min(line.width, line.height) * scale < NEAR else 1


def _sought(pixels: Pixels) -> View:
    """The picture at the size in which strokes of small letters stand apart: a small one doubled."""
    height, width = pixels.shape[:2]
    if 4 * height * width > SOUGHT:
        return reduced(pixels, SOUGHT)
    return closer(pixels, Box(0, 0, width, height), max(height, width), 2)


def _lies_in(region: Region, box: Box) -> bool:
    """Whether the middle does: what the edge of a tile cuts is seen from there on."""
    x, y = region.left + region.width / 2, region.top + region.height / 2
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def lines_in(pixels: Pixels) -> list[Line]:
    """What looks like a small line, level or upright, dark on light or light on dark.

    Those with most strokes come first.
    """
    plain = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    kernel = np.ones((STROKE, STROKE), np.uint8)
    dark = cv2.morphologyEx(plain, cv2.MORPH_BLACKHAT, kernel)
    light = cv2.morphologyEx(plain, cv2.MORPH_TOPHAT, kernel)
    found = [line for strokes in (dark, light) for line in _both_ways(strokes > CONTRAST)]
    return sorted(found, key=lambda line: -line.strokes)


def _both_ways(strokes: np.ndarray) -> Iterator[Line]:
    level = np.asarray(strokes, np.uint8)
    yield from _rows(level)
    for line in _rows(np.ascontiguousarray(level.T)):
        place = line.region
        yield replace(line, region=Region(place.top, place.left, place.height, place.width))


def _rows(strokes: Grey) -> Iterator[Line]:
    """Groups of strokes that stand side by side."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (GAP, 3))
    closed = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, kernel)
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed)
    width, height, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    like = (height >= LEAST_HEIGHT) & (height <= MOST_HEIGHT) & (width >= LONGER * height)
    like &= area >= DENSE * width * height
    rows = stats[1:][like]
    for left, top, wide, high, _ in rows[np.argsort(-rows[:, 4])][:MOST_SOUGHT].tolist():
        middle = strokes[top + high // 3 : top + high - high // 3, left : left + wide]
        crossed = float(np.count_nonzero(np.diff(middle.astype(np.int8)) > 0) / len(middle))
        if crossed >= CROSSED:
            yield from _parts(Region(left, top, wide, high), crossed)


def _parts(line: Region, strokes: float) -> Iterator[Line]:
    """A long line in parts that a tile can hold, each with its share of the strokes."""
    count = -(-line.width // LONGEST)
    for number in range(count):
        left = line.left + line.width * number // count
        right = line.left + line.width * (number + 1) // count
        yield Line(Region(left, line.top, right - left, line.height), strokes / count)
