"""Wristband codes read back, alone and from a photograph of the band."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from safelight.project.demo.drawing import (
    Camera,
    Skin,
    WristbandPicture,
    barcode_png,
    barcode_svg,
    draw,
)

IDENTIFIER = "DEMO-100042"


def read(image):
    return {code.text for code in zxingcpp.read_barcodes(image)}


@pytest.mark.parametrize("symbology", ["Code128", "DataMatrix", "QRCode"])
def test_a_printed_code_reads_back(symbology):
    image = Image.open(BytesIO(barcode_png(IDENTIFIER, symbology)))
    codes = zxingcpp.read_barcodes(image)
    assert [code.text for code in codes] == [IDENTIFIER]


def test_a_code_comes_as_svg_to_print():
    svg = barcode_svg(IDENTIFIER)
    assert svg.lstrip().startswith("<?xml")
    assert "<svg" in svg


@pytest.mark.parametrize("tone", [1, 4, 8])
@pytest.mark.parametrize("turn", [0.0, 4.0])
def test_the_code_reads_from_a_photograph_of_the_band(tone, turn):
    spec = WristbandPicture(
        skin=Skin(tone=tone, seed=3),
        name="EXAMPLE, Petra",
        born="1984-03-12",
        identifier=IDENTIFIER,
        camera=Camera(width=15, turn=turn),
    )
    assert read(draw(spec)) == {IDENTIFIER}
