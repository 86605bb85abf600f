"""Skin that is open and closes again: wounds, ulcers, burns, incisions."""

import numpy as np

from .colour import BLOOD, BRUISE, MELANIN, Floats, rgb
from .outline import cobbles, distance
from .specs import Lesion
from .surface import Surface
from .view import View, smoothstep

FLESH, FIBRIN, STEEL = rgb(138, 24, 26), rgb(190, 164, 112), rgb(196, 200, 204)
RAW, PALE, LOOSE_SKIN = rgb(206, 88, 80), rgb(230, 190, 166), rgb(236, 214, 190)
STAPLES_OUT = 0.45  # of the course


def wound(surface: Surface, view: View, lesion: Lesion) -> None:
    """An open wound that granulates, gains new skin from its edge and closes."""
    whole = distance(view, lesion, lesion.radius, 1.35)
    _open_wound(surface, view, lesion, whole, fibrin=0.35)


def ulcer(surface: Surface, view: View, lesion: Lesion) -> None:
    """A venous ulcer: shallow, much fibrin, in skin browned by old blood."""
    whole = distance(view, lesion, lesion.radius, 1.0)
    stained = smoothstep(5.5, 0.0, whole + view.swell(2.5, lesion.seed + 8))
    patchy = stained * (0.75 + 0.25 * view.clouds(0.9, lesion.seed + 9))
    surface.stain(MELANIN, patchy * np.float32(0.35))
    surface.stain(BLOOD, patchy * np.float32(0.30))
    surface.shine(0.3, stained * 0.5)
    _open_wound(surface, view, lesion, whole, fibrin=0.9)


def _open_wound(
    surface: Surface, view: View, lesion: Lesion, whole: Floats, *, fibrin: float
) -> None:
    open_share = (1 - lesion.stage) ** 0.8
    red = np.exp(np.maximum(whole, 0) * np.float32(-1.3))
    surface.stain(BLOOD, red * np.float32(0.5 * (1.15 - lesion.stage)))
    rim = np.exp(-((whole * np.float32(2.2)) ** 2))
    surface.rise(rim * np.float32(0.09 * (1 - lesion.stage)))
    _new_skin(surface, view, lesion, whole)
    if open_share > 0:
        # The bed keeps the outline of the whole wound, drawn in towards the middle.
        bed = whole + np.float32(lesion.radius * 1.1 * (1 - open_share))
        _bed(surface, view, lesion, bed, fibrin * (1 - lesion.stage) ** 1.3)


def _new_skin(surface: Surface, view: View, lesion: Lesion, whole: Floats) -> None:
    """Thin, pink, shining skin where the wound has been, with a darker margin later."""
    inside = smoothstep(0.22, -0.22, whole)
    patchy = 1 + 0.18 * view.swell(0.5, lesion.seed + 4)
    surface.stain(MELANIN, inside * np.float32(-0.22))
    surface.stain(BLOOD, inside * patchy * np.float32(0.52 - 0.22 * lesion.stage))
    margin = np.exp(-(((whole - 0.1) * np.float32(3.5)) ** 2))
    surface.stain(MELANIN, margin * np.float32(0.25 * lesion.stage))
    surface.flatten(inside * np.float32(0.7))
    surface.rise(inside * view.swell(0.4, lesion.seed + 5) * np.float32(0.010))
    surface.shine(0.34, inside * 0.8)


def _bed(surface: Surface, view: View, lesion: Lesion, bed: Floats, fibrin: float) -> None:
    """Granulation: red beads under a wet film, with yellow fibrin in places."""
    inside = smoothstep(0.05, -0.05, bed)
    beads = 0.6 * cobbles(view, 0.12, lesion.seed + 2) + 0.4 * cobbles(view, 0.21, lesion.seed + 5)
    deep = view.clouds(0.7, lesion.seed + 3)
    surface.flatten(inside)
    surface.cover(FLESH, inside, 0.60 + 0.55 * beads + 0.15 * deep)
    strands = view.swell(0.55, lesion.seed + 6) + 0.35 * deep
    film = smoothstep(1.5 - 2.1 * fibrin, 2.8 - 2.1 * fibrin, strands) * inside
    surface.cover(FIBRIN, film * np.float32(0.8), 0.75 + 0.3 * beads)
    rim = np.exp(-(((bed + 0.03) * np.float32(11)) ** 2))
    surface.stain(BLOOD, rim * np.float32(0.6))
    pit = smoothstep(0.08, -0.34, bed) * np.float32(0.10)
    lumps = 0.017 * beads + 0.018 * view.swell(0.35, lesion.seed + 7) * (1 - 0.4 * film)
    surface.rise(inside * lumps - pit)
    surface.shine(0.76, inside * (0.9 - 0.25 * film))


def burn(surface: Surface, view: View, lesion: Lesion) -> None:
    """A partial-thickness scald: moist pink base, pale patches, loose skin at the edge; then pink."""
    fresh = 1 - lesion.stage
    edge = distance(view, lesion, lesion.radius, 1.4)
    inside = smoothstep(0.10, -0.10, edge)
    mottle = view.swell(0.8, lesion.seed + 3) + 0.35 * view.clouds(0.5, lesion.seed + 4)
    halo = np.exp(np.maximum(edge, 0) * np.float32(-1.1))
    surface.stain(BLOOD, halo * np.float32(0.45 * fresh))
    surface.cover(RAW, inside * np.float32(0.85 * fresh), 0.85 + 0.12 * mottle)
    pale = smoothstep(0.6, 1.6, mottle) * inside
    surface.cover(PALE, pale * np.float32(0.7 * fresh))
    surface.stain(BLOOD, inside * np.float32(0.42 * lesion.stage * (1.25 - lesion.stage)))
    surface.stain(MELANIN, inside * np.float32(0.12 * lesion.stage))
    surface.flatten(inside * np.float32(0.7))
    curl = np.exp(-(((edge + 0.08) * np.float32(11)) ** 2)) * np.float32(fresh)
    surface.rise(curl * np.float32(0.05) + inside * mottle * np.float32(0.010))
    surface.cover(LOOSE_SKIN, curl * smoothstep(0, 1, mottle) * np.float32(0.7))
    surface.shine(0.15 + 0.6 * fresh, inside)


def incision(surface: Surface, view: View, lesion: Lesion) -> None:
    """A stapled surgical wound along x, `radius` to each side; the staples leave and it pales."""
    stage, reach = lesion.stage, lesion.radius
    line = view.y - np.float32(0.10) * view.swell(2.5, lesion.seed)
    ends = smoothstep(reach + 0.15, reach - 0.15, np.abs(view.x))
    seam = np.exp(-((line * np.float32(18)) ** 2)) * ends
    halo = np.exp(-((line * np.float32(1.8)) ** 2)) * ends
    surface.stain(
        BLOOD, halo * np.float32(0.5 - 0.4 * stage) + seam * np.float32(1.2 - 0.7 * stage)
    )
    surface.stain(BRUISE, halo * np.float32(0.18 * (1 - stage)))
    surface.stain(MELANIN, seam * np.float32(0.5 * (1 - stage)))
    lips = np.exp(-((line * np.float32(4.5)) ** 2)) * ends
    surface.rise(lips * np.float32(0.07) - seam * np.float32(0.06))
    for at in np.arange(-lesion.radius + 0.35, lesion.radius, 0.72):
        _staple(surface, view, line, float(at), present=stage < STAPLES_OUT)


def _staple(surface: Surface, view: View, line: Floats, at: float, *, present: bool) -> None:
    near = np.flatnonzero(np.abs(view.x - np.float32(at)).min(axis=0) < np.float32(0.4))
    part = (slice(None), slice(near[0], near[-1] + 1)) if near.size else (slice(0), slice(0))
    piece, off = surface.part(part), np.abs(line[part])
    column = np.abs(view.x[part] - np.float32(at) - np.float32(0.04 * np.sin(at * 9)))
    tips = np.exp(-((column * np.float32(14)) ** 2) - ((off - 0.30) * np.float32(14)) ** 2)
    piece.stain(BLOOD, tips * np.float32(0.9))
    if present:
        bar = smoothstep(0.042, 0.022, column) * smoothstep(0.33, 0.30, off)
        piece.cover(STEEL, bar)
        piece.rise(bar * np.sqrt(np.clip(1 - (column * np.float32(22)) ** 2, 0, 1)) * 0.05)
        piece.shine(1.0, bar)
