"""Lines that are too small for a look at the whole picture; drawn, beside what is no line."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.evaluation.plates import plate
from tests.unit.engines.recognition.scenes import covers

from safelight.engines.recognition import Detection, Pixels
from safelight.engines.recognition.small_writing import SmallWriting, places
from safelight.vocabulary.identifiability import Identifying, Region

TWELVE = (4032, 3024)
LINES = "PETRA EXAMPLE\nborn 1980-02-03\nSL-0042-7781"
PAPER, INK = (240, 240, 236), (40, 40, 46)


def with_label(at: tuple[int, int], size: int, page: tuple[int, int] = TWELVE) -> Pixels:
    """A small label with three lines of `size` pixels somewhere in a large picture."""
    picture = Image.new("RGB", page, (90, 120, 160))
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    left, top, right, bottom = pen.multiline_textbbox(at, LINES, font=font)
    pen.rectangle((left - size, top - size, right + size, bottom + size), PAPER)
    pen.multiline_text(at, LINES, INK, font=font)
    return np.asarray(picture, np.uint8)


def looked(pixels: Pixels, *, most: int = 3, skipped: int = 0) -> tuple[Detection, ...]:
    return tuple(SmallWriting("small writing", most=most, skipped=skipped).detect(pixels))


@pytest.mark.parametrize("size", [14, 20, 30])
@pytest.mark.parametrize("at", [(2500, 1700), (60, 60), (3700, 2850)], ids=["inside", "top", "end"])
def test_small_lines_are_found_where_they_are_in_twelve_megapixels(
    size: int, at: tuple[int, int]
) -> None:
    found = looked(with_label(at, size))
    for row in range(3):
        middle = Region(at[0] + size, round(at[1] + (row + 0.5) * size * 1.3), 3 * size, size // 4)
        assert covers(found, Identifying.TEXT, middle)


def test_lines_that_run_up_the_picture_are_found() -> None:
    pixels = np.rot90(with_label((2500, 1700), 24)).copy()
    found = looked(pixels)
    place = Region(1700 + 10, TWELVE[0] - 2500 - 90, 10, 60)
    assert covers(found, Identifying.TEXT, place)


def test_white_letters_on_black_are_found() -> None:
    assert len(looked(255 - with_label((2500, 1700), 24))) >= 3


def test_letters_of_eight_pixels_are_found_in_a_small_picture() -> None:
    assert looked(with_label((400, 300), 10, (1000, 750)))


def test_skin_has_no_tiles_worth_a_look_more_often_than_not() -> None:
    tiles = [len(list(places(plate(seed, (960, 720))))) for seed in range(6)]
    assert sorted(tiles)[3] <= 1


def test_a_flat_picture_has_nothing_to_look_at() -> None:
    assert list(places(np.full((3000, 4000, 3), 120, np.uint8))) == []


def test_the_second_look_goes_on_where_the_first_has_stopped() -> None:
    """Five labels, three tiles: the rest is for whoever looks longer."""
    pixels = with_label((300, 300), 24)
    for left, top in ((1500, 300), (3000, 300), (300, 2000), (1500, 2000)):
        pixels = pixels.copy()
        pixels[top : top + 200, left : left + 400] = pixels[250:450, 250:650]
    tiles = [(tile.left, tile.top) for tile in places(pixels)]
    assert len(tiles) >= 5
    first, second = looked(pixels), looked(pixels, most=12, skipped=3)
    assert len(first) >= 9
    assert len(second) >= 6
    assert not any(one.region.within(other.region) for one in first for other in second)
