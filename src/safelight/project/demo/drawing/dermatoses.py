"""Skin that is whole but changed: naevi, plaques, redness, rashes."""

import numpy as np

from .colour import BLOOD, MELANIN, Floats, rgb
from .outline import cobbles, distance
from .plates import PITCH, cells
from .specs import Lesion
from .surface import Surface
from .view import View, smoothstep

SILVER, PEN = rgb(222, 213, 206), rgb(62, 34, 110)


def naevus(surface: Surface, view: View, lesion: Lesion) -> None:
    """A melanocytic naevus: brown, mottled, a little raised."""
    edge = distance(view, lesion, lesion.radius, 1.2) * np.float32(1 / lesion.radius)
    soft = smoothstep(0.16, -0.10, edge)
    mottle = view.clouds(lesion.radius * 0.55, lesion.seed + 2)
    middle = np.exp(-((edge + 0.9) ** 2) * np.float32(2.2))
    surface.stain(MELANIN, soft * (0.95 + 0.22 * mottle + 0.55 * middle))
    surface.rise(smoothstep(0.1, -0.9, edge) * np.float32(0.05))
    surface.rise(soft * cobbles(view, 0.07, lesion.seed) * np.float32(0.012))


def psoriasis(surface: Surface, view: View, lesion: Lesion) -> None:
    """Plaque psoriasis: sharp red plaques under silver scale, which thins and clears."""
    active = 1 - lesion.stage
    edge = np.minimum(distance(view, lesion, lesion.radius, 1.25), _satellites(view, lesion))
    edge += np.float32(0.05) * view.swell(0.45, lesion.seed + 5)
    inside = smoothstep(0.07, -0.07, edge + 0.02 * view.clouds(0.3, lesion.seed + 9))
    surface.stain(BLOOD, inside * np.float32(0.20 + 0.55 * active))
    surface.stain(MELANIN, inside * np.float32(0.14 + 0.08 * lesion.stage))
    surface.rise(smoothstep(0.05, -0.2, edge) * np.float32(0.07 * active))
    _scale(surface, view, lesion, inside, edge)


def _satellites(view: View, lesion: Lesion) -> Floats:
    """Distance from the smaller plaques around."""
    rng = np.random.default_rng(lesion.seed)
    edge = np.full_like(view.x, 99)
    for angle, away, share in rng.random((6, 3)) * (6.3, 1.1, 0.22) + (0, 1.25, 0.16):
        x = view.x - np.float32(np.cos(angle) * away * lesion.radius * 1.5)
        y = view.y - np.float32(np.sin(angle) * away * lesion.radius * 0.9)
        edge = np.minimum(edge, np.hypot(x, y) - np.float32(share * lesion.radius))
    return edge


def _scale(surface: Surface, view: View, lesion: Lesion, inside: Floats, edge: Floats) -> None:
    """Silvery flakes: plates of dry skin with lifted edges."""
    active = 1 - lesion.stage
    seed, pitch = lesion.seed + 6, PITCH / 0.16
    flakes = view.sample(cells().value, pitch, seed, stretch=1.5)
    dome = view.sample(cells().dome, pitch, seed, stretch=1.5)
    crack = view.sample(cells().furrow, PITCH / 0.34, lesion.seed + 8)
    patch = 0.3 * view.swell(0.8, lesion.seed + 7) + 0.22 * view.clouds(0.3, lesion.seed)
    middle = smoothstep(-0.02, -0.45, edge) * np.float32(0.5)
    amount = smoothstep(0.35, 1.15, flakes * 0.38 + patch + middle + active * 0.75 - 0.55)
    amount *= inside * (1 - 0.25 * crack) * np.float32(min(1.0, 1.3 * active))
    surface.cover(SILVER, amount * np.float32(0.72), 0.62 + 0.45 * dome)
    surface.rise(amount * (dome + 0.5 * flakes) * np.float32(0.022))
    surface.shine(0.30, amount * 0.6)


def cellulitis(surface: Surface, view: View, lesion: Lesion) -> None:
    """Spreading redness, swollen and warm, drawing back from the margin once marked with a pen."""
    stage = lesion.stage
    first = distance(view, lesion, lesion.radius, 1.5)
    now = first + np.float32(lesion.radius * 0.8 * stage)
    redness = smoothstep(0.8, -1.8, now) * np.float32(0.85 * (1 - 0.75 * stage))
    surface.stain(BLOOD, redness * (1 + 0.14 * view.clouds(0.7, lesion.seed + 4)))
    surface.rise(smoothstep(0.6, -2.5, now) * np.float32(0.25 * (1 - stage)))
    surface.shine(0.34, redness * 0.7)
    dashes = smoothstep(-0.25, 0.0, np.sin(np.arctan2(view.y, view.x) * np.float32(34)))
    pen = np.exp(-(((first - np.float32(0.45)) * np.float32(18)) ** 4)) * dashes
    surface.cover(PEN, pen * np.float32(0.8 - 0.35 * stage))


def rash(surface: Surface, view: View, lesion: Lesion) -> None:
    """Scattered macules and papules, denser in the middle, that fade one after another."""
    r = np.hypot(view.x / np.float32(1.3), view.y) * np.float32(1 / lesion.radius)
    spots = np.zeros_like(r)
    for pitch, salt in ((0.75, 0), (0.5, 1)):
        chance = view.sample(cells().value, PITCH / pitch, lesion.seed + salt)
        dome = cobbles(view, pitch, lesion.seed + salt)
        there = smoothstep(0.0, 0.25, chance - 0.35 - 0.33 * r - 0.55 * lesion.stage)
        spots = np.maximum(spots, there * smoothstep(0.56, 0.78, dome))
    spots *= 0.85 + 0.2 * view.clouds(0.4, lesion.seed + 3)
    surface.stain(BLOOD, spots * np.float32(0.58 - 0.25 * lesion.stage))
    surface.rise(spots * np.float32(0.03 * (1 - lesion.stage)))
    flush = np.exp(-r * r * np.float32(1.4)) * np.float32(0.16 * (1 - lesion.stage))
    surface.stain(BLOOD, flush)
