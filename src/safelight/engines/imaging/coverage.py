"""Which pixels a plan covers: in each row of pixels, from one column to another.

Every mask is one stretch in each row, so whatever is asked of a plan is asked of stretches, row
by row and exactly, and never takes a bitmap of the whole picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safelight.engines.imaging.masks import Mask, RedactionPlan, fit
from safelight.vocabulary.identifiability import Fill, MaskShape, Region

Columns = NDArray[np.int64]
BAND: Final = 4096
"""Rows that are compared at a time: 200 masks take some 20 MB then, whatever the picture."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """For each row asked about, the first column covered and the first that is not any more.

    Both are equal where nothing is covered. One-dimensional for one mask; masks x rows for many.
    """

    left: Columns
    right: Columns


def stretches(mask: Mask, rows: Columns, width: int, growth: int = 0) -> Stretches:
    """What `mask`, grown by `growth` pixels in every direction, covers of some rows of a picture.

    Every pixel that the shape touches is covered, not only those whose centre lies in it. A mask
    that grows covers each square of 2 x growth + 1 pixels around a pixel it covered before.
    """
    region = mask.region
    # Of the rows at most `growth` away, the one where the shape is widest: the nearest to its middle.
    widest = np.clip((2 * region.top + region.height) // 2, rows - growth, rows + growth)
    source = np.clip(widest, region.top, region.bottom - 1)
    left, right = _box(region, source) if mask.shape is MaskShape.BOX else _ellipse(region, source)
    inside = (rows >= region.top - growth) & (rows < region.bottom + growth)
    left = np.where(inside, np.clip(left - growth, 0, width), 0)
    right = np.where(inside, np.clip(right + growth, 0, width), 0)
    return Stretches(left, np.maximum(left, right))


def _box(region: Region, rows: Columns) -> tuple[Columns, Columns]:
    return np.full_like(rows, region.left), np.full_like(rows, region.right)


def _ellipse(region: Region, rows: Columns) -> tuple[Columns, Columns]:
    middle = region.top + region.height / 2
    # How far the row is from the middle where it is nearest to it, as a part of the half axis.
    away = np.maximum(0, np.maximum(rows - middle, middle - rows - 1)) / (region.height / 2)
    half = region.width / 2 * np.sqrt(np.maximum(0, 1 - away**2))
    centre = region.left + region.width / 2
    left = np.floor(centre - half).astype(np.int64)
    right = np.ceil(centre + half).astype(np.int64)
    return np.maximum(left, region.left), np.minimum(right, region.right)


def outside(crop: Region | None, width: int, height: int) -> tuple[Mask, ...]:
    """What a crop cuts off, as boxes that lie beside it."""
    if crop is None:
        return ()
    around = (
        Region(0, 0, width, crop.top),
        Region(0, crop.bottom, width, height - crop.bottom),
        Region(0, 0, crop.left, height),
        Region(crop.right, 0, width - crop.right, height),
    )
    return tuple(Mask(region) for region in around if region.area)


def covers_at_least(newer: RedactionPlan, older: RedactionPlan, width: int, height: int) -> bool:
    """Whether `newer` hides every pixel of a `width` x `height` picture that `older` hides.

    Covered or cut off is hidden; what was solid stays solid or is cut off. Exact to the pixel.
    It holds after both have grown alike, since growing keeps what is within within.
    Raises `MalformedPlanError` as `fit` does.
    """
    now, before = fit(newer, width, height), fit(older, width, height)
    cut_now, cut_before = outside(now.crop, width, height), outside(before.crop, width, height)
    hides_all = _within(before.masks + cut_before, now.masks + cut_now, width, height)
    return hides_all and _within(solid(before), solid(now) + cut_now, width, height)


def solid(plan: RedactionPlan) -> tuple[Mask, ...]:
    return tuple(mask for mask in plan.masks if mask.fill is Fill.SOLID)


def _within(inner: Sequence[Mask], outer: Sequence[Mask], width: int, height: int) -> bool:
    """Whether no pixel under `inner` is beside `outer`."""
    bands = zip(_bands(inner, width, height), _bands(outer, width, height), strict=True)
    return all(_covered(some, all_) for some, all_ in bands)


def _bands(masks: Sequence[Mask], width: int, height: int) -> Iterator[Stretches]:
    for top in range(0, height, BAND):
        rows = np.arange(top, min(top + BAND, height), dtype=np.int64)
        each = [stretches(mask, rows, width) for mask in masks]
        empty = np.empty((0, len(rows)), np.int64)
        yield Stretches(
            np.stack([one.left for one in each]) if each else empty,
            np.stack([one.right for one in each]) if each else empty,
        )


def _covered(inner: Stretches, outer: Stretches) -> bool:
    """Whether each stretch of `inner` lies in the union of those of `outer`, in every row."""
    order = np.argsort(outer.left, axis=0)
    lefts = np.take_along_axis(outer.left, order, axis=0)
    rights = np.take_along_axis(outer.right, order, axis=0)
    # The first column of each inner stretch that is not known to be covered. Going through the
    # outer stretches from left to right, it moves on only where the next one leaves no gap.
    reached = inner.left
    for left, right in zip(lefts, rights, strict=True):
        reached = np.where(left <= reached, np.maximum(reached, right), reached)
    return bool(np.all(reached >= inner.right))
