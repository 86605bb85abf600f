"""What can be marked, and what is said of a picture that is too small."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.engines.watermark.errors import UnmarkablePixelsError

MOST_PIXELS = 110_000_000
CHANNELS = 3

Pixels = NDArray[np.uint8]
"""Height x width x 3, RGB, upright, eight bits each. The engine knows no colour profile."""

Plane = NDArray[np.float32]
"""Height x width."""


@dataclass(frozen=True, slots=True)
class TooSmall:
    """The picture cannot carry the mark: one of its sides is shorter than it must be, in pixels.

    It is a value, and no picture, so that a caller who forgets it has nothing to show.
    """

    longer: int
    shorter: int
    least_longer: int
    least_shorter: int


def checked(pixels: Pixels) -> Pixels:
    """The same pixels, contiguous. Raises `UnmarkablePixelsError`."""
    if pixels.dtype != np.uint8 or pixels.ndim != CHANNELS or pixels.shape[2] != CHANNELS:
        raise UnmarkablePixelsError
    if not 0 < pixels.shape[0] * pixels.shape[1] <= MOST_PIXELS:
        raise UnmarkablePixelsError
    return np.ascontiguousarray(pixels)


def too_small(pixels: Pixels, least_longer: int, least_shorter: int) -> TooSmall | None:
    """What is to be said of a picture whose longer or shorter side has too few pixels."""
    shorter, longer = sorted(pixels.shape[:2])
    if longer >= least_longer and shorter >= least_shorter:
        return None
    return TooSmall(longer, shorter, least_longer, least_shorter)


def luma(pixels: Pixels) -> NDArray[np.uint8]:
    """How bright each pixel is, as ITU-R BT.601 weighs the channels: what JPEG keeps best."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
