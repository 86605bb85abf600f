"""Light on the scene, and the camera that records it."""

from math import cos, radians, sin

import numpy as np
from PIL import Image

from .colour import Floats, develop
from .specs import Camera
from .surface import Surface
from .view import View

# Light wanders under the skin before it comes back, red the furthest: shadows start late and warm.
WRAP = (0.46, 0.32, 0.26)
FILL = 0.30


def normals(height: Floats, scale: float) -> tuple[Floats, Floats, Floats]:
    """Unit normals of a height field in cm; `scale` in pixels per cm."""
    dx, dy = np.empty_like(height), np.empty_like(height)
    half = np.float32(scale / 2)
    dx[:, 1:-1] = (height[:, :-2] - height[:, 2:]) * half
    dy[1:-1] = (height[:-2] - height[2:]) * half
    dx[:, 0], dx[:, -1] = dx[:, 1], dx[:, -2]
    dy[0], dy[-1] = dy[1], dy[-2]
    inverse = 1 / np.sqrt(1 + dx * dx + dy * dy)
    return dx * inverse, dy * inverse, inverse


def _lamp(camera: Camera) -> Floats:
    angle = radians(camera.light)
    lamp = np.array([cos(angle) * 0.62, sin(angle) * 0.62, 0.80])
    direction: Floats = (lamp / np.linalg.norm(lamp)).astype(np.float32)
    return direction


def lit(surface: Surface, macro: Floats, view: View, camera: Camera) -> Floats:
    """Linear light that leaves the surface on top of the body shape `macro` (cm)."""
    nx, ny, nz = normals(macro + surface.relief, view.scale)
    lamp = _lamp(camera)
    facing = nx * lamp[0] + ny * lamp[1] + nz * lamp[2]
    fill = FILL * (0.45 + 0.55 * nz)
    light = np.empty_like(surface.albedo)
    for channel, wrap in enumerate(WRAP):
        diffuse = np.clip((facing + wrap) * np.float32(1 / (1 + wrap)), 0, None)
        light[channel] = surface.albedo[channel] * (fill + diffuse * np.float32(1.02))
    light += _sheen(surface, (nx, ny, nz), lamp)
    return light


def _sheen(surface: Surface, normal: tuple[Floats, Floats, Floats], lamp: Floats) -> Floats:
    """Reflections: a broad one off dry skin, a small bright one where it is wet."""
    half = lamp + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    mirror = np.clip(normal[0] * half[0] + normal[1] * half[1] + normal[2] * half[2], 0, 1)
    # Powers by squaring: np.power costs ten times as much.
    m4 = mirror * mirror
    m4 *= m4
    m16 = m4 * m4
    m16 *= m16
    wet = m16 * m16
    wet *= wet * m16
    gloss = surface.gloss
    broad = np.float32(0.28) * gloss * (1 - np.float32(0.8) * gloss)
    sheen: Floats = broad * m16 * m4 + np.float32(0.8) * gloss * gloss * gloss * wet
    return sheen


def photograph(light: Floats, camera: Camera, seed: int) -> Image.Image:
    """Expose `light`: fall-off to the corners, white balance, sensor noise, 8-bit sRGB."""
    height, width = light.shape[1:]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-0.75, 0.75, height, dtype=np.float32)[:, None]
    angle = radians(camera.light)
    field = 1 - np.float32(0.17) * (x * x + y * y)
    field += np.float32(0.07) * (x * np.float32(cos(angle)) + y * np.float32(sin(angle)))
    field *= np.float32(camera.exposure)
    rng = np.random.default_rng(seed)
    grain = rng.standard_normal((height, width), dtype=np.float32)
    for channel, gain in enumerate((1 + camera.warmth, 1.0, 1 - camera.warmth)):
        plane = light[channel]
        plane *= field * np.float32(gain)
        plane += grain * (np.float32(0.0035) + np.float32(0.012) * plane)
    return Image.fromarray(develop(light))
