"""Pictures with something covered or cut off: what was there is in no byte of the result.

INVARIANT: covering comes before scaling and before any encoding, and a fill never looks at what it
covers. So no pixel of the result depends on a pixel under a mask or outside the crop.
"""

from dataclasses import dataclass
from typing import Final

from PIL import Image

from safelight.engines.imaging.coverage import solid
from safelight.engines.imaging.decode import load, open_picture, upright
from safelight.engines.imaging.errors import DecodeError, MalformedPlanError
from safelight.engines.imaging.identify import ImageType
from safelight.engines.imaging.masks import RedactionPlan, fit
from safelight.engines.imaging.mosaic import paint_mosaic
from safelight.engines.imaging.probe import DEFAULT_BOUNDS, Bounds, Probe, probe
from safelight.engines.imaging.reencode import one_at_a_time
from safelight.engines.imaging.renditions import (
    DISPLAY_SIDE,
    THUMBNAIL_SIDE,
    encode,
    fit_within,
    shown_colours,
)
from safelight.engines.imaging.smear import USUAL_GROWTH, growth_of
from safelight.engines.imaging.stencil import cut_stencil
from safelight.vocabulary.identifiability import Fill, Region

# Dark, so that it does not outshine the picture; neutral, so that skin beside it reads true; and
# not black, which would pass for a shadow or for the rim of a dermatoscope's picture.
COVER: Final = 56


@dataclass(frozen=True, slots=True)
class Redacted:
    """Both renditions as JPEG: upright, sRGB or grey, with nothing beside the pixels.

    `width` and `height` are those of `display`, in pixels; `area` is the part of the upright
    original that both show. It is the crop, or a little less where the original is a JPEG.
    """

    display: bytes
    thumbnail: bytes
    width: int
    height: int
    area: Region


def redact(
    data: bytes | memoryview,
    orientation: int,
    plan: RedactionPlan,
    bounds: Bounds = DEFAULT_BOUNDS,
    longest: int = DISPLAY_SIDE,
    *,
    was_jpeg: bool = False,
) -> Redacted:
    """Cover and cut a scrubbed JPEG or PNG as `plan` says, and make both renditions.

    `orientation` is that of the record (1 to 8). On a JPEG original, masks grow outward and the
    crop inward by `growth_of` pixels, over what compression smeared; `was_jpeg` says of a PNG that
    its pixels came out of a JPEG. The longest side of `display` has at most `longest` pixels.
    Threads of one process take turns. Raises `DecodeError`, `MalformedPlanError`, and what `probe`
    raises.
    """
    shape = probe(data, bounds)
    if shape.type not in (ImageType.JPEG, ImageType.PNG):
        raise DecodeError
    with one_at_a_time:
        try:
            image, growth = _decoded(data, shape, orientation)
            return _finish(image, max(growth, USUAL_GROWTH * was_jpeg), plan, longest)
        except (OSError, ValueError, MemoryError) as error:
            raise DecodeError from error


def _decoded(data: bytes | memoryview, shape: Probe, orientation: int) -> tuple[Image.Image, int]:
    """The picture upright, in grey or RGB, and how far its pixels are smeared.

    It is decoded in full: a decoder that scales would blend what is covered with what is not.
    """
    image = open_picture(data, shape)
    load(image)
    info = image.info
    turned = upright(image, orientation)
    del image  # 400 MB for 100 megapixels
    return shown_colours(turned, info), growth_of(data, shape)


def _finish(image: Image.Image, growth: int, plan: RedactionPlan, longest: int) -> Redacted:
    plan = fit(plan, *image.size)
    area = _kept(plan.crop, image.size, growth)
    _cover(image, plan, area, growth)
    part = image if (area.width, area.height) == image.size else image.crop(_box(area))
    display = fit_within(part, longest)
    thumbnail = fit_within(display, THUMBNAIL_SIDE)
    return Redacted(encode(display), encode(thumbnail), *display.size, area)


def _kept(crop: Region | None, size: tuple[int, int], growth: int) -> Region:
    """What a crop leaves, without the smeared pixels along the sides that were cut."""
    whole = Region(0, 0, *size)
    if crop is None:
        return whole
    left = crop.left + (growth if crop.left else 0)
    top = crop.top + (growth if crop.top else 0)
    right = crop.right - (growth if crop.right < whole.right else 0)
    bottom = crop.bottom - (growth if crop.bottom < whole.bottom else 0)
    if right <= left or bottom <= top:
        raise MalformedPlanError("What would be left after cropping is too small to be shown.")
    return Region(left, top, right - left, bottom - top)


def _cover(image: Image.Image, plan: RedactionPlan, area: Region, growth: int) -> None:
    """Paint the masks of a plan that fits; a mosaic's colours come from what stays visible."""
    mosaics = [mask for mask in plan.masks if mask.fill is Fill.MOSAIC]
    if mosaics:
        visible = _visible(image.size, plan, area, growth)
        for mask in mosaics:
            stencil = cut_stencil(mask, image.size, growth)
            if not paint_mosaic(image, visible, stencil):
                stencil.paint(image, COVER)
    # Solid comes last: where a solid and a mosaic overlap, it is solid.
    for mask in solid(plan):
        cut_stencil(mask, image.size, growth).paint(image, COVER)


def _visible(size: tuple[int, int], plan: RedactionPlan, area: Region, growth: int) -> Image.Image:
    """A picture of 1 where neither a mask nor the crop hides anything, and 0 elsewhere."""
    visible = Image.new("L", size, 0)
    visible.paste(1, _box(area))
    for mask in plan.masks:
        cut_stencil(mask, size, growth).paint(visible, 0)
    return visible


def _box(region: Region) -> tuple[int, int, int, int]:
    return region.left, region.top, region.right, region.bottom
