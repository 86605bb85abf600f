"""A patient's wristband: its printed label, its barcode alone, and a photograph of it being worn.

PHI in shape: the identities printed here are invented ones, given by the caller.
"""

from io import BytesIO
from typing import Literal

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from .bodies import BODIES, WRIST
from .colour import Floats, rgb
from .drapes import on_table, shadow
from .lighting import lit, photograph
from .skin import bare
from .specs import WristbandPicture
from .surface import Surface
from .view import View, smoothstep

Symbology = Literal["Code128", "DataMatrix", "QRCode"]
DENSITY = 160  # label pixels per cm
LABEL = (8.2, 2.5)  # cm, around the wrist and along it


def _barcode(identifier: str, symbology: Symbology) -> zxingcpp.Barcode:
    return zxingcpp.create_barcode(identifier, getattr(zxingcpp.BarcodeFormat, symbology))


def barcode_png(identifier: str, symbology: Symbology = "Code128", scale: int = 4) -> bytes:
    """The barcode of `identifier` as a PNG with its quiet zone, `scale` pixels per module."""
    out = BytesIO()
    _barcode_image(identifier, symbology, scale).save(out, "PNG")
    return out.getvalue()


def barcode_svg(identifier: str, symbology: Symbology = "Code128") -> str:
    """The barcode of `identifier` as SVG text, to print at any size."""
    svg: str = _barcode(identifier, symbology).to_svg(scale=4, add_hrt=False)
    return svg


def _barcode_image(identifier: str, symbology: Symbology, scale: int) -> Image.Image:
    pixels = np.array(_barcode(identifier, symbology).to_image(scale=scale, add_hrt=False))
    image = Image.fromarray(pixels)
    if symbology == "Code128":
        return image.resize((image.width, max(image.height, 22 * scale)), Image.Resampling.NEAREST)
    return image


def label(name: str, born: str, identifier: str) -> Image.Image:
    """The printed side of the band: name, birth date, identifier, a square code and a linear one."""
    width, height = round(LABEL[0] * DENSITY), round(LABEL[1] * DENSITY)
    sheet = Image.new("L", (width, height), 248)
    pen = ImageDraw.Draw(sheet)
    square = _barcode_image(identifier, "DataMatrix", 1)
    side = round(1.75 * DENSITY) // square.width * square.width
    sheet.paste(square.resize((side, side), Image.Resampling.NEAREST), (24, (height - side) // 2))
    left = side + 60
    pen.text((left, 28), name, 20, font=ImageFont.load_default(74))
    pen.text((left, 118), f"born {born}", 30, font=ImageFont.load_default(54))
    pen.text((left, 184), identifier, 30, font=ImageFont.load_default(54))
    bars = _barcode_image(identifier, "Code128", 4)
    sheet.paste(bars.resize((bars.width, 110), Image.Resampling.NEAREST), (left - 20, 262))
    return sheet


def wristband_picture(spec: WristbandPicture, size: tuple[int, int]) -> Image.Image:
    """The band on a wrist, near enough that its codes can be read from the picture."""
    view = View.of(spec.camera, size)
    body = BODIES["wrist"](view)
    surface = bare(view, spec.skin)
    _wear(surface, view, spec)
    light = lit(surface, body.height, view, spec.camera)
    on_table(light, body.cover, view, spec.camera, ("blue", spec.skin.seed))
    return photograph(light, spec.camera, spec.skin.seed)


def _wear(surface: Surface, view: View, spec: WristbandPicture) -> None:
    """Wrap the label round the limb, which runs along y here; x goes round it."""
    radius = np.float32(WRIST)
    around = np.arcsin(np.clip(view.x / radius, -1, 1)) * radius
    along = view.y - np.float32(0.015) * view.x * view.x
    band = smoothstep(LABEL[1] / 2 + 0.015, LABEL[1] / 2 - 0.015, np.abs(along))
    surface.albedo *= 1 - 0.35 * shadow(view, band, spec.camera.light, 0.14) * (1 - band)
    printed = _looked_up(label(spec.name, spec.born, spec.identifier), around, along)
    surface.flatten(band)
    surface.cover(rgb(232, 238, 243), band, printed)
    surface.rise(band * np.float32(0.03))
    surface.shine(0.42, band)


def _looked_up(sheet: Image.Image, x: Floats, y: Floats) -> Floats:
    """The sheet's brightness, 0 to 1, at places in cm from its middle (between pixels: linear)."""
    pixels = np.asarray(sheet, np.float32) / 255
    column = np.clip(x * DENSITY + sheet.width / 2, 0, sheet.width - 2)
    row = np.clip(y * DENSITY + sheet.height / 2, 0, sheet.height - 2)
    j, i = column.astype(int), row.astype(int)
    u, v = column - j, row - i
    upper = pixels[i, j] * (1 - u) + pixels[i, j + 1] * u
    lower = pixels[i + 1, j] * (1 - u) + pixels[i + 1, j + 1] * u
    brightness: Floats = (upper * (1 - v) + lower * v).astype(np.float32)
    return brightness
