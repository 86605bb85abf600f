"""Where barcodes and two-dimensional codes are; what they say is not kept.

`CodePlaces` reads them with ZXing, and so knows each for certain; `CodePatterns` sees with OpenCV
what looks like one, whether or not it can be read.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from safelight.engines.recognition.bars import whole_bars
from safelight.engines.recognition.boxes import Box, joined
from safelight.engines.recognition.detection import Detection, Pixels
from safelight.engines.recognition.views import Grey
from safelight.vocabulary.identifiability import Identifying

# The reader's corners are those of the modules it needed: a code reaches a little further, and a
# row of bars further still along the bars.
QUIET = 0.12
BARS = 0.4
READ, SEEN = 1.0, 0.5
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")


class CodePlaces:
    """Codes of every kind that ZXing reads: small, turned, mirrored, white on black."""

    def __init__(self, name: str = "codes") -> None:
        """`name` is that of its detections."""
        self.name = name

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """See `Detector`."""
        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        codes = zxingcpp.read_barcodes(grey)
        return [item for code in codes for item in _code(self.name, grey, _corners(code), READ)]


def _corners(code: zxingcpp.Barcode) -> NDArray[np.float64]:
    places = (getattr(code.position, corner) for corner in CORNERS)
    return np.array([(place.x, place.y) for place in places], np.float64)


class CodePatterns:
    """Stripes that lie side by side like a barcode's and, if `squares`, QR codes' finder patterns.

    Bars that lie aslant are seen here and seldom read by `CodePlaces`.
    """

    def __init__(self, name: str, *, squares: bool) -> None:
        """`name` is that of its detections."""
        self.name = name
        bars = cv2.barcode.BarcodeDetector()
        self._detectors = (bars, cv2.QRCodeDetector()) if squares else (bars,)

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """See `Detector`."""
        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        found: list[Detection] = []
        for detector in self._detectors:
            seen, corners = detector.detectMulti(grey)
            for code in np.reshape(corners, (-1, 4, 2)) if seen and corners is not None else ():
                found += _code(self.name, grey, np.asarray(code, np.float64), SEEN)
        return found


def _with_quiet(box: Box) -> Box:
    """With the quiet zone of a square code, or with what may be missing of long bars."""
    long, short = max(box.width, box.height), min(box.width, box.height)
    if long < 2 * short:
        return box.grown(QUIET, QUIET, QUIET)
    along, across = 0.06, max(BARS, 0.08 * long / max(short, 1))
    if box.width > box.height:
        return box.grown(along, across, across)
    return box.grown(across, along, along)


def _code(name: str, grey: Grey, corners: NDArray[np.float64], sure: float) -> Iterator[Detection]:
    """The code with its quiet zone or, if it is one of bars, with all that the bars reach."""
    region = _with_quiet(Box.around(corners)).region(grey.shape[1], grey.shape[0])
    bars = whole_bars(grey, corners)
    reached = bars.region(grey.shape[1], grey.shape[0]) if bars else None
    if region:
        place = joined(region, reached) if reached else region
        yield Detection(Identifying.CODE, place, sure, name)
