"""A mask cut to size for one picture, ready to be painted through."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from safelight.engines.imaging.coverage import stretches
from safelight.engines.imaging.masks import Mask
from safelight.vocabulary.identifiability import MaskShape, Region


@dataclass(frozen=True, slots=True)
class Stencil:
    """The rectangle around a shape, in pixels of the picture, and the shape in it.

    `shape` is an 8-bit picture of `region`'s size, 255 where the mask covers and 0 elsewhere, so
    that paint either replaces a pixel or leaves it and never blends; None if it covers all of it.
    """

    region: Region
    shape: Image.Image | None

    def paint(self, image: Image.Image, grey: int) -> None:
        """Paint one grey, from 0 to 255, over all that the mask covers."""
        self.paint_part(image, self.region, (grey, grey, grey))

    def paint_part(self, image: Image.Image, part: Region, colour: tuple[int, ...]) -> None:
        """Paint a colour over what the mask covers of a part of its rectangle.

        A picture in grey takes the first of the three values.
        """
        inside = part.within(self.region)
        if inside is None:
            return
        box = (inside.left, inside.top, inside.right, inside.bottom)
        ink = colour if image.mode == "RGB" else colour[0]
        if self.shape is None:
            image.paste(ink, box)
            return
        left, top = self.region.left, self.region.top
        own = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
        image.paste(ink, box, self.shape.crop(own))


def cut_stencil(mask: Mask, size: tuple[int, int], growth: int) -> Stencil:
    """The stencil of a mask that lies in a picture of `size`, grown by `growth` pixels."""
    width, height = size
    region = mask.region
    grown = Region(
        region.left - growth,
        region.top - growth,
        region.width + 2 * growth,
        region.height + 2 * growth,
    ).within(Region(0, 0, width, height))
    assert grown is not None, "the plan was made to fit"
    if mask.shape is MaskShape.BOX:
        return Stencil(grown, None)
    rows = np.arange(grown.top, grown.bottom, dtype=np.int64)
    covered = stretches(mask, rows, width, growth)
    bitmap = np.zeros((grown.height, grown.width), np.uint8)
    for row, left, right in zip(bitmap, covered.left, covered.right, strict=True):
        row[left - grown.left : right - grown.left] = 255
    return Stencil(grown, Image.fromarray(bitmap))
