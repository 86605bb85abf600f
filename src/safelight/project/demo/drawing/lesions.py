"""Findings drawn on the skin at the origin, each with a course from first seen to healed."""

from collections.abc import Callable

import numpy as np

from .colour import BLOOD, BRUISE, MELANIN, Floats, rgb
from .plates import PITCH, cells
from .specs import Lesion, LesionKind
from .surface import Surface
from .view import View, smoothstep

FLESH, FIBRIN, NEW_SKIN = rgb(146, 30, 30), rgb(186, 162, 112), rgb(226, 150, 146)


def distance(view: View, lesion: Lesion, radius: float, stretch: float = 1.0) -> Floats:
    """Signed distance in cm from an uneven outline of `radius`; negative inside.

    The unevenness belongs to the finding, so that a wound keeps its shape while it shrinks.
    """
    warp = view.swell(max(lesion.radius * 0.9, 0.15), lesion.seed)
    small = view.swell(max(lesion.radius * 0.28, 0.06), lesion.seed + 1)
    fray = view.clouds(max(lesion.radius * 0.2, 0.05), lesion.seed + 1)
    r = np.hypot(view.x / np.float32(stretch), view.y)
    uneven = np.float32(0.15) * warp + np.float32(0.05) * small + np.float32(0.012) * fray
    return r - np.float32(radius) * (1 + uneven)


def cobbles(view: View, size: float, seed: int) -> Floats:
    """Domes about `size` cm across, 0 to 1."""
    return view.sample(cells().dome, PITCH / size, seed)


def wound(surface: Surface, view: View, lesion: Lesion) -> None:
    """An open wound that granulates, gains new skin from its edge and closes."""
    _open_wound(surface, view, lesion, halo=0.55, fibrin=0.35, stretch=1.35)


def ulcer(surface: Surface, view: View, lesion: Lesion) -> None:
    """A venous ulcer: shallow, much fibrin, in skin browned by old blood."""
    stained = np.exp(-np.maximum(distance(view, lesion, lesion.radius), 0) / np.float32(2.6))
    patchy = stained * (0.75 + 0.3 * view.clouds(0.9, lesion.seed + 9))
    surface.stain(MELANIN, patchy * np.float32(0.55))
    surface.stain(BLOOD, patchy * np.float32(0.30))
    surface.shine(0.3, stained * 0.5)
    _open_wound(surface, view, lesion, halo=0.4, fibrin=0.9, stretch=1.0)


def _open_wound(
    surface: Surface, view: View, lesion: Lesion, *, halo: float, fibrin: float, stretch: float
) -> None:
    stage = lesion.stage
    whole = distance(view, lesion, lesion.radius, stretch)
    bed = distance(view, lesion, lesion.radius * (1 - stage) ** 0.8, stretch)
    inflamed = np.exp(-np.maximum(whole, 0) / np.float32(0.75)) * np.float32(halo * (1.15 - stage))
    surface.stain(BLOOD, inflamed)
    surface.rise(np.exp(-((whole / np.float32(0.45)) ** 2)) * np.float32(0.09 * (1 - stage)))
    _new_skin(surface, view, lesion, whole)
    if stage < 1:
        _bed(surface, view, lesion, bed, fibrin * (1 - stage) ** 1.3)


def _new_skin(surface: Surface, view: View, lesion: Lesion, whole: Floats) -> None:
    """Thin, pink, shining skin where the wound has been."""
    inside = smoothstep(0.25, -0.22, whole)
    surface.cover(NEW_SKIN * surface.albedo[0, 0].max() ** np.float32(0.45), inside * 0.5)
    surface.stain(BLOOD, inside * np.float32(0.45 - 0.25 * lesion.stage))
    surface.relief *= 1 - 0.75 * inside
    surface.rise(inside * view.clouds(0.5, lesion.seed + 4) * np.float32(0.012))
    surface.shine(0.42, inside * 0.8)


def _bed(surface: Surface, view: View, lesion: Lesion, bed: Floats, fibrin: float) -> None:
    inside = smoothstep(0.05, -0.05, bed)
    rim = np.exp(-(((bed + 0.03) / np.float32(0.09)) ** 2))
    beads = 0.6 * cobbles(view, 0.13, lesion.seed + 2) + 0.4 * cobbles(view, 0.22, lesion.seed + 5)
    depth_of_red = view.clouds(0.7, lesion.seed + 3)
    flesh = FLESH * (0.62 + 0.55 * beads + 0.14 * depth_of_red)[..., None]
    surface.relief *= 1 - inside
    surface.cover(flesh, inside)
    strands = view.swell(0.55, lesion.seed + 6) + 0.35 * depth_of_red
    film = smoothstep(1.5 - 2.1 * fibrin, 2.6 - 2.1 * fibrin, strands) * inside
    surface.cover(FIBRIN * (0.75 + 0.3 * beads)[..., None], film * np.float32(0.82))
    surface.stain(BLOOD, rim * np.float32(0.7))
    pit = smoothstep(0.05, -0.30, bed) * np.float32(0.12)
    lumps = 0.016 * beads + 0.018 * view.swell(0.35, lesion.seed + 7) * (1 - 0.4 * film)
    surface.rise(inside * lumps - pit)
    surface.shine(0.74, inside * (0.9 - 0.25 * film))


def naevus(surface: Surface, view: View, lesion: Lesion) -> None:
    """A melanocytic naevus: brown, mottled, a little raised."""
    edge = distance(view, lesion, lesion.radius, 1.2)
    soft = smoothstep(0.16, -0.10, edge / np.float32(lesion.radius))
    mottle = view.clouds(lesion.radius * 0.55, lesion.seed + 2)
    middle = np.exp(-((edge / np.float32(lesion.radius) + 0.9) ** 2) * np.float32(2.2))
    surface.stain(MELANIN, soft * (0.95 + 0.22 * mottle + 0.55 * middle))
    surface.rise(smoothstep(0.1, -0.9, edge / np.float32(lesion.radius)) * np.float32(0.05))
    surface.rise(soft * cobbles(view, 0.07, lesion.seed) * np.float32(0.012))


def psoriasis(surface: Surface, view: View, lesion: Lesion) -> None:
    """Plaque psoriasis: sharp red plaques under silver scale, which thins and clears."""
    active = 1 - lesion.stage
    plaques = distance(view, lesion, lesion.radius, 1.25)
    rng = np.random.default_rng(lesion.seed)
    for angle, away, share in zip(
        rng.random(6) * 6.3, 1.25 + rng.random(6) * 1.1, 0.16 + 0.22 * rng.random(6), strict=True
    ):
        x = view.x - np.float32(np.cos(angle) * away * lesion.radius * 1.5)
        y = view.y - np.float32(np.sin(angle) * away * lesion.radius * 0.9)
        plaques = np.minimum(plaques, np.hypot(x, y) - np.float32(share * lesion.radius))
    plaques += np.float32(0.05) * view.swell(0.45, lesion.seed + 5)
    inside = smoothstep(0.07, -0.07, plaques + 0.02 * view.clouds(0.3, lesion.seed + 9))
    surface.stain(BLOOD, inside * np.float32(0.20 + 0.62 * active))
    surface.stain(MELANIN, inside * np.float32(0.10 + 0.10 * lesion.stage))
    surface.rise(smoothstep(0.05, -0.2, plaques) * np.float32(0.07 * active))
    _scale(surface, view, lesion, inside, plaques)


def _scale(surface: Surface, view: View, lesion: Lesion, inside: Floats, edge: Floats) -> None:
    """Silvery flakes: plates of dry skin with lifted edges."""
    active = 1 - lesion.stage
    flakes = view.sample(cells().value, PITCH / 0.16, lesion.seed + 6, stretch=1.5)
    dome = view.sample(cells().dome, PITCH / 0.16, lesion.seed + 6, stretch=1.5)
    crack = view.sample(cells().furrow, PITCH / 0.34, lesion.seed + 8)
    patch = view.swell(0.8, lesion.seed + 7) * np.float32(0.3) + view.clouds(0.3, lesion.seed) * 0.1
    middle = smoothstep(-0.02, -0.45, edge) * np.float32(0.5)
    amount = smoothstep(0.35, 1.15, flakes * 0.55 + patch + middle + active * 0.75 - 0.62)
    amount *= inside * (1 - 0.45 * crack) * np.float32(min(1.0, 1.3 * active))
    silver = rgb(222, 213, 206) * (0.62 + 0.45 * dome)[..., None]
    surface.cover(silver, amount * np.float32(0.72))
    surface.rise(amount * (dome + 0.5 * flakes) * np.float32(0.022))
    surface.shine(0.30, amount * 0.6)


def cellulitis(surface: Surface, view: View, lesion: Lesion) -> None:
    """Spreading redness, swollen and warm, drawing back from the margin once marked with a pen."""
    stage = lesion.stage
    first = distance(view, lesion, lesion.radius, 1.5)
    now = distance(view, lesion, lesion.radius * (1 - 0.75 * stage), 1.5)
    redness = smoothstep(0.8, -1.8, now) * np.float32(0.85 * (1 - 0.7 * stage))
    surface.stain(BLOOD, redness * (1 + 0.14 * view.clouds(0.7, lesion.seed + 4)))
    surface.rise(smoothstep(0.6, -2.5, now) * np.float32(0.25 * (1 - stage)))
    surface.shine(0.34, redness * 0.7)
    dashes = smoothstep(-0.25, 0.0, np.sin(np.arctan2(view.y, view.x) * np.float32(34)))
    pen = np.exp(-(((first - np.float32(0.45)) / np.float32(0.055)) ** 4)) * dashes
    surface.cover(rgb(62, 34, 110), pen * np.float32(0.8 - 0.35 * stage))


def burn(surface: Surface, view: View, lesion: Lesion) -> None:
    """A partial-thickness scald: moist pink base, pale patches, a curl of loose skin; then healing."""
    fresh = 1 - lesion.stage
    edge = distance(view, lesion, lesion.radius, 1.4)
    inside = smoothstep(0.10, -0.10, edge)
    mottle = view.swell(0.8, lesion.seed + 3) + 0.35 * view.clouds(0.5, lesion.seed + 4)
    halo = np.exp(-np.maximum(edge, 0) / np.float32(0.9)) * np.float32(0.45 * fresh)
    surface.stain(BLOOD, halo)
    raw = rgb(212, 92, 84) * (0.85 + 0.12 * mottle)[..., None]
    surface.cover(raw, inside * np.float32(0.85 * fresh))
    pale = smoothstep(0.7, 1.5, mottle + view.clouds(0.35, lesion.seed + 5) * np.float32(0.2))
    surface.cover(rgb(232, 196, 172), inside * pale * np.float32(0.8 * fresh))
    surface.stain(BLOOD, inside * np.float32(0.42 * (1 - fresh) * (1.25 - lesion.stage)))
    surface.stain(MELANIN, inside * np.float32(0.12 * lesion.stage))
    surface.relief *= 1 - np.float32(0.7) * inside
    curl = np.exp(-(((edge + 0.08) / np.float32(0.09)) ** 2)) * np.float32(fresh)
    surface.rise(curl * np.float32(0.05) + inside * mottle * np.float32(0.012))
    surface.cover(rgb(236, 214, 190), curl * smoothstep(0, 1, mottle) * np.float32(0.7))
    surface.shine(0.15 + 0.7 * fresh, inside)


def rash(surface: Surface, view: View, lesion: Lesion) -> None:
    """Scattered macules and papules, denser in the middle, that fade one after another."""
    r = np.hypot(view.x / np.float32(1.3), view.y) * np.float32(1 / lesion.radius)
    spots = np.zeros_like(r)
    for pitch, salt in ((0.75, 0), (0.5, 1)):
        chance = view.sample(cells().value, PITCH / pitch, lesion.seed + salt)
        dome = view.sample(cells().dome, PITCH / pitch, lesion.seed + salt)
        there = smoothstep(0.0, 0.25, chance - 0.35 - 0.33 * r - 0.55 * lesion.stage)
        spots = np.maximum(spots, there * smoothstep(0.50, 0.72, dome))
    spots *= 0.85 + 0.2 * view.clouds(0.4, lesion.seed + 3)
    surface.stain(BLOOD, spots * np.float32(0.62 - 0.25 * lesion.stage))
    surface.rise(spots * np.float32(0.03 * (1 - lesion.stage)))
    flush = np.exp(-r * r * np.float32(1.4)) * np.float32(0.16 * (1 - lesion.stage))
    surface.stain(BLOOD, flush)


def incision(surface: Surface, view: View, lesion: Lesion) -> None:
    """A stapled surgical wound along x, `radius` to each side; the staples leave and it pales."""
    stage, reach = lesion.stage, np.float32(lesion.radius)
    line = view.y - np.float32(0.10) * view.swell(2.5, lesion.seed)
    ends = smoothstep(reach + 0.15, reach - 0.15, np.abs(view.x))
    seam = np.exp(-((line / np.float32(0.055)) ** 2)) * ends
    halo = np.exp(-((line / np.float32(0.55)) ** 2)) * ends
    surface.stain(
        BLOOD, halo * np.float32(0.50 * (1 - 0.8 * stage)) + seam * np.float32(1.2 - 0.7 * stage)
    )
    surface.stain(BRUISE, halo * np.float32(0.18 * (1 - stage)))
    surface.stain(MELANIN, seam * np.float32(0.5 * (1 - stage)))
    surface.rise(
        np.exp(-((line / np.float32(0.22)) ** 2)) * ends * np.float32(0.07)
        - seam * np.float32(0.06)
    )
    for at in np.arange(-lesion.radius + 0.35, lesion.radius, 0.72):
        _staple(surface, view, line, float(at), present=stage < 0.45)


def _staple(surface: Surface, view: View, line: Floats, at: float, *, present: bool) -> None:
    column = np.abs(view.x - np.float32(at) - np.float32(0.04) * np.float32(np.sin(at * 9)))
    tips = np.exp(
        -((column / np.float32(0.07)) ** 2) - (((np.abs(line) - 0.30) / np.float32(0.07)) ** 2)
    )
    surface.stain(BLOOD, tips * np.float32(0.9))
    if present:
        bar = smoothstep(0.042, 0.022, column) * smoothstep(0.33, 0.30, np.abs(line))
        surface.cover(rgb(196, 200, 204), bar)
        surface.rise(bar * np.sqrt(np.clip(1 - (column / 0.045) ** 2, 0, 1)) * np.float32(0.05))
        surface.shine(1.0, bar)


def none(_surface: Surface, _view: View, _lesion: Lesion) -> None:
    """Healthy skin."""


LESIONS: dict[LesionKind, Callable[[Surface, View, Lesion], None]] = {
    "naevus": naevus,
    "psoriasis": psoriasis,
    "cellulitis": cellulitis,
    "wound": wound,
    "burn": burn,
    "rash": rash,
    "ulcer": ulcer,
    "incision": incision,
    "none": none,
}
