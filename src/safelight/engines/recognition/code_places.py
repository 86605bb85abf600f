"""Where barcodes and two-dimensional codes are; what they say is not kept.

`CodePlaces` reads them with ZXing, and so knows each for certain; `CodePatterns` sees with OpenCV
what looks like one, whether or not it can be read.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import zxingcpp

from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.detection import Detection, Pixels
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
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        codes = zxingcpp.read_barcodes(grey)
        return [item for code in codes for item in self._place(pixels, code)]

    def _place(self, pixels: Pixels, code: zxingcpp.Barcode) -> Iterator[Detection]:
        corners = [getattr(code.position, corner) for corner in CORNERS]
        box = Box.around([(corner.x, corner.y) for corner in corners])
        yield from _code(self.name, pixels, _with_quiet(box), READ)


class CodePatterns:
    """Finder patterns of QR codes, and stripes that lie side by side like a barcode's."""

    def __init__(self, name: str = "code patterns") -> None:
        """`name` is that of its detections."""
        self.name = name
        self._square, self._bars = cv2.QRCodeDetector(), cv2.barcode.BarcodeDetector()

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """See `Detector`."""
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        found: list[Detection] = []
        for detector in (self._square, self._bars):
            seen, corners = detector.detectMulti(grey)
            for code in np.reshape(corners, (-1, 4, 2)) if seen and corners is not None else ():
                found += _code(self.name, pixels, _with_quiet(Box.around(code)), SEEN)
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


def _code(name: str, pixels: Pixels, box: Box, sure: float) -> Iterator[Detection]:
    region = box.region(pixels.shape[1], pixels.shape[0])
    if region:
        yield Detection(Identifying.CODE, region, sure, name)
