"""Eyes, brows, nose and mouth of the synthetic face."""

import numpy as np

from .colour import BLOOD, MELANIN, Floats, rgb
from .plates import FINE, clouds
from .specs import FacePicture
from .surface import Surface
from .view import View, bump, smoothstep

EYE = (3.05, -0.6)
MOUTH = 5.7
DARK_IRIS_FROM = 4  # skin tone
IRISES = (rgb(84, 54, 30), rgb(70, 92, 104), rgb(86, 96, 58))
DARK_IRIS, SCLERA = rgb(66, 40, 24), rgb(226, 221, 214)
BLACK, WHITE, LASH = rgb(12, 10, 10), rgb(255, 255, 255), rgb(34, 24, 20)


def relief(x: Floats, y: Floats) -> Floats:
    """Sockets, brow, nose, cheeks, lips and chin as height in cm over the egg of the head."""
    ax = np.abs(x)
    eye = -0.75 * bump(ax - EYE[0], y - EYE[1], 1.7, 1.15) + 0.25 * bump(ax - 3, y + 2.7, 2.4, 0.8)
    nose = 0.75 * bump(x, y - 0.9, 0.85, 2.2) + 1.0 * bump(x, y - 2.6, 1.05, 0.95)
    nose += 0.45 * bump(ax - 1.1, y - 2.9, 0.55, 0.55)
    cheeks = 0.40 * bump(ax - 4.2, y - 3.0, 1.8, 1.7) + 0.45 * bump(x, y - 8.6, 1.7, 1.0)
    line = _smile(x, y)
    lips = 0.30 * np.exp(-(((line + 0.40) * 2.8) ** 2)) + 0.40 * np.exp(
        -(((line - 0.5) * 2.2) ** 2)
    )
    lips = lips * np.exp(-((x / 2.0) ** 2)) - 0.1 * bump(x, y - 4.5, 0.3, 0.6)
    height: Floats = eye + nose + cheeks + lips
    return height


def _smile(x: Floats, y: Floats) -> Floats:
    """Height below the line between the lips, in cm."""
    return y - np.float32(MOUTH) + np.float32(0.055) * x * x


def eyes(surface: Surface, view: View, spec: FacePicture) -> None:
    """Both eyes; `x` runs outwards from the middle of each."""
    x, y = np.abs(view.x) - np.float32(EYE[0]), view.y - np.float32(EYE[1])
    lid, low = y + 0.72 - 0.36 * x * x, 0.50 - 0.24 * x * x - y
    opening = view.edge(np.minimum(lid, low))
    shade = 0.66 + 0.34 * smoothstep(0.0, 0.6, lid)
    surface.flatten(opening)
    surface.cover(SCLERA, opening, shade)
    _iris(surface, view, spec, opening, shade)
    fringe = smoothstep(1.56, 1.40, np.abs(x))
    lash = np.exp(-((lid * 10) ** 2)) * smoothstep(-0.3, -0.1, low) * fringe
    surface.cover(LASH, lash * np.float32(0.9))
    crease = np.exp(-(((y + 1.12 - 0.26 * x * x) * 10) ** 2)) * np.exp(-((x / 1.2) ** 2))
    surface.stain(MELANIN, crease * np.float32(0.40))
    surface.stain(MELANIN, 0.14 * bump(x, y - 0.2, 1.6, 1.1) * (1 - opening))
    surface.stain(BLOOD, np.exp(-(((low + 0.06) * 14) ** 2)) * fringe * np.float32(0.30))


def _iris(surface: Surface, view: View, spec: FacePicture, opening: Floats, shade: Floats) -> None:
    x, y = np.abs(view.x) - np.float32(EYE[0]), view.y - np.float32(EYE[1])
    gaze = np.hypot(x + np.float32(0.05) * np.sign(view.x), y + np.float32(0.08))
    dark = spec.skin.tone >= DARK_IRIS_FROM
    colour = DARK_IRIS if dark else IRISES[spec.skin.seed % len(IRISES)]
    ring = 0.65 + 0.8 * smoothstep(0.2, 0.5, gaze) * smoothstep(0.62, 0.5, gaze)
    surface.cover(colour, opening * smoothstep(0.63, 0.57, gaze), ring * shade)
    surface.cover(BLACK, opening * smoothstep(0.28, 0.24, gaze))
    glint = np.hypot(x * np.sign(view.x) + np.float32(0.20), y + np.float32(0.28))
    surface.cover(WHITE, opening * smoothstep(0.13, 0.08, glint))


def brows(surface: Surface, view: View, colour: Floats) -> None:
    """Arched above each eye, thinner outwards, made of hairs."""
    x, y = np.abs(view.x) - np.float32(EYE[0]), view.y - np.float32(EYE[1] - 2.05)
    arch = y - 0.085 * (x - 0.5) ** 2
    taper = 0.36 - 0.10 * (x + 0.3)
    hairs = view.sample(clouds(FINE), 60, 5, stretch=2.0)
    brow = smoothstep(-0.06, 0.26, taper - np.abs(arch) + 0.04 * hairs)
    brow *= smoothstep(2.15, 1.5, np.abs(x))
    surface.cover(colour * np.float32(0.75), brow * np.float32(0.88))


def mouth(surface: Surface, view: View) -> None:
    """A closed, slight smile, and the nostrils above it."""
    x, y = view.x, view.y
    line = _smile(x, y)
    wide = np.maximum(1 - (x / np.float32(2.75)) ** 2, 0)
    bow = 0.58 - 0.16 * np.exp(-((x / 0.45) ** 2))
    upper = view.edge(np.minimum(line + bow * wide, 0.02 - line))
    lower = view.edge(np.minimum(line + 0.02, 0.88 * wide - line))
    lips = np.maximum(upper, lower) * smoothstep(0.0, 0.25, wide)
    surface.stain(BLOOD, lips * np.float32(0.42) + upper * np.float32(0.10))
    surface.stain(MELANIN, lips * np.float32(0.12))
    surface.flatten(lips * np.float32(0.8))
    surface.shine(0.28, lips)
    seam = np.exp(-((line * 12) ** 2)) * smoothstep(0, 0.12, wide)
    corner = bump(np.abs(x) - 2.75, line, 0.22, 0.16)
    nostrils = bump(np.abs(x) - 0.60, y - 3.5, 0.27, 0.14)
    surface.stain(MELANIN, seam + corner * np.float32(0.5) + nostrils * np.float32(1.2))
