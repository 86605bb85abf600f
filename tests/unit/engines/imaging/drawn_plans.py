"""Plans as hypothesis draws them, and a second, slow way to say which pixels they hide."""

import numpy as np
from hypothesis import strategies as st

from safelight.engines.imaging import Mask, RedactionPlan
from safelight.vocabulary.identifiability import Fill, MaskShape, Region


@st.composite
def regions(draw, width, height, beyond=0):
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return Region(
        left,
        top,
        draw(st.integers(1, width - left + beyond)),
        draw(st.integers(1, height - top + beyond)),
    )


def masks(width, height, beyond=0):
    return st.builds(
        Mask,
        regions(width, height, beyond),
        st.sampled_from(list(Fill)),
        st.sampled_from(list(MaskShape)),
    )


def plans(width, height, *, crops=True, most=5, beyond=0):
    crop = st.none() | regions(width, height, beyond) if crops else st.none()
    drawn = st.lists(masks(width, height, beyond), max_size=most).map(tuple)
    return st.builds(RedactionPlan, drawn, crop)


def hidden_pixels(plan, width, height, fills=tuple(Fill)):
    """Height x width, true where a pixel is covered with one of `fills`, or cut off."""
    hidden = np.zeros((height, width), bool)
    for mask in plan.masks:
        if mask.fill in fills:
            hidden |= _under(mask, width, height)
    if plan.crop:
        inside = np.zeros_like(hidden)
        inside[plan.crop.top : plan.crop.bottom, plan.crop.left : plan.crop.right] = True
        hidden |= ~inside
    return hidden


def _under(mask, width, height):
    region = mask.region
    y, x = np.mgrid[0:height, 0:width]
    inside = (x >= region.left) & (x < region.right) & (y >= region.top) & (y < region.bottom)
    sticks_out = region.right > width or region.bottom > height
    if mask.shape is MaskShape.BOX or sticks_out:
        return inside
    # The point of each pixel that is nearest to the centre of the ellipse.
    across = np.clip(region.left + region.width / 2, x, x + 1) - (region.left + region.width / 2)
    down = np.clip(region.top + region.height / 2, y, y + 1) - (region.top + region.height / 2)
    reach = (2 * across / region.width) ** 2 + (2 * down / region.height) ** 2
    return inside & (reach < 1 - 1e-12)
