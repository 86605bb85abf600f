"""Writing without a network that looks for it: strokes that stand in a row and can be read.

The second opinion on writing. Places are proposed by the gradient alone (many edges close
together, in a band longer than it is high), then each is shown to the network that reads words,
which has never seen the whole picture. It finds printed lines; it is no match for handwriting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.detection import Detection, Pixels
from safelight.engines.recognition.writing import Legibility
from safelight.vocabulary.identifiability import Identifying, Region

LEAST_HEIGHT, MOST_HEIGHT = 8, 200  # pixels
LONGER = 1.3  # at least so many times as long as high
DENSE = 0.35  # of a band is strokes
LEGIBLE = 0.75
MOST_PLACES = 48
ROOM = 0.25  # of a line's height


@dataclass(frozen=True)
class Strokes:
    """Rows of strokes, upright or up or down the picture, that the reader can read."""

    name: str = "strokes"

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """See `Detector`."""
        places = _rows(pixels)
        pieces = [_piece(pixels, place) for place in places]
        scores = Legibility().scores(pieces)
        return [
            Detection(Identifying.TEXT, place, min(1.0, score), self.name)
            for place, score in zip(places, scores, strict=True)
            if score >= LEGIBLE
        ]


def _rows(pixels: Pixels) -> list[Region]:
    """Bands that are dense with edges, the longest first, at most as many as can be read in time."""
    plain = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    edges = cv2.morphologyEx(plain, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    _, strokes = cv2.threshold(edges, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    across = _bands(strokes, (15, 3), pixels)
    along = _bands(strokes, (3, 15), pixels)
    bands = [r for r in across if r.width >= LONGER * r.height]
    bands += [r for r in along if r.height >= LONGER * r.width]
    return sorted(bands, key=lambda r: -max(r.width, r.height))[:MOST_PLACES]


def _bands(strokes: cv2.typing.MatLike, gap: tuple[int, int], pixels: Pixels) -> list[Region]:
    """Groups of strokes nearer to each other than `gap` (along, across) pixels."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, gap)
    closed = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, kernel)
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed)
    found = []
    for left, top, width, height, area in stats[1:].tolist():
        thick = min(width, height)
        if LEAST_HEIGHT <= thick <= MOST_HEIGHT and area >= DENSE * width * height:
            room = ROOM * thick
            box = Box(left - room, top - room, left + width + room, top + height + room)
            region = box.region(pixels.shape[1], pixels.shape[0])
            if region:
                found.append(region)
    return found


def _piece(pixels: Pixels, place: Region) -> Pixels:
    piece = pixels[place.top : place.bottom, place.left : place.right]
    upright = np.rot90(piece) if place.height > LONGER * place.width else piece
    return np.ascontiguousarray(upright)
