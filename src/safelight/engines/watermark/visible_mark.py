"""Burning in a mark that everybody can read: whom the picture is shown to, and when."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.engines.watermark.lettering import Coverage, lettered
from safelight.engines.watermark.pixels import Pixels, TooSmall, checked

DEGREES = 30.0
# Of the picture's longer side: an em of the letters; and the most that one run of words takes.
EM, LONGEST_RUN = 1 / 48, 0.5
LEAST_EM = 10  # pixels, below which letters cannot be read
LEAST_SHORTER = 160
PITCH, GAP, RIM = 5.0, 2.5, 0.09  # in ems
# How far a letter goes towards white, and its rim towards black.
LETTER, SHADE = 0.20, 0.20


@dataclass(frozen=True, slots=True)
class _Ink:
    """For each pixel what it is multiplied with (of 255), and what is added, in levels."""

    kept: NDArray[np.uint8]
    added: NDArray[np.uint8]


def visible(pixels: Pixels, text: str) -> Pixels | TooSmall:
    """A copy with `text` slanting across it again and again, light letters with a dark rim.

    One of the two is seen on any skin. Under the mark the picture keeps four fifths of its
    contrast, and no level is clipped; most pixels are not touched. Wherever somebody cuts, a run
    of words is near. The caller keeps the colour profile. Raises `UnmarkablePixelsError`,
    `UnwritableMarkError`.
    """
    pixels = checked(pixels)
    words = _set(text, *pixels.shape[:2])
    return words if isinstance(words, TooSmall) else _inked(pixels, _spread(words, pixels))


@dataclass(frozen=True, slots=True)
class _Words:
    coverage: Coverage
    em: int


def _set(text: str, height: int, width: int) -> _Words | TooSmall:
    """The words in a size that suits the picture."""
    shorter, longer = sorted((height, width))
    em = max(LEAST_EM, round(longer * EM))
    run = lettered(text, em).shape[1]
    if run > longer * LONGEST_RUN:
        em = max(LEAST_EM, math.floor(em * longer * LONGEST_RUN / run))
        run = lettered(text, em).shape[1]
    needed = math.ceil(max(LEAST_EM / EM, run / LONGEST_RUN if em == LEAST_EM else 0))
    if longer < needed or shorter < LEAST_SHORTER:
        return TooSmall(longer, shorter, needed, LEAST_SHORTER)
    return _Words(lettered(text, em), em)


def _spread(words: _Words, pixels: Pixels) -> _Ink:
    """The words in rows, every other one moved by half a run, turned about the middle."""
    height, width = pixels.shape[:2]
    side = math.ceil(math.hypot(height, width)) + 2
    tile = _tile(words)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), DEGREES, 1.0)
    turn[:, 2] += (width - side) / 2, (height - side) / 2
    return _Ink(
        *(
            np.asarray(
                cv2.warpAffine(_repeated(layer, side), turn, (width, height), borderValue=border),
                np.uint8,
            )
            for layer, border in ((tile.kept, 255), (tile.added, 0))
        )
    )


def _tile(words: _Words) -> _Ink:
    """Two rows of one run each, that join on all sides."""
    high, long = words.coverage.shape
    row = max(high, round(PITCH * words.em / 2) * 2)
    across = long + round(GAP * words.em)
    letters = np.zeros((2 * row, across), np.uint8)
    letters[:high, :long] = words.coverage
    letters[row : row + high] = np.roll(letters[:high], across // 2, axis=1)
    reach = 2 * max(1, round(RIM * words.em)) + 1
    around = cv2.dilate(letters, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    letter = letters.astype(np.float32) / 255
    rim = around.astype(np.float32) / 255 - letter
    kept = 255 * (1 - LETTER * letter - SHADE * rim)
    return _Ink(np.rint(kept).astype(np.uint8), np.rint(255 * LETTER * letter).astype(np.uint8))


def _repeated(layer: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    down, across = (math.ceil(side / length) for length in layer.shape)
    return np.tile(layer, (down, across))[:side, :side]


def _inked(pixels: Pixels, ink: _Ink) -> Pixels:
    """INVARIANT: kept + added never exceeds 255, so nothing is clipped."""
    kept, added = (cv2.merge([layer] * 3) for layer in (ink.kept, ink.added))
    return np.asarray(cv2.add(cv2.multiply(pixels, kept, scale=1 / 255), added), np.uint8)
