"""What lies under and over the patient: surgical drape with weave and folds."""

import numpy as np
from PIL import Image

from .colour import Floats, rgb
from .lighting import lit
from .specs import Camera
from .surface import Surface
from .view import View, blurred, smoothstep

Cloth = tuple[str, int]  # a colour and a seed for its folds
COLOURS = {"green": rgb(62, 116, 110), "blue": rgb(74, 116, 152), "grey": rgb(126, 130, 133)}


def on_table(light: Floats, cover: Floats, view: View, camera: Camera, cloth: Cloth) -> None:
    """Show the table wherever `cover` leaves it bare, and let what lies there cast its shadow.

    The cloth is behind the plane of focus, so it is made at half the size and enlarged.
    """
    behind = view.coarser(2)
    surface, folds = _cloth(behind, cloth)
    backdrop = lit(surface, folds, behind, camera)
    backdrop *= 1 - np.float32(0.62) * shadow(behind, cover[::2, ::2], camera.light, 0.9)
    for channel, far in enumerate(backdrop):
        soft = Image.fromarray(far).resize((view.width, view.height), Image.Resampling.BILINEAR)
        away = np.asarray(soft)
        light[channel] = away + (light[channel] - away) * cover


def under_drape(light: Floats, view: View, camera: Camera, cloth: Cloth) -> None:
    """Lay a drape with an opening over the patient."""
    opening, hem = _window(view)
    surface, folds = _cloth(view, cloth)
    over = lit(surface, folds + hem, view, camera)
    light *= 1 - np.float32(0.5) * shadow(view, 1 - opening, camera.light, 0.35)
    light += (over - light) * (1 - opening)


def _cloth(view: View, cloth: Cloth) -> tuple[Surface, Floats]:
    """Woven cotton, and its folds as height in cm."""
    colour, seed = cloth
    surface = Surface.plain(view, COLOURS[colour], gloss=0.02)
    small = view.swell(3.0, seed + 41)
    ridge = view.swell(9.0, seed + 42) + 0.25 * view.swell(4.0, seed + 43)
    folds = 0.55 * view.swell(10.0, seed + 40) + 0.45 * np.exp(-np.abs(ridge) * np.float32(2.2))
    surface.albedo *= 1 + np.float32(0.035) * small
    _weave(surface, view)
    return surface, folds + np.float32(0.05) * small


def _weave(surface: Surface, view: View) -> None:
    thread = np.float32(2 * np.pi * min(view.scale / 4.4, 9.0))
    warp = np.sin(view.x * thread) + np.sin(view.y * thread)
    surface.rise(warp * np.float32(0.003))
    surface.albedo *= 1 + 0.02 * warp


def _window(view: View) -> tuple[Floats, Floats]:
    """An opening in a drape laid over the patient: 1 inside and 0 under cloth, and the hem's height."""
    wave = 0.10 * view.swell(6.0, 77)
    x, y = view.x + 0.05 * view.y, view.y - 0.03 * view.x
    inside = 7.0 - (np.abs(x / 1.22) ** 5 + np.abs(y / 0.86) ** 5) ** np.float32(0.2) + wave
    hem = 0.12 * smoothstep(-1.0, -0.9, inside) + 0.10 * np.exp(-(((inside + 0.1) / 0.12) ** 2))
    return smoothstep(-0.03, 0.03, inside), hem.astype(np.float32)


def shadow(view: View, cover: Floats, light: float, reach: float) -> Floats:
    """How dark a thing that covers `cover` makes what lies beside it; `reach` in cm."""
    offset = reach * view.scale
    step = int(np.clip(offset * 0.4, 1, 8))
    angle = np.radians(light)
    rows = np.arange(0, view.height, step) + int(np.sin(angle) * offset)
    columns = np.arange(0, view.width, step) + int(np.cos(angle) * offset)
    inside = np.ix_(np.clip(rows, 0, view.height - 1), np.clip(columns, 0, view.width - 1))
    return blurred(cover[inside], offset * 0.8 / step, (view.width, view.height))
