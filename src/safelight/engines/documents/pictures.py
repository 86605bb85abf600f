"""Thumbnails and pen strokes as drawings that typst takes: SVG, which is text."""

import base64
import io
import math
from collections.abc import Iterable

from PIL import Image

from safelight.engines.documents.content import Stroke
from safelight.engines.documents.errors import UnfitContentError, UnfitPictureError

FORMATS = ("JPEG", "PNG", "WEBP")
SIDE = 480  # pixels; 50 mm of paper at 240 dpi
MOST_PIXELS = 16_000_000
QUALITY = 82
MOST_POINTS = 20_000

BOX_WIDTH, BOX_HEIGHT = 600, 200  # the 3:1 box of a signature
PEN = 4


def thumbnail_svg(data: bytes) -> str:
    """The picture `data` (JPEG, PNG or WebP), made small and without metadata, inside an SVG.

    Raises `UnfitPictureError` for anything else, and for more than 16 million pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnfitPictureError
            return _wrapped(_flat(image))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnfitPictureError from error


def _flat(image: Image.Image) -> Image.Image:
    """At most `SIDE` wide and high, on white where it was transparent."""
    image.draft("RGB", (SIDE, SIDE))
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((SIDE, SIDE))
    if small.mode == "RGB":
        return small
    paper = Image.new("RGBA", small.size, "white")
    return Image.alpha_composite(paper, small).convert("RGB")


def _wrapped(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    width, height = image.size
    return _svg(
        width,
        height,
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,'
        f'{base64.b64encode(file.getvalue()).decode()}"/>',
    )


def strokes_svg(strokes: tuple[Stroke, ...]) -> str:
    """The pen's lines as a drawing of 3:1; a stroke of one point is a dot.

    Raises `UnfitContentError` for points outside the box and for more than 20 000 of them.
    """
    points = [number for stroke in strokes for point in stroke for number in point]
    if len(points) > 2 * MOST_POINTS or not all(_is_inside(number) for number in points):
        raise UnfitContentError
    path = "".join(_line(stroke) for stroke in strokes if stroke)
    return _svg(
        BOX_WIDTH,
        BOX_HEIGHT,
        f'<path d="{path}" fill="none" stroke="#171717" stroke-width="{PEN}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>',
    )


def _is_inside(number: float) -> bool:
    return math.isfinite(number) and 0 <= number <= 1


def _line(stroke: Iterable[tuple[float, float]]) -> str:
    points = [f"{x * BOX_WIDTH:.1f} {y * BOX_HEIGHT:.1f}" for x, y in stroke]
    return f"M{points[0]}L{' '.join(points[1:] or points)}"


def _svg(width: int, height: int, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}">{inside}</svg>'
    )
