"""Pictures for searching: a face that NASA photographed, and pages that are printed here."""

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from safelight.engines.recognition import Detection, Pixels
from safelight.vocabulary.identifiability import Identifying, Region

FACE = Region(160, 60, 130, 120)  # of the astronaut (public domain), brows to chin


def astronaut() -> Pixels:
    return np.asarray(data.astronaut(), np.uint8)


def darker(pixels: Pixels, share: float) -> Pixels:
    """As if less light had come from everything: a dark face in a dark room."""
    return (pixels * share).astype(np.uint8)


def printed(lines: str, size: int, page: tuple[int, int] = (900, 600)) -> Pixels:
    picture = Image.new("RGB", page, (236, 232, 224))
    ImageDraw.Draw(picture).text((120, 120), lines, (30, 30, 36), font=ImageFont.load_default(size))
    return np.asarray(picture, np.uint8)


PRINTED = Region(120, 120, 300, 40)


def code(kind: str, place: Region, page: tuple[int, int] = (900, 600)) -> Pixels:
    """A code of invented content at a place of a page."""
    content = "96385074" if kind == "EAN8" else "SL004277"
    barcode = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = Image.fromarray(np.array(barcode.to_image(scale=4, add_hrt=False)))
    picture = Image.new("RGB", page, (236, 232, 224))
    sized = drawn.resize((place.width, place.height), Image.Resampling.NEAREST)
    picture.paste(sized, (place.left, place.top))
    return np.asarray(picture, np.uint8)


def filled(pixels: Pixels, found: tuple[Detection, ...], colour: int = 0) -> Pixels:
    """The picture with every place that was found covered."""
    covered = pixels.copy()
    for item in found:
        place = item.region
        covered[place.top : place.bottom, place.left : place.right] = colour
    return covered


def covers(found: tuple[Detection, ...], kind: Identifying, place: Region) -> bool:
    """Whether all of a place lies under what was found of a kind."""
    size = (place.bottom, place.right)
    uncovered = np.ones(size, bool)
    for item in found:
        if item.kind is kind:
            region = item.region
            uncovered[region.top : region.bottom, region.left : region.right] = False
    return not uncovered[place.top :, place.left :].any()
