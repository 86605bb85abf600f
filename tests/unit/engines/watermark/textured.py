"""Pictures that are rough somewhere and smooth elsewhere, different for every seed."""

import io

import cv2
import numpy as np
from PIL import Image

from safelight.engines.watermark import Pixels, TooSmall

KEY = b"the key of this hospital's marks"
OTHER_KEY = b"the key of another hospital's ones"


def textured(seed: int, size: tuple[int, int] = (1024, 768)) -> Pixels:
    """`size` is width and height."""
    random = np.random.default_rng(seed)
    pixels = np.full((size[1], size[0], 3), random.integers(60, 200, 3), np.float32)
    for cells, loud in ((4, 40), (24, 15), (120, 8)):
        grain = random.normal(0, loud, (cells, cells, 3)).astype(np.float32)
        pixels += cv2.resize(grain, size, interpolation=cv2.INTER_CUBIC)
    pixels += random.normal(0, 2, pixels.shape)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def pressed(pixels: Pixels, quality: int = 75) -> Pixels:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    with Image.open(out) as image:
        return np.array(image, np.uint8)


def scaled(pixels: Pixels, by: float, filtered: Image.Resampling) -> Pixels:
    size = round(pixels.shape[1] * by), round(pixels.shape[0] * by)
    return np.array(Image.fromarray(pixels).resize(size, filtered), np.uint8)


def marked(outcome: Pixels | TooSmall) -> Pixels:
    assert not isinstance(outcome, TooSmall)
    return outcome
