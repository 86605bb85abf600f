"""A friendly face that is nobody's: simple shapes, shaded like the rest."""

import numpy as np
from PIL import Image

from .bodies import Body
from .colour import BLOOD, MELANIN, Floats, rgb
from .drapes import shadow
from .lesions import LESIONS
from .lighting import lit, photograph
from .plates import PITCH, cells
from .skin import bare
from .specs import FacePicture
from .surface import Surface
from .view import View, smoothstep

HAIR = {
    "black": rgb(38, 32, 30),
    "brown": rgb(82, 56, 38),
    "blond": rgb(176, 138, 84),
    "grey": rgb(158, 156, 152),
    "red": rgb(142, 72, 38),
}
CHEEK = (4.2, 3.4)
EYE_Y, EYE_X, MOUTH_Y = -0.6, 3.05, 5.7


def _bump(x: Floats, y: Floats, wide: float, high: float) -> Floats:
    return np.exp(-((x / np.float32(wide)) ** 2) - (y / np.float32(high)) ** 2)


def face_picture(spec: FacePicture, size: tuple[int, int]) -> Image.Image:
    """Head and shoulders against a plain backdrop; the origin is the middle of the face."""
    view = View.of(spec.camera, size)
    light = _backdrop(view)
    for surface, body, reach in (
        _gown(view),
        _bust(view, spec),
        _head(view, spec),
        _hair(view, spec),
    ):
        light *= (1 - 0.42 * shadow(view, body.cover, spec.camera.light, reach))[..., None]
        layer = lit(surface, body.height, view, spec.camera)
        light += (layer - light) * body.cover[..., None]
    return photograph(light, spec.camera, spec.skin.seed)


def _backdrop(view: View) -> Floats:
    glow = np.exp(-((view.x + 3) ** 2 + (view.y + 2) ** 2) * np.float32(1 / 420))
    return rgb(150, 160, 168) * (0.42 + 0.62 * glow)[..., None]


def _edge(view: View, depth: Floats) -> Floats:
    return np.clip(depth * np.float32(view.scale) + 0.5, 0, 1)


def _gown(view: View) -> tuple[Surface, Body, float]:
    x, y = view.x, view.y
    surface = Surface.plain(view, rgb(124, 158, 178), gloss=0.03)
    dots = np.sin(x * 4.2) * np.sin(y * 4.2)
    surface.cover(rgb(226, 234, 238), smoothstep(0.80, 0.90, dots) * np.float32(0.7))
    slope = 11.9 + 0.035 * x * x - 1.2 * _bump(x, y * 0, 5.5, 1)
    depth = (y - slope).astype(np.float32)
    height = 4.5 * np.sqrt(np.clip(depth / 9, 0, 1)) - 0.02 * x * x + 0.3 * view.swell(5.0, 3)
    collar = np.hypot(x * 0.95, y - 10.6) - 6.4
    height += 0.25 * np.exp(-((collar / 0.35) ** 2))
    return surface, Body(height, _edge(view, np.minimum(depth, collar))), 0.6


def _bust(view: View, spec: FacePicture) -> tuple[Surface, Body, float]:
    x, y = view.x, view.y
    half = 4.7 + 0.12 * np.maximum(y - 11, 0) ** 2
    d = np.clip(np.abs(x) / half, 0, 1)
    height = 4 * np.sqrt(1 - d * d)
    collar = np.hypot(x * 0.95, y - 10.6) - 6.4
    inside = np.minimum(np.minimum(half - np.abs(x), y - 3), -collar).astype(np.float32)
    return bare(view, spec.skin), Body(height.astype(np.float32), _edge(view, inside)), 0.5


def _outline(x: Floats, y: Floats) -> Floats:
    """Depth inside the head, in cm, roughly: an egg with a jaw."""
    half = 7.3 - 0.16 * np.maximum(y - 1, 0) - 0.020 * np.maximum(y - 1, 0) ** 2
    up = np.where(y < 0, (y + 0.0) / 10.4, y / 10.6)
    r = (np.abs(x / half) ** 2.25 + np.abs(up) ** 2.25) ** np.float32(1 / 2.25)
    return (1 - r).astype(np.float32) * 7


def _head(view: View, spec: FacePicture) -> tuple[Surface, Body, float]:
    x, y = view.x, view.y
    inside = _outline(x, y)
    ears = 1 - np.hypot((np.abs(x) - 7.25) / 1.15, (y - 0.9) / 2.1)
    height = 6.2 * np.sqrt(np.maximum(1 - np.clip(1 - inside / 7, 0, 1) ** 2.4, 0))
    height += _features(x, y)
    surface = bare(view, spec.skin)
    surface.relief *= 0.5
    _blush(surface, x, y)
    _eyes(surface, view, spec)
    _brows(surface, view, spec)
    _mouth(surface, view)
    LESIONS[spec.lesion.kind](surface, view.moved(*CHEEK), spec.lesion)
    both = np.maximum(inside, ears.astype(np.float32) * 1.3)
    ear_height = np.where(inside < 0, 1.4 * np.sqrt(np.clip(ears, 0, 1)), 0)
    return surface, Body((height + ear_height).astype(np.float32), _edge(view, both)), 1.1


def _features(x: Floats, y: Floats) -> Floats:
    """Sockets, nose, cheeks, lips and chin as height over the egg."""
    ax = np.abs(x)
    relief = -0.85 * _bump(ax - EYE_X, y - EYE_Y, 1.7, 1.15) + 0.30 * _bump(
        ax - 3.0, y + 2.7, 2.4, 0.8
    )
    relief += 1.0 * _bump(x, y - 0.9, 0.75, 2.2) + 1.25 * _bump(x, y - 2.7, 1.0, 0.95)
    relief += 0.55 * _bump(ax - 1.15, y - 3.0, 0.55, 0.55) - 0.25 * _bump(
        ax - 0.62, y - 3.55, 0.3, 0.2
    )
    relief += 0.45 * _bump(ax - 4.2, y - 3.0, 1.7, 1.7) + 0.5 * _bump(x, y - 8.6, 1.6, 1.0)
    line = y - MOUTH_Y + 0.055 * x * x
    width = _bump(x, y * 0, 2.4, 1)
    relief += width * (0.35 * np.exp(-(((line + 0.42) / 0.36) ** 2)))
    relief += width * (
        0.45 * np.exp(-(((line - 0.55) / 0.45) ** 2)) - 0.25 * np.exp(-((line / 0.13) ** 2))
    )
    relief -= 0.12 * _bump(x, y - 4.5, 0.3, 0.6)
    return relief


def _blush(surface: Surface, x: Floats, y: Floats) -> None:
    ax = np.abs(x)
    surface.stain(
        BLOOD, 0.22 * _bump(ax - 4.3, y - 3.1, 1.8, 1.5) + 0.14 * _bump(x, y - 2.8, 1.1, 1.0)
    )
    surface.stain(MELANIN, 0.16 * _bump(ax - EYE_X, y - EYE_Y - 0.2, 1.6, 1.1))
    surface.stain(MELANIN, 1.3 * _bump(ax - 0.62, y - 3.52, 0.26, 0.15))


def _eyes(surface: Surface, view: View, spec: FacePicture) -> None:
    x, y = np.abs(view.x) - np.float32(EYE_X), view.y - np.float32(EYE_Y)
    side = np.sign(view.x)
    lid, low = y + 0.72 - 0.36 * x * x, 0.50 - 0.24 * x * x - y
    opening = np.minimum(lid, low).astype(np.float32)
    eye = _edge(view, opening)
    surface.relief *= 1 - eye
    shade = 0.70 + 0.3 * smoothstep(0.0, 0.55, lid.astype(np.float32))
    surface.cover(rgb(236, 232, 226) * shade[..., None], eye)
    gaze = np.hypot(x * 1.0 + 0.05 * side, y + 0.08).astype(np.float32)
    iris = np.array([rgb(84, 54, 30), rgb(70, 92, 104), rgb(86, 96, 58)])[spec.skin.seed % 3]
    if spec.skin.tone > 3:
        iris = rgb(66, 40, 24)
    ring = 0.65 + 0.8 * smoothstep(0.2, 0.5, gaze) * smoothstep(0.62, 0.5, gaze)
    surface.cover(iris * (ring * shade)[..., None], eye * smoothstep(0.62, 0.58, gaze))
    surface.cover(rgb(12, 10, 10), eye * smoothstep(0.28, 0.24, gaze))
    glint = np.hypot(x * side + 0.20, y + 0.28).astype(np.float32)
    surface.cover(rgb(255, 255, 255), eye * smoothstep(0.13, 0.08, glint))
    lash = (
        np.exp(-((lid / 0.10) ** 2))
        * (np.abs(x) < 1.5)
        * smoothstep(-0.3, -0.1, low.astype(np.float32))
    )
    surface.cover(rgb(34, 24, 20), lash.astype(np.float32) * np.float32(0.9))
    crease = np.exp(-(((y + 1.12 - 0.26 * x * x) / 0.10) ** 2)) * _bump(x, y * 0, 1.2, 1)
    surface.stain(MELANIN, crease * np.float32(0.45))
    rim = np.exp(-(((0.56 - 0.24 * x * x - y) / 0.07) ** 2)) * (np.abs(x) < 1.35)
    surface.stain(BLOOD, rim.astype(np.float32) * np.float32(0.35))


def _brows(surface: Surface, view: View, spec: FacePicture) -> None:
    x, y = np.abs(view.x) - np.float32(EYE_X), view.y - np.float32(EYE_Y - 2.15)
    arch = y + 0.09 * x - 0.0 + 0.07 * (x - 0.3) ** 2
    taper = 0.34 - 0.07 * (x + 0.4)
    hairs = view.sample(cells().value, PITCH / 0.14, 5, stretch=4.0)
    brow = smoothstep(0.0, 0.28, taper - np.abs(arch)) * smoothstep(2.0, 1.5, np.abs(x))
    surface.cover(HAIR[spec.hair_colour] * np.float32(0.8), brow * (0.55 + 0.45 * hairs))


def _mouth(surface: Surface, view: View) -> None:
    x, y = view.x, view.y
    line = y - np.float32(MOUTH_Y) + 0.055 * x * x
    wide = np.maximum(1 - (x / np.float32(2.75)) ** 2, 0)
    bow = 0.62 - 0.16 * _bump(x, y * 0, 0.45, 1)
    upper = _edge(view, np.minimum(line + bow * wide, -line + 0.02))
    lower = _edge(view, np.minimum(line + 0.02, 0.95 * wide - line))
    lips = np.maximum(upper, lower) * smoothstep(0.0, 0.25, wide)
    surface.stain(BLOOD, lips * np.float32(0.50) + upper * np.float32(0.12))
    surface.stain(MELANIN, lips * np.float32(0.12))
    surface.relief *= 1 - 0.8 * lips
    surface.shine(0.33, lips)
    seam = np.exp(-((line / np.float32(0.085)) ** 2)) * smoothstep(0, 0.12, wide)
    corner = _bump(np.abs(x) - 2.75, line, 0.22, 0.16)
    surface.stain(MELANIN, seam * np.float32(1.0) + corner * np.float32(0.5))


def _hair(view: View, spec: FacePicture) -> tuple[Surface, Body, float]:
    x, y = view.x, view.y
    long = spec.hair_length == "long"
    crown = 1 - np.hypot(x / np.float32(8.1 + 0.9 * long), (y + 1.9) / np.float32(10.2))
    parting = x - np.float32(2.2)
    line = (
        -6.1 + 0.050 * parting * parting * np.where(parting < 0, 1.0, 1.9) + 0.12 * np.sin(x * 2.1)
    )
    cap = np.minimum(crown * 8, np.maximum(line - y, (np.abs(x) - 7.25 + 0.10 * y) * 1.2))
    bottom = (9.5 if long else 0.6) + 0.5 * np.sin(x * 1.7)
    if long:
        sides = np.minimum(np.abs(x) - 6.3 + 0.0 * y, 9.3 - 0.05 * (y - 2) ** 2 * 0.3 - np.abs(x))
        cap = np.maximum(cap, np.minimum(sides, y + 4))
    inside = np.minimum(cap, bottom - y).astype(np.float32)
    surface = Surface.plain(view, HAIR[spec.hair_colour], gloss=0.42)
    flow = view.sample(cells().value, PITCH / 0.11, 9, stretch=0.09 if not long else 0.06)
    waves = view.swell(1.6, 21)
    surface.albedo *= (0.62 + 0.55 * flow + 0.10 * waves)[..., None]
    surface.rise(flow * np.float32(0.05) + waves * np.float32(0.05))
    height = 6.5 * np.sqrt(np.clip(1 - (x / 9.6) ** 2 - ((y + 1) / 13.5) ** 2, 0, 1))
    height = height + 0.8 * np.sqrt(np.clip(inside / 1.2, 0, 1))
    return surface, Body(height.astype(np.float32), _edge(view, inside * 0.6)), 0.35
