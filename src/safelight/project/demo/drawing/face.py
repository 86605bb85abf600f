"""A friendly face that is nobody's: simple shapes, shaded like the rest."""

import numpy as np
from PIL import Image

from .bodies import Body
from .colour import BLOOD, MELANIN, Floats, rgb
from .drapes import shadow
from .features import brows, eyes, mouth, relief
from .lesions import add_lesion
from .lighting import lit, photograph
from .plates import FINE, clouds
from .skin import bare
from .specs import FacePicture
from .surface import Surface
from .view import View, bump, smoothstep

CHEEK = (4.2, 3.2)  # cm, where a finding sits: the left cheek, on the right of the picture
FEATURES = 11.5  # cm from the origin within which eyes, nose and mouth lie
HAIR = {
    "black": rgb(40, 33, 31),
    "brown": rgb(92, 63, 43),
    "blond": rgb(184, 146, 92),
    "grey": rgb(164, 162, 158),
    "red": rgb(146, 76, 42),
}
BACKDROP, GOWN, DOTS = rgb(150, 160, 168), rgb(124, 158, 178), rgb(226, 234, 238)

Layer = tuple[Surface, Body]


def face_picture(spec: FacePicture, size: tuple[int, int]) -> Image.Image:
    """Head and shoulders against a plain backdrop; the origin is the middle of the face."""
    view = View.of(spec.camera, size)
    glow = np.exp(-((view.x + 3) ** 2 + (view.y + 2) ** 2) * np.float32(1 / 420))
    light = BACKDROP[:, None, None] * (0.42 + 0.62 * glow)
    skin = bare(view, spec.skin)
    layers = (_gown(view), _bust(view, skin.copy()), _head(view, skin, spec), _hair(view, spec))
    for (surface, body), reach in zip(layers, (0.6, 0.5, 1.1, 0.3), strict=True):
        light *= 1 - np.float32(0.42) * shadow(view, body.cover, spec.camera.light, reach)
        layer = lit(surface, body.height, view, spec.camera)
        light += (layer - light) * body.cover
    return photograph(light, spec.camera, spec.skin.seed)


def _collar(view: View) -> Floats:
    """Distance outside the neckline of the gown, in cm."""
    outside: Floats = np.hypot(view.x * np.float32(0.95), view.y - np.float32(10.6)) - np.float32(
        6.4
    )
    return outside


def _gown(view: View) -> Layer:
    x, y = view.x, view.y
    surface = Surface.plain(view, GOWN, gloss=0.03)
    dots = smoothstep(0.80, 0.90, np.sin(x * np.float32(4.2)) * np.sin(y * np.float32(4.2)))
    surface.cover(DOTS, dots * np.float32(0.7))
    depth = y - 11.9 - 0.035 * x * x + 1.2 * np.exp(-((x / 5.5) ** 2))
    height = 4.5 * np.sqrt(np.clip(depth / 9, 0, 1)) - 0.02 * x * x + 0.3 * view.swell(5.0, 3)
    height += 0.25 * np.exp(-((_collar(view) * 3) ** 2))
    return surface, Body(height, view.edge(np.minimum(depth, _collar(view))))


def _bust(view: View, skin: Surface) -> Layer:
    half = 4.7 + 0.12 * np.maximum(view.y - 11, 0) ** 2
    across = np.clip(np.abs(view.x) / half, 0, 1)
    height = 4 * np.sqrt(1 - across * across)
    inside = np.minimum(np.minimum(half - np.abs(view.x), view.y - 3), -_collar(view))
    return skin, Body(height, view.edge(inside))


def _egg(x: Floats, y: Floats) -> Floats:
    """Depth inside the head, in cm, roughly: an egg with a jaw."""
    low = np.maximum(y - 1, 0)
    half = 7.3 - 0.10 * low - 0.014 * low * low
    up = np.where(y < 0, y / np.float32(10.4), y / np.float32(10.3))
    r = (np.abs(x / half) ** np.float32(2.3) + np.abs(up) ** np.float32(2.3)) ** np.float32(1 / 2.3)
    return (1 - r) * 7


def _head(view: View, skin: Surface, spec: FacePicture) -> Layer:
    x, y = view.x, view.y
    inside = _egg(x, y)
    ears = 1 - np.hypot((np.abs(x) - 7.15) / 1.05, (y - 0.9) / 2.0)
    height = 6.2 * np.sqrt(np.maximum(1 - np.clip(1 - inside / 7, 0, 1) ** np.float32(2.4), 0))
    near, window = view.near(FEATURES)
    height[window] += relief(near.x, near.y)
    height = np.maximum(height, 1.4 * np.sqrt(np.clip(ears, 0, 1)))
    skin.relief *= np.float32(0.45)
    ax = np.abs(x)
    skin.stain(BLOOD, 0.22 * bump(ax - 4.3, y - 3.1, 1.8, 1.5) + 0.14 * bump(x, y - 2.8, 1.1, 1))
    middle = skin.part(window)
    eyes(middle, near, spec)
    brows(middle, near, HAIR[spec.hair_colour])
    mouth(middle, near)
    add_lesion(skin, view.moved(*CHEEK), spec.lesion)
    return skin, Body(height, view.edge(np.maximum(inside, ears * np.float32(1.3))))


def _hair(view: View, spec: FacePicture) -> Layer:
    """Hair is what lies in a larger egg but outside the oval of the face."""
    x, y = view.x, view.y
    long = spec.hair_length == "long"
    crown = 1 - np.hypot(x / np.float32(8.7 if long else 8.0), (y + 1.6) / np.float32(10.4))
    if long:
        hang = 8.7 - np.abs(x) + 0.5 * smoothstep(-2, 8, y) - 0.05 * np.maximum(y - 7, 0) ** 2
        crown = np.where(y > -1.6, hang * np.float32(1 / 8), crown)
    sweep = y + 0.35 * (x - 2.0) * smoothstep(4, -8, y)
    oval = np.hypot(x / np.float32(6.7), (sweep - 1.6) / np.float32(8.0)) - 1
    end = (9.0 if long else 0.3) + 0.35 * view.swell(1.5, spec.skin.seed) - y
    inside = np.minimum(np.minimum(crown * 8, oval * 6), end)
    surface = _strands(view, HAIR[spec.hair_colour])
    dome = np.sqrt(np.clip(1 - (x / 9.6) ** 2 - ((y + 1) / 13.5) ** 2, 0, 1))
    height = 6.5 * dome + 0.8 * np.sqrt(np.clip(inside / 1.2, 0, 1))
    surface.stain(MELANIN, 0.5 * smoothstep(0.8, 0.0, oval * 6))
    return surface, Body(height, smoothstep(-0.10, 0.16, inside + 0.05 * view.clouds(0.5, 3)))


def _strands(view: View, colour: Floats) -> Surface:
    """Combed hair: noise drawn out along y."""
    surface = Surface.plain(view, colour, gloss=0.30)
    flow = view.sample(clouds(FINE), 60, 9, stretch=0.08)
    locks = view.sample(clouds(FINE), 22, 10, stretch=0.16)
    surface.albedo *= np.clip(0.95 + 0.20 * flow + 0.14 * locks, 0.3, 1.7)
    surface.rise(flow * np.float32(0.02) + locks * np.float32(0.06))
    return surface
