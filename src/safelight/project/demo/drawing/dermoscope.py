"""A naevus under a contact dermoscope: a round, evenly lit field with a pigment network."""

import numpy as np
from PIL import Image

from .colour import BLOOD, MELANIN, Floats, tone
from .lighting import photograph
from .outline import distance
from .plates import PITCH, cells
from .specs import Camera, DermoscopicPicture, Lesion
from .surface import Surface
from .view import View, smoothstep

FIELD = 0.69  # cm, radius of the contact plate
MESH = 0.058  # cm between the lines of a pigment network


def dermoscopic_picture(spec: DermoscopicPicture, size: tuple[int, int]) -> Image.Image:
    """The view through the plate, with its millimetre scale; `camera.width` is ignored."""
    near = Camera(width=1.86, shift=spec.camera.shift, turn=spec.camera.turn)
    view = View.of(near, size)
    surface = Surface.plain(view, tone(spec.skin.tone) * np.float32(1.05))
    _background(surface, view, spec)
    _naevus(surface, view, spec)
    plate = View.of(Camera(width=1.86), size)
    light = surface.albedo
    _bubbles(light, plate, spec.seed)
    r = np.hypot(plate.x, plate.y)
    light *= smoothstep(FIELD, FIELD - 0.012, r) * (1 - 0.25 * (r / FIELD) ** 3)
    _scale(light, plate)
    return photograph(light, spec.camera, spec.seed)


def _background(surface: Surface, view: View, spec: DermoscopicPicture) -> None:
    """Faint vessels, pale follicle openings and the ghost of the network around."""
    surface.stain(BLOOD, 0.05 * view.swell(0.3, spec.seed) + 0.05 * view.clouds(0.1, spec.seed + 1))
    follicle = view.sample(cells().dome, PITCH / 0.17, spec.seed + 2)
    surface.stain(MELANIN, smoothstep(0.72, 0.92, follicle) * np.float32(-0.16))
    net = view.sample(cells().furrow, PITCH / MESH, spec.seed + 3)
    surface.stain(MELANIN, net * np.float32(0.05))


def _naevus(surface: Surface, view: View, spec: DermoscopicPicture) -> None:
    lesion = Lesion(kind="naevus", radius=spec.radius, seed=spec.seed)
    edge = distance(view, lesion, spec.radius, 1.15) * np.float32(1 / spec.radius)
    inside = smoothstep(0.10, -0.16, edge)
    core = smoothstep(-0.20, -0.85, edge + 0.10 * view.swell(0.12, spec.seed + 4))
    net = view.sample(cells().furrow, PITCH / MESH, spec.seed + 3)
    bold = 0.75 + 0.28 * view.swell(0.18, spec.seed + 5)
    surface.stain(MELANIN, inside * (0.30 + 0.10 * view.swell(0.22, spec.seed + 6)))
    surface.stain(MELANIN, inside * (1 - 0.75 * core) * net * np.float32(1.1) * bold)
    surface.stain(MELANIN, core * (0.55 + 0.12 * view.clouds(0.1, spec.seed + 7)))
    dots = view.sample(cells().dome, PITCH / 0.045, spec.seed + 8)
    chance = view.sample(cells().value, PITCH / 0.045, spec.seed + 8)
    ring = np.exp(-(((edge + 0.3) / np.float32(0.3)) ** 2))
    globules = smoothstep(0.62, 0.76, dots) * smoothstep(0.72, 0.78, chance) * ring
    surface.stain(MELANIN, globules * np.float32(1.1))


def _bubbles(light: Floats, plate: View, seed: int) -> None:
    """Air caught in the contact gel."""
    rng = np.random.default_rng(seed)
    for _ in range(9):
        angle, away, radius = (
            rng.random() * 6.3,
            0.3 + 0.35 * rng.random(),
            0.006 + 0.02 * rng.random(),
        )
        r = np.hypot(
            plate.x - np.float32(np.cos(angle) * away), plate.y - np.float32(np.sin(angle) * away)
        ) * np.float32(1 / radius)
        ring = np.exp(-(((r - 1) / np.float32(0.16)) ** 2))
        light *= 1 - 0.35 * ring
        light += (0.18 * smoothstep(0.9, 0.2, r)) * np.float32(0.5)


def _scale(light: Floats, plate: View) -> None:
    """Millimetre ticks engraved at the lower rim."""
    ticks = np.abs((plate.x * 10 + 0.5) % 1 - 0.5) * np.float32(0.1)
    long = np.abs((plate.x * 2 + 0.5) % 1 - 0.5) < 0.08
    top = np.float32(0.565) - 0.02 * long
    mark = smoothstep(0.0030, 0.0018, ticks) * (plate.y > top) * (plate.y < 0.60)
    mark *= np.abs(plate.x) < 0.305
    light *= 1 - 0.85 * mark
