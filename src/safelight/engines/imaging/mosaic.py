"""A mosaic that carries nothing of what it covers: its colours are those of the border around it.

An ordinary mosaic is the covered picture at a low resolution; names and faces have been read out
of such. This one never looks under a mask. Each block takes the colours of the visible pixels
around, the nearer the more: it has the tone of the picture, and says nothing that it did not say.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from safelight.engines.imaging.stencil import Stencil
from safelight.vocabulary.identifiability import Region

MOST_BLOCKS: Final = 8
"""Blocks along the longer side of a mask."""
LEAST_SIDE: Final = 12
"""Pixels along the side of a block, so that a small mosaic still reads as one."""
SAMPLES: Final = 16
"""Pixels looked at along the side of a block: enough for its colour, however large it is."""

Colours = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Blocks over a rectangle of the picture, in equal columns and rows."""

    window: Region
    columns: int
    rows: int

    def block(self, column: int, row: int) -> Region:
        """The pixels of one block; blocks touch, and none overlap."""
        left = self.window.left + column * self.window.width // self.columns
        right = self.window.left + (column + 1) * self.window.width // self.columns
        top = self.window.top + row * self.window.height // self.rows
        bottom = self.window.top + (row + 1) * self.window.height // self.rows
        return Region(left, top, right - left, bottom - top)


def paint_mosaic(image: Image.Image, visible: Image.Image, stencil: Stencil) -> bool:
    """Paint a mosaic through a stencil; False, and nothing painted, if nothing visible is near.

    `visible` is of the picture's size, 1 where a pixel may be looked at and 0 elsewhere.
    """
    grid = _grid(stencil.region, image.size)
    colours, weights = _seen(image, visible, grid)
    if not weights.any():
        return False
    for row, blocks in enumerate(_spread(colours, weights)):
        for column, colour in enumerate(blocks):
            stencil.paint_part(image, grid.block(column, row), tuple(map(int, colour)))
    return True


def _grid(region: Region, size: tuple[int, int]) -> Grid:
    """Blocks over a region and one block beyond it on each side, as far as the picture goes."""
    side = max(LEAST_SIDE, ceil(max(region.width, region.height) / MOST_BLOCKS))
    window = Region(
        region.left - side, region.top - side, region.width + 2 * side, region.height + 2 * side
    ).within(Region(0, 0, *size))
    assert window is not None, "a stencil lies in its picture"
    return Grid(window, ceil(window.width / side), ceil(window.height / side))


def _seen(
    image: Image.Image, visible: Image.Image, grid: Grid
) -> tuple[Colours, NDArray[np.float64]]:
    """The mean colour of what is visible in each block, and how much of the block is visible."""
    window = grid.window
    box = (window.left, window.top, window.right, window.bottom)
    size = (grid.columns * SAMPLES, grid.rows * SAMPLES)
    # Nearest takes whole pixels as they are, and both pictures at the same places: a pixel that
    # is not visible weighs nothing.
    seen, colours = (
        np.asarray(picture.resize(size, Image.Resampling.NEAREST, box=box)).astype(np.float64)
        for picture in (visible, image)
    )
    shape = (grid.rows, SAMPLES, grid.columns, SAMPLES, -1)
    weights = seen.reshape(shape)
    total = weights.sum(axis=(1, 3))
    summed = (colours.reshape(shape) * weights).sum(axis=(1, 3))
    return summed / np.maximum(total, 1), total[..., 0]


def _spread(colours: Colours, weights: NDArray[np.float64]) -> Colours:
    """A colour for every block from all that are visible, the nearer the more (Shepard 1968)."""
    rows, columns = np.indices(weights.shape)
    places = np.stack([rows.ravel(), columns.ravel()], axis=1)
    apart = ((places[:, None] - places[None, :]) ** 2).sum(axis=2)
    pull = weights.ravel()[None, :] / (apart + 1.0) ** 2
    spread = pull @ colours.reshape(len(places), -1) / pull.sum(axis=1, keepdims=True)
    blocks: Colours = np.rint(spread).reshape(*weights.shape, -1)
    return blocks
