from xml.etree import ElementTree as ET

import numpy as np
import pypdfium2
import pytest
import typst
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.engines.documents import CodeTooLongError, qr_svg

SVG = "{http://www.w3.org/2000/svg}"


def read(svg):
    """What a scanner reads from the drawing, as typst and PDFium draw it."""
    source = "#set page(width: 60mm, height: 60mm)\n#image(bytes(sys.inputs.svg), width: 100%)"
    pdf = typst.compile(source.encode(), sys_inputs={"svg": svg})
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=4).to_pil().convert("L")
    document.close()
    (code,) = zxingcpp.read_barcodes(np.asarray(image))
    return code


def test_a_scanner_reads_it_with_medium_correction():
    code = read(qr_svg("https://photos.st-mary.example/my/7Q4K2M9XTR"))
    assert code.text == "https://photos.st-mary.example/my/7Q4K2M9XTR"
    assert code.ec_level == "M"


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=300))
def test_any_address_is_read_again(text):
    assert read(qr_svg(text)).text == text


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def test_it_takes_the_colour_of_its_place():
    (path,) = parsed(qr_svg("a")).iter(f"{SVG}path")
    assert path.get("fill") == "currentColor"


def test_a_screen_reader_says_the_label_or_the_text():
    image = parsed(qr_svg("a&b"))
    assert image.get("role") == "img"
    assert image.get("aria-label") == "a&b"
    assert parsed(qr_svg("a", label='"><script>')).get("aria-label") == '"><script>'


@pytest.mark.parametrize("text", ["", "x" * 3000])
def test_what_does_not_fit_is_refused_in_a_sentence(text):
    with pytest.raises(CodeTooLongError):
        qr_svg(text)
