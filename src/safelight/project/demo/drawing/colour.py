"""Colours of skin and of what lies on it, in linear light.

Skin is a base reflectance darkened by pigments that absorb: melanin (brown) and blood (red). Redness
on dark skin then comes out deep and violet, as it does in life, without a case of its own.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]  # 32 bits wherever there is one per pixel

# Mean CIELAB of healthy skin from very light to very dark, rounded from the ranges that
# spectrophotometer studies of skin colour report (ITA about +55 to -60 degrees).
TONES: tuple[tuple[float, float, float], ...] = (
    (73.0, 10.0, 15.0),
    (68.5, 11.5, 17.5),
    (64.0, 12.5, 19.5),
    (58.0, 13.5, 21.5),
    (51.5, 14.0, 21.5),
    (44.5, 13.5, 19.5),
    (37.5, 12.0, 16.0),
    (31.0, 9.5, 12.0),
)

# Optical density per unit of pigment in red, green and blue light.
MELANIN: Floats = np.array([0.62, 0.95, 1.35], np.float32)
BLOOD: Floats = np.array([0.13, 1.0, 0.80], np.float32)
BRUISE: Floats = np.array([0.75, 0.85, 0.45], np.float32)

_XYZ_TO_LINEAR = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)
_D65 = np.array([0.95047, 1.0, 1.08883])


def from_lab(lightness: float, a: float, b: float) -> Floats:
    """Linear sRGB of a CIELAB colour (CIE 1976, D65)."""
    y = (lightness + 16) / 116
    f = np.array([y + a / 500, y, y - b / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * _D65
    linear: Floats = np.clip(_XYZ_TO_LINEAR @ xyz, 0.0, 1.0).astype(np.float32)
    return linear


def tone(number: int) -> Floats:
    """Linear sRGB reflectance of skin tone `number`, 1 (lightest) to 8 (darkest)."""
    return from_lab(*TONES[min(max(number, 1), len(TONES)) - 1])


def rgb(red: int, green: int, blue: int) -> Floats:
    """Linear light of an 8-bit sRGB colour (IEC 61966-2-1)."""
    v = np.array([red, green, blue]) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)


@lru_cache(maxsize=1)
def _film() -> NDArray[np.uint8]:
    """4096 steps of light (0 to 1.6) to 8-bit sRGB, with a soft shoulder instead of clipping."""
    light = np.linspace(0, 1.6, 4096)
    knee = np.where(light > 0.6, 0.6 + 0.4 * np.tanh((light - 0.6) / 0.5), light)
    encoded = np.where(knee <= 0.0031308, knee * 12.92, 1.055 * knee ** (1 / 2.4) - 0.055)
    contrast = encoded + 0.05 * np.sin(2 * np.pi * (encoded - 0.5)) * encoded
    return np.clip(contrast * 255 + 0.5, 0, 255).astype(np.uint8)


def develop(light: Floats) -> NDArray[np.uint8]:
    """Linear light, shape (3, height, width), to 8-bit sRGB, shape (height, width, 3)."""
    steps = np.clip(light * np.float32(4095 / 1.6), 0, 4095).astype(np.uint16)
    return np.ascontiguousarray(np.moveaxis(_film()[steps], 0, 2))
