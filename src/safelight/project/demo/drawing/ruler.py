"""A paper ruler laid beside the finding."""

from math import cos, radians, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .colour import Floats
from .drapes import shadow
from .specs import BodyPicture
from .view import View

WIDE = 1.35  # cm
PAPER = (0.80, 0.795, 0.77)  # linear light off white paper


def lay_ruler(light: Floats, view: View, spec: BodyPicture, seed: int) -> None:
    """Lay a ruler under the finding, never twice quite alike, and let it cast its shadow."""
    rng = np.random.default_rng(seed)
    length = 6 if view.width / view.scale < 14 else 10
    below = spec.lesion.radius * 1.25 + 0.7 + rng.normal(0, 0.06)
    place = (-length / 2 + rng.normal(0, 0.15), min(below, view.height / view.scale / 2 - 1.9))
    paper, cover = _placed(_sheet(length, view.scale), view, place, rng.normal(0, 1.6))
    light *= 1 - np.float32(0.4) * shadow(view, cover, spec.camera.light, 0.09)
    for channel, white in enumerate(PAPER):
        light[channel] += (white * paper * paper - light[channel]) * cover


def _placed(
    sheet: Image.Image, view: View, place: tuple[float, float], turn: float
) -> tuple[Floats, Floats]:
    """The sheet's brightness and cover in the picture; `place` is its top left corner on the body."""
    a, b, c, d, e, f = view.matrix
    k, s = cos(radians(turn)) * view.scale, sin(radians(turn)) * view.scale
    c, f = c - place[0], f - place[1]
    affine = (
        k * a + s * d,
        k * b + s * e,
        k * c + s * f,
        k * d - s * a,
        k * e - s * b,
        k * f - s * c,
    )
    size = (view.width, view.height)
    planes = [
        np.asarray(
            image.transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BICUBIC),
            np.float32,
        )
        / 255
        for image in (sheet, Image.new("L", sheet.size, 255))
    ]
    return planes[0], planes[1]


def _sheet(length: int, density: float) -> Image.Image:
    """The printed paper: centimetres, millimetres, a grey scale to judge exposure by."""
    image = Image.new("L", (round((length + 0.8) * density), round(WIDE * density)), 244)
    pen = ImageDraw.Draw(image)
    thin = max(1, round(0.018 * density))
    font = ImageFont.load_default(max(6, 0.36 * density))
    for millimetre in range(length * 10 + 1):
        x = round((0.4 + millimetre / 10) * density)
        high = 0.5 if millimetre % 10 == 0 else 0.36 if millimetre % 5 == 0 else 0.24
        pen.line((x, 0, x, high * density), fill=24, width=thin)
        if millimetre % 10 == 0:
            pen.text((x, 0.55 * density), str(millimetre // 10), 24, font=font, anchor="mt")
    small = ImageFont.load_default(max(6, 0.24 * density))
    pen.text((0.4 * density, 1.25 * density), "cm", 24, font=small, anchor="ls")
    for step in range(5):
        left = (length - 1.9 + step * 0.44) * density
        box = (left, 1.0 * density, left + 0.42 * density, 1.25 * density)
        pen.rectangle(box, fill=int(225 - 48 * step))
    return image
