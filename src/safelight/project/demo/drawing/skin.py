"""Bare skin: tone, mottling, freckles, veins, hair and the fine net of furrows."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .colour import BLOOD, BRUISE, MELANIN, Floats, tone
from .plates import PITCH, cells
from .specs import Skin
from .surface import Surface
from .view import View, smoothstep

REACH = 24.0  # cm around the origin that is given freckles and hair


def bare(view: View, skin: Skin) -> Surface:
    """The skin of one person, the same at every visit."""
    surface = Surface.plain(view, tone(skin.tone))
    lightness = 1 - (skin.tone - 1) / 7
    _mottle(surface, view, skin, lightness)
    if skin.veins:
        _vein(surface, view, skin, lightness)
    if skin.freckles:
        _freckle(surface, view, skin, lightness)
    _furrow(surface, view, skin)
    if skin.hair:
        _hair(surface, view, skin, lightness)
    return surface


def _mottle(surface: Surface, view: View, skin: Skin, lightness: float) -> None:
    broad, small = view.swell(5.0, skin.seed), view.clouds(0.9, skin.seed + 1)
    blood = 0.05 * broad + 0.04 * small
    surface.stain(BLOOD, blood * np.float32(0.5 + 0.6 * lightness))
    melanin = 0.05 * view.swell(3.5, skin.seed + 2) - 0.03 * small
    surface.stain(MELANIN, melanin * np.float32(1.2 - 0.5 * lightness))


def _furrow(surface: Surface, view: View, skin: Skin) -> None:
    """The net of fine lines, about 0.5 mm apart close up and never finer than the sensor can show."""
    pitch = float(np.clip(0.045 * view.scale, 4.5 * view.width / 1600, 9))
    texels = PITCH * view.scale / pitch
    net = view.sample(cells().dome, texels, skin.seed, stretch=0.75)
    fine = view.sample(cells().furrow, texels * 0.53, skin.seed + 1, stretch=1.3)
    depth = pitch / view.scale * 0.11
    patchy = 0.8 + 0.25 * view.clouds(2.2, skin.seed + 3)
    surface.rise((net - np.float32(0.6) * fine) * patchy * np.float32(depth))
    surface.stain(MELANIN, (0.05 * fine - 0.05 * net + 0.02) * patchy)


def _anchors(skin: Skin, count: int, salt: int) -> tuple[np.random.Generator, Floats]:
    rng = np.random.default_rng((skin.seed, salt))
    return rng, ((rng.random((2, count), dtype=np.float32) - 0.5) * 2 * np.float32(REACH))


def _freckle(surface: Surface, view: View, skin: Skin, lightness: float) -> None:
    """Freckles and a few small moles, each at its place on the body."""
    count = int(1500 * skin.freckles)
    rng, (x, y) = _anchors(skin, count, 1)
    strength = rng.random(count) ** 3 * (0.25 + 0.5 * lightness) + 0.06
    radius = (0.03 + 0.05 * rng.random(count)) * view.scale
    plate = Image.new("L", (view.width, view.height))
    pen = ImageDraw.Draw(plate)
    for px, py, r, dark in zip(*view.pixels(x, y), radius, strength, strict=True):
        if -9 < px < view.width + 9 and -9 < py < view.height + 9:
            pen.ellipse((px - r, py - r * 0.85, px + r, py + r * 0.85), fill=int(255 * dark))
    soft = plate.filter(ImageFilter.GaussianBlur(max(0.7, 0.022 * view.scale)))
    surface.stain(MELANIN, np.asarray(soft, np.float32) * np.float32(1 / 255))


def _vein(surface: Surface, view: View, skin: Skin, lightness: float) -> None:
    """Veins: bluish bands that show through light skin and lift any skin a little."""
    path = view.swell(6.0, skin.seed + 5) + 0.22 * view.y
    side = view.swell(7.0, skin.seed + 6) - 0.14 * view.y + 0.10 * view.x
    band = np.exp(-((path / 0.10) ** 2)) + 0.6 * np.exp(-((side / 0.07) ** 2))
    fade = smoothstep(-0.6, 0.9, view.swell(6.0, skin.seed + 7)) * np.float32(skin.veins)
    band *= fade
    surface.stain(BRUISE, band * np.float32(0.20 * lightness + 0.05))
    surface.rise(band * np.float32(0.035))


def _hair(surface: Surface, view: View, skin: Skin, lightness: float) -> None:
    """Fine body hair, combed along the limb."""
    count = int(3600 * skin.hair)
    rng, (x, y) = _anchors(skin, count, 2)
    comb = 0.5 + 0.35 * np.sin(x * 0.21 + skin.seed) + 0.35 * rng.standard_normal(count)
    length = 0.35 + 0.55 * rng.random(count)
    bend = 0.5 * rng.standard_normal(count)
    steps = np.linspace(0, 1, 4)[:, None]
    heading = comb + bend * steps
    xs, ys = x + length * steps * np.cos(heading), y + length * steps * np.sin(heading)
    plate = Image.new("L", (view.width, view.height))
    pen = ImageDraw.Draw(plate)
    width = max(1, round(0.009 * view.scale))
    px, py = view.pixels(xs.astype(np.float32), ys.astype(np.float32))
    darkness = (70 + 110 * rng.random(count)).astype(int)
    for k in np.flatnonzero((px[0] > -50) & (px[0] < view.width + 50)):
        pen.line(list(zip(px[:, k], py[:, k], strict=True)), fill=int(darkness[k]), width=width)
    soft = plate.filter(ImageFilter.BoxBlur(0.6))
    ink = np.asarray(soft, np.float32) * np.float32(1 / 255)
    surface.stain(MELANIN, ink * np.float32(0.75 + 0.35 * lightness))
