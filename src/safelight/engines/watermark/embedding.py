"""Burning in a mark that is not seen and that names whom the picture was shown to."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.engines.watermark.carriers import (
    Coefficients,
    blocks,
    canonical_size,
    carriers,
    drawn,
)
from safelight.engines.watermark.pixels import Pixels, Plane, TooSmall, checked, luma, too_small
from safelight.engines.watermark.words import sent

# With fewer pixels it would not outlive a JPEG. It outlives half the size from 1280 on.
LEAST_LONGER = 640
LEAST_SHAPE = 1 / 4  # short to long; a narrower strip has too few blocks for all words of the code
# Of one coefficient, in levels: where skin is smooth, for each level of its roughness, at most.
CALM, FOR_ROUGHNESS, MOST = 2.4, 0.25, 7.0


def embed(pixels: Pixels, payload: int, key: bytes) -> Pixels | TooSmall:
    """A copy that carries `payload` (48 bits), for who has `key` (32 bytes or more) to read.

    Only brightness changes, by about two levels, more where the picture is rough. Burn in the
    visible mark first: it would cover this one. The caller keeps the colour profile; the mark is
    the same under any. Raises `UnmarkablePixelsError`, `UnfitPayloadError`, `WeakKeyError`.
    """
    pixels = checked(pixels)
    longer = max(LEAST_LONGER, *pixels.shape[:2])
    small = too_small(pixels, LEAST_LONGER, math.ceil(longer * LEAST_SHAPE))
    signs = _signs(payload, key)
    return small or _added(pixels, _pattern(pixels, signs))


def _signs(payload: int, key: bytes) -> Coefficients:
    places = carriers(key)
    data = sent(payload, key)[places.slots]
    return np.where(places.pilots, places.signs, places.signs * data)


def _pattern(pixels: Pixels, signs: Coefficients) -> NDArray[np.int16]:
    """What is to be added to each pixel, in levels."""
    height, width = pixels.shape[:2]
    size = canonical_size(width, height)
    shrinks = size[0] < width
    plain = cv2.resize(
        luma(pixels), size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    strength = _strength(np.asarray(plain, np.float32))
    rows, columns = strength.shape
    wave = drawn(signs[:rows, :columns] * strength[:, :, None])
    whole = np.zeros((size[1], size[0]), np.float32)
    whole[: wave.shape[0], : wave.shape[1]] = wave
    grown = cv2.resize(whole, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.rint(grown).astype(np.int16)


def _strength(plain: Plane) -> NDArray[np.float32]:
    """How much each block can bear: its own roughness, or a neighbour's that is smoother."""
    pieces = blocks(plain)
    rough = cv2.erode(pieces.std(axis=2), np.ones((3, 3), np.uint8))
    return np.asarray(np.clip(CALM + FOR_ROUGHNESS * rough, CALM, MOST), np.float32)


def _added(pixels: Pixels, pattern: NDArray[np.int16]) -> Pixels:
    """Level by level, held between 0 and 255."""
    return np.asarray(cv2.add(pixels, cv2.merge([pattern] * 3), dtype=cv2.CV_8U), np.uint8)
