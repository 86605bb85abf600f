"""What lies under and over the patient: surgical drape with weave and folds."""

import numpy as np

from .colour import Floats, rgb
from .surface import Surface
from .view import View, blurred, smoothstep

COLOURS = {"green": rgb(62, 116, 110), "blue": rgb(74, 116, 152), "grey": rgb(126, 130, 133)}


def table(view: View, colour: str, seed: int) -> tuple[Surface, Floats]:
    """The cloth on the table, and its folds as height in cm."""
    surface = Surface.plain(view, COLOURS[colour], gloss=0.02)
    small = view.swell(3.0, seed + 41)
    ridge = view.swell(9.0, seed + 42) + 0.25 * view.swell(4.0, seed + 43)
    folds = 0.55 * view.swell(10.0, seed + 40) + 0.45 * np.exp(-np.abs(ridge) * np.float32(2.2))
    folds += 0.05 * small
    surface.albedo *= (1 + 0.035 * small)[..., None]
    _weave(surface, view)
    return surface, folds


def _weave(surface: Surface, view: View) -> None:
    thread = np.float32(2 * np.pi * min(view.scale / 5.2, 9.0))
    warp = np.sin(view.x * thread) + np.sin(view.y * thread)
    surface.rise(warp * np.float32(0.0022))
    surface.albedo *= (1 + 0.02 * warp)[..., None]


def window(view: View) -> tuple[Floats, Floats]:
    """An opening in a drape laid over the patient: 1 inside and 0 under cloth, and the hem's height."""
    wave = 0.10 * view.swell(6.0, 77)
    x, y = view.x + 0.05 * view.y, view.y - 0.03 * view.x
    inside = 7.0 - (np.abs(x / 1.22) ** 5 + np.abs(y / 0.86) ** 5) ** np.float32(0.2) + wave
    hem = 0.12 * smoothstep(-1.0, -0.9, inside) + 0.10 * np.exp(-(((inside + 0.1) / 0.12) ** 2))
    return smoothstep(-0.03, 0.03, inside), hem.astype(np.float32)


def shadow(view: View, cover: Floats, light: float, reach: float) -> Floats:
    """How dark a thing that covers `cover` makes what lies beside it; `reach` in cm."""
    offset = reach * view.scale
    angle = np.radians(light)
    rows = np.arange(view.height) + int(np.sin(angle) * offset)
    columns = np.arange(view.width) + int(np.cos(angle) * offset)
    moved = cover[np.clip(rows, 0, view.height - 1)][:, np.clip(columns, 0, view.width - 1)]
    return blurred(moved, offset * 0.8)
