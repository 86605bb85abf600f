"""Reading the mark of a picture that was copied, scaled, pressed into a JPEG or cut."""

from dataclasses import dataclass

import cv2
import numpy as np

from safelight.engines.watermark.alignment import View, places_of
from safelight.engines.watermark.carriers import (
    Carriers,
    Coefficients,
    analysed,
    blocks,
    carriers,
)
from safelight.engines.watermark.pixels import Pixels, checked, luma
from safelight.engines.watermark.words import SLOTS, received

# Louder coefficients are the picture's own, an edge or a hair; they may not outvote the rest.
LOUDEST = 2.5
AROUND = 5  # blocks, by whose loudness a coefficient is judged
HISS = 0.7  # levels; what is quieter is rounding
# Chance gives pilots a score of more than four in one of 30 000 pictures.
LEAST_SCORE = 4.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture says of whom it was shown to.

    `payload` is given only when its keyed tag of 32 bits agrees. `confidence` is how far the
    pilots agree, in standard deviations above chance: under 4 is nothing, marks give 10 to 200.
    """

    payload: int | None
    confidence: float


def read(pixels: Pixels, key: bytes, *, search: bool = True) -> Reading:
    """The mark that was made with `key`, if it is there.

    The whole picture is read first, at any size. With `search`, which takes some seconds, parts of
    it and screenshots with something around it are tried as well, slightly turned ones too. Raises
    `UnmarkablePixelsError`, `WeakKeyError`.
    """
    places, plain = carriers(key), luma(checked(pixels))
    best = Reading(None, 0.0)
    for view in places_of(plain, places, search=search):
        best = max(best, _read(view, places, key), key=_rank)
        if best.payload is not None:
            break
    return best


def _rank(reading: Reading) -> tuple[bool, float]:
    return reading.payload is not None, reading.confidence


def _read(view: View, places: Carriers, key: bytes) -> Reading:
    heard = _heard(view)
    agreeing = heard * places.signs
    pilots = agreeing[places.pilots]
    score = float(pilots.sum() / max(1e-6, np.sqrt((pilots**2).sum())))
    if score < LEAST_SCORE:
        return Reading(None, score)
    data = ~places.pilots
    slots = np.bincount(places.slots[data], agreeing[data], SLOTS)
    return Reading(received(slots.astype(np.float32), key), score)


def _heard(view: View) -> Coefficients:
    """Each coefficient against the loudness around it; nothing where the picture is not."""
    coefficients = analysed(view.plane)
    inside = blocks(view.inside).min(axis=2) > 0
    coefficients[~inside] = 0
    power = cv2.blur(coefficients**2, (AROUND, AROUND))
    share = cv2.blur(inside.astype(np.float32), (AROUND, AROUND))
    loudness = np.sqrt(power / np.maximum(share, 1e-3)[:, :, None] + HISS**2)
    return np.asarray(np.clip(coefficients / loudness, -LOUDEST, LOUDEST), np.float32)
