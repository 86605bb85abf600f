"""What a detector is shown: the picture reduced, a tile of it, or either turned."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.detection import Pixels
from safelight.engines.recognition.errors import RecognitionError

MEGA = 1_000_000
MOST_PIXELS = 110 * MEGA
# The networks and the cascades expect some room; smaller pictures get it in grey around them.
LEAST_SIDE = 32
NEUTRAL = (128, 128, 128)

Grey = NDArray[np.uint8]
"""Height x width."""


@dataclass(frozen=True, slots=True)
class View:
    """Pixels taken from a picture, and where: `scale` pixels of the picture for each of these."""

    pixels: Pixels
    scale: float
    left: int = 0
    top: int = 0

    def back(self, box: Box) -> Box:
        """The same place in the whole picture."""
        return box.scaled(self.scale, self.left, self.top)


def as_pixels(array: NDArray[np.uint8]) -> Pixels:
    """Grey, RGB or RGBA bytes as RGB, at most 110 megapixels. Raises RecognitionError."""
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or not array.size > 0:
        raise RecognitionError
    if array.shape[0] * array.shape[1] > MOST_PIXELS:
        raise RecognitionError("This picture has more pixels than can be searched.")
    if array.ndim == 2:  # noqa: PLR2004 - height and width
        array = array[:, :, None]
    channels = array.shape[2]
    if channels == 1:
        return np.repeat(array, 3, axis=2)
    if channels not in (3, 4):
        raise RecognitionError
    return np.ascontiguousarray(array[:, :, :3])


def reduced(pixels: Pixels, most: float) -> View:
    """The whole picture in at most `most` pixels, with room around it if a side is very short."""
    height, width = pixels.shape[:2]
    scale = max(1.0, math.sqrt(width * height / most))
    size = max(1, round(width / scale)), max(1, round(height / scale))
    if scale > 1:
        pixels = _pixels(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
        # A side of few pixels is rounded by much; the larger scale maps outward, never inward.
        scale = max(width / size[0], height / size[1])
    return View(_with_room(pixels), scale)


def _with_room(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    below, beside = max(0, LEAST_SIDE - height), max(0, LEAST_SIDE - width)
    if not below and not beside:
        return pixels
    return _pixels(
        cv2.copyMakeBorder(pixels, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=NEUTRAL)
    )


def _pixels(array: object) -> Pixels:
    return np.asarray(array, np.uint8)


def closer(pixels: Pixels, place: Box, side: int, near: int) -> View:
    """A square of `side` pixels about the middle of a place, `near` times as large as it is.

    At the picture's edge it is moved inward; of a smaller picture it shows all.
    """
    height, width = pixels.shape[:2]
    left = _start((place.left + place.right) / 2, side, width)
    top = _start((place.top + place.bottom) / 2, side, height)
    piece = np.ascontiguousarray(pixels[top : top + side, left : left + side])
    if near > 1:
        size = piece.shape[1] * near, piece.shape[0] * near
        piece = _pixels(cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC))
    return View(_with_room(piece), 1 / near, left, top)


def _start(middle: float, side: int, length: int) -> int:
    return max(0, min(round(middle - side / 2), length - side))


def grey(pixels: Pixels) -> Grey:
    """Luminance with its contrast evened out place by place.

    A dark face in a bright room spans few levels of grey; so that it is found as a light one is,
    each neighbourhood is stretched to its own range (CLAHE, K. Zuiderveld, Graphics Gems IV, 1994).
    """
    plain = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.createCLAHE(2.0, (8, 8)).apply(plain), np.uint8)


@dataclass(frozen=True, slots=True)
class Turned:
    """A picture turned by `degrees` against the clock, and the way back."""

    pixels: NDArray[np.uint8]
    back: NDArray[np.float64]

    def upright(self, box: Box) -> Box:
        """A square-like box of the turned picture, of the same size where it was before.

        Faces are round: turning the box's corners with it would make it larger than the face.
        """
        middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        x, y = self.back @ (*middle, 1.0)
        half = max(box.width, box.height) / 2
        return Box(float(x) - half, float(y) - half, float(x) + half, float(y) + half)


def turned(pixels: NDArray[np.uint8], degrees: float) -> Turned:
    """The picture turned about its middle, on a ground large enough for its corners."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = math.ceil(width * cosine + height * sine), math.ceil(width * sine + height * cosine)
    matrix[0, 2] += (size[0] - width) / 2
    matrix[1, 2] += (size[1] - height) / 2
    ground = NEUTRAL[: pixels.shape[2]] if pixels.ndim > 2 else NEUTRAL[:1]  # noqa: PLR2004
    moved = cv2.warpAffine(pixels, matrix, size, borderValue=ground)
    return Turned(_pixels(moved), np.asarray(cv2.invertAffineTransform(matrix), np.float64))
