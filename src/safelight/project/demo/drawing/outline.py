"""The uneven outline that findings share."""

import numpy as np

from .colour import Floats
from .plates import PITCH, cells
from .specs import Lesion
from .view import View


def distance(view: View, lesion: Lesion, radius: float, stretch: float = 1.0) -> Floats:
    """Signed distance in cm from an uneven outline of `radius`; negative inside.

    The unevenness belongs to the finding, so that a wound keeps its shape while it shrinks.
    """
    warp = view.swell(max(lesion.radius * 0.9, 0.15), lesion.seed)
    small = view.swell(max(lesion.radius * 0.28, 0.06), lesion.seed + 1)
    r = np.hypot(view.x / np.float32(stretch), view.y)
    signed: Floats = r - np.float32(radius) * (
        1 + np.float32(0.14) * warp + np.float32(0.045) * small
    )
    return signed


def cobbles(view: View, size: float, seed: int) -> Floats:
    """Domes about `size` cm across, 0 to 1."""
    return view.sample(cells().dome, PITCH / size, seed)
