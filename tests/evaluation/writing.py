"""Writing and codes as they are met beside a patient: wristband, screen, label; all drawn."""

from collections.abc import Iterator

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont
from tests.evaluation.labelled import Labelled
from tests.evaluation.plates import plate

from safelight.project.demo.drawing import Camera, Skin, WristbandPicture, draw
from safelight.vocabulary.identifiability import Identifying, Region

PAGE = (1000, 750)
LINES = ("PETRA EXAMPLE", "born 1980-02-03", "SL-0042-7781")
COLOURS = {"screen": ((12, 18, 26), (150, 235, 190)), "label": ((246, 244, 238), (28, 28, 32))}
KINDS = ("QRCode", "DataMatrix", "Code128")
# Of the demo's wristband, in its label's pixels from the middle, 160 to a centimetre: each line.
BAND = ((-312, -172, 560, 74), (-312, -82, 430, 54), (-312, -16, 360, 54))


def writing() -> Iterator[Labelled]:
    for size in (12, 20, 36):
        for surface in COLOURS:
            for seed in range(3):
                yield _surface(surface, size, seed)
    for width, seen in ((15.0, "near"), (26.0, "at arm's length"), (42.0, "across the bed")):
        for tone in (1, 3, 5, 7):
            yield _wristband(width, f"wristband {seen}", tone)


def _surface(surface: str, size: int, seed: int) -> Labelled:
    """Three lines on a sheet or a screen that lies, a little askew, on drawn skin."""
    ground, ink = COLOURS[surface]
    picture = Image.fromarray(plate(100 + seed, PAGE))
    sheet = Image.new("RGB", (round(size * 10.5), size * 6), ground)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size)
    places = []
    for row, line in enumerate(LINES):
        at = (size, size // 2 + row * round(size * 1.7))
        pen.text(at, line, ink, font=font)
        left, top, right, bottom = (round(edge) for edge in pen.textbbox(at, line, font=font))
        places.append(Region(left + 300, top + 200, right - left, bottom - top))
    picture.paste(sheet, (300, 200))
    kind = f"writing: {surface}, letters of {size} pixels"
    return Labelled((kind,), np.array(picture, np.uint8), Identifying.TEXT, tuple(places))


def _wristband(width: float, kind: str, tone: int) -> Labelled:
    name, born, identifier = LINES[0], LINES[1].removeprefix("born "), LINES[2]
    camera = Camera(width=width)
    spec = WristbandPicture(
        skin=Skin(tone=tone, seed=tone), name=name, born=born, identifier=identifier, camera=camera
    )
    picture = draw(spec, (PAGE[0], PAGE[1] + 40)).crop((0, 0, *PAGE))
    scale = PAGE[0] / width / 160
    middle = PAGE[0] / 2, (PAGE[1] + 40) / 2
    places = tuple(
        Region(
            round(middle[0] + left * scale),
            round(middle[1] + (top + high * 0.25) * scale),
            round(wide * scale * 0.8),
            round(high * scale * 0.7),
        )
        for left, top, wide, high in BAND
    )
    return Labelled((f"writing: {kind}",), np.array(picture, np.uint8), Identifying.TEXT, places)


def codes() -> Iterator[Labelled]:
    for kind in KINDS:
        for module in (2, 3, 6):
            for degrees in (0, 10, 45):
                yield _code(kind, module, degrees)


def _code(kind: str, module: int, degrees: int) -> Labelled:
    """A code on a white sheet on drawn skin, so many pixels for each of its modules."""
    barcode = zxingcpp.create_barcode("SL-0042-7781", getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.array(barcode.to_image(scale=1, add_hrt=False), np.uint8)
    if kind == "Code128":
        drawn = np.repeat(drawn[:1], 22, axis=0)
    drawn = drawn.repeat(module, axis=0).repeat(module, axis=1)
    side = round(np.hypot(*drawn.shape)) + 8 * module
    sheet = np.full((side, side), 245, np.uint8)
    top, left = ((side - length) // 2 for length in drawn.shape)
    sheet[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, 1)
    turned = np.asarray(cv2.warpAffine(sheet, matrix, (side, side), borderValue=(245,)), np.uint8)
    picture = plate(module + degrees, (max(PAGE[0], side + 200), max(PAGE[1], side + 200)))
    picture[100 : 100 + side, 100 : 100 + side] = turned[:, :, None]
    core = Region(
        100 + side // 2 - 8 * module, 100 + side // 2 - 5 * module, 16 * module, 10 * module
    )
    return Labelled(
        (f"code: {kind}, modules of {module} pixels",), picture, Identifying.CODE, (core,)
    )
