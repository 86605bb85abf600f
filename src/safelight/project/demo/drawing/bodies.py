"""Shapes of the parts of the body, as height in cm over the table; the finding sits at the origin."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .colour import Floats
from .specs import Framing
from .view import View, bump, smoothstep


@dataclass(frozen=True, slots=True)
class Body:
    """`height` in cm; `cover` is 1 where there is body, 0 where the background shows."""

    height: Floats
    cover: Floats


def _limb(view: View, across: Floats, half: Floats, depth: float = 0.85) -> Body:
    """A rounded limb: `across` is the distance from its axis and `half` its half width, in cm."""
    d = np.clip(np.abs(across) / half, 0, 1)
    d2 = d * d
    height = half * np.float32(depth) * np.sqrt(np.maximum(1 - d2 * (0.35 + 0.65 * d2), 0))
    return Body(height, view.edge(half - np.abs(across)))


WRIST = 3.4  # cm, half the width of a wrist that wears a band
Point = tuple[float, float]
# Thumb to little finger: knuckle, tip, radius at both, in cm from the middle of the back of the hand.
FINGERS: tuple[tuple[Point, Point, float, float], ...] = (
    ((-0.6, 3.2), (-6.3, 6.6), 1.35, 0.95),
    ((-3.6, 2.75), (-11.0, 4.2), 1.08, 0.78),
    ((-4.1, 0.85), (-12.1, 1.1), 1.10, 0.80),
    ((-3.9, -1.05), (-11.4, -2.1), 1.06, 0.76),
    ((-3.3, -2.75), (-9.1, -5.0), 0.95, 0.66),
)


def _along(x: Floats, y: Floats, start: Point, end: Point) -> tuple[Floats, Floats]:
    """Along (0 at start, 1 at end, clipped) and across (cm) the line from start to end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    t = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy), 0, 1)
    return t, np.hypot(x - start[0] - t * dx, y - start[1] - t * dy)


def _forearm(view: View) -> Body:
    x, y = view.x, view.y
    half = 3.7 + 0.085 * x - 0.9 * smoothstep(-6, -17, x) + 0.35 * bump(x - 8, y * 0, 7, 1)
    axis = 0.3 + 0.012 * x + 0.0025 * x * x
    body = _limb(view, y - axis, half)
    tendon = 0.10 * smoothstep(-2, -9, x)
    body.height[:] += tendon * (
        bump(y - axis - 0.5, y * 0, 0.35, 1) + bump(y - axis + 0.6, y * 0, 0.4, 1)
    )
    return body


def _wrist(view: View) -> Body:
    half = WRIST + 0.05 * np.maximum(np.abs(view.y + 1) - 2.5, 0) + 0 * view.x
    return _limb(view, view.x, half.astype(np.float32), 0.8)


def _lower_leg(view: View) -> Body:
    x, y = view.x, view.y
    half = 5.3 + 0.09 * x - 1.2 * smoothstep(-5, -18, x) + 0.9 * bump(x - 9, y * 0, 8, 1)
    axis = 0.8 - 0.004 * x * x
    body = _limb(view, y - axis, half, 0.95)
    body.height[:] += 0.35 * bump(y - axis + 2.0 - 0.03 * x, y * 0, 0.8, 1)
    return body


def _back(view: View) -> Body:
    x, y = view.x + 6.0, view.y - 2.0
    half = 16.5 + 1.6 * smoothstep(6, -14, y) - 0.8 * bump(x * 0, y - 12, 1, 7)
    body = _limb(view, x, half.astype(np.float32), 0.45)
    wave = 0.2 * np.sin(y * 0.25)
    spine = bump(x + wave, y * 0, 1.0, 1)
    inner = np.abs(x) - 5.2 - 0.12 * (y + 4)
    blade = smoothstep(-0.9, 0.9, inner) * smoothstep(5.5, 2.0, inner)
    blade *= smoothstep(-13, -8, y) * smoothstep(5.5, -1.5, y + 0.25 * inner)
    muscle = bump(np.abs(x) - 2.9, y * 0, 1.9, 1)
    body.height[:] += 0.55 * blade + 0.42 * muscle - 0.28 * spine
    return body


def _shoulder(view: View) -> Body:
    x, y = view.x, view.y
    solid = _rounded(x, y, (0.8, 1.2), (4.2, 20.0), 5.6, 4.6)
    solid = _union(solid, _rounded(x, y, (0.5, 1.0), (-15.0, -6.5), 5.4, 5.4), 30.0)
    solid = _union(solid, _rounded(x, y, (-11.0, 7.0), (-11.0, 22.0), 8.5, 8.5), 60.0)
    body = _solid(view, solid, 5.0)
    body.height[:] += 0.25 * bump(x + 8 - 0.3 * y, y + 2.3 - 0.33 * x, 6, 0.8)
    return body


def _rounded(x: Floats, y: Floats, start: Point, end: Point, thick: float, thin: float) -> Floats:
    """A rod as height squared over the table (negative outside), `thick` at start, `thin` at end."""
    t, across = _along(x, y, start, end)
    radius = np.float32(thick) + np.float32(thin - thick) * t
    return radius * radius - across * across


def _solid(view: View, squared: Floats, radius: float) -> Body:
    """A body from its height squared; `radius` is that of a typical rod, for a clean edge."""
    return Body(np.sqrt(np.maximum(squared, 0)), view.edge(squared * np.float32(0.5 / radius)))


def _abdomen(view: View) -> Body:
    x, y = view.x - 4.5, view.y + 1.0
    half = 16.0 - 1.2 * bump(x * 0, y + 1, 1, 7) + 0 * x
    body = _limb(view, x, half, 0.5)
    r = np.hypot(x, (y - 0.2) * 0.75)
    navel = -0.95 * np.exp(-((r / 0.62) ** 2)) + 0.20 * np.exp(-(((r - 1.15) / 0.5) ** 2))
    midline = -0.14 * bump(x, y * 0, 0.9, 1) * smoothstep(1, -6, y)
    body.height[:] += navel + midline
    return body


def _drape(view: View) -> Body:
    """A curve of skin that only says that somebody is there; the drape is laid over its edges."""
    x, y = view.x, view.y
    height = 3.0 - 0.016 * (x + 2) ** 2 - 0.024 * (y - 1.5) ** 2
    return Body(height, np.ones_like(height))


def _hand(view: View) -> Body:
    x, y = view.x, view.y
    dx, dy = np.maximum(np.abs(x + 1.0) - 2.2, 0), np.maximum(np.abs(y + 0.2) - 1.55, 0)
    squared = np.float32(2.65**2) - dx * dx - dy * dy
    squared = _union(squared, _rounded(x, y, (3.0, 0.0), (18.0, 0.3), 2.7, 3.1), 3.5)
    for start, end, thick, thin in FINGERS:
        t, _ = _along(x, y, start, end)
        joints = 0.16 * np.exp(-(((t - 0.52) / 0.09) ** 2)) + 0.08 * np.exp(
            -(((t - 0.82) / 0.06) ** 2)
        )
        squared = _union(squared, _rounded(x, y, start, end, thick, thin) + joints, 0.55)
    body = _solid(view, squared, 0.9)
    for start, end, _, _ in FINGERS[1:]:
        _, tendon = _along(x, y, start, (3.5, 0.3 * start[1]))
        body.height[:] += 0.20 * bump(x - start[0] - 0.3, y - start[1], 0.8, 0.7)
        body.height[:] += 0.05 * np.exp(-((tendon / 0.25) ** 2))
        body.height[:] += _creases(x, y, start, end)
    return body


def _creases(x: Floats, y: Floats, start: Point, end: Point) -> Floats:
    """The folds of skin over a finger's joints."""
    t, across = _along(x, y, start, end)
    waves = np.cos(t * np.float32(170)) * np.exp(-(((t - 0.52) / 0.06) ** 2))
    folds: Floats = np.float32(0.018) * waves * (across < 1.0)
    return folds


def _union(a: Floats, b: Floats, blend: float) -> Floats:
    """Two shapes grown together: the larger of two fields, rounded where they meet."""
    h = np.maximum(blend - np.abs(a - b), 0) * np.float32(1 / blend)
    grown: Floats = np.maximum(a, b) + h * h * np.float32(blend / 4)
    return grown


BODIES: dict[Framing, Callable[[View], Body]] = {
    "forearm": _forearm,
    "wrist": _wrist,
    "lower leg": _lower_leg,
    "hand": _hand,
    "back": _back,
    "shoulder": _shoulder,
    "abdomen": _abdomen,
    "drape": _drape,
}
