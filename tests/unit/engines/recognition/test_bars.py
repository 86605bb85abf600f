"""All bars of a code are covered, though a reader or a detector told only a part of them."""

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from tests.unit.engines.recognition.scenes import covers

from safelight.engines.recognition import Detection
from safelight.engines.recognition.bars import whole_bars
from safelight.engines.recognition.code_places import CodePatterns, CodePlaces
from safelight.vocabulary.identifiability import Identifying, Region

SIDE, MODULE, QUIET = 1000, 3, 10
PAPER = 235


def page(height: int) -> tuple[NDArray[np.uint8], Region]:
    """A barcode in the middle of a page, and where its bars are."""
    code = zxingcpp.create_barcode("SL-0042-7781", zxingcpp.BarcodeFormat.Code128)
    line = np.array(code.to_image(scale=1, add_hrt=False), np.uint8)[0].repeat(MODULE)
    drawn = np.full((SIDE, SIDE), PAPER, np.uint8)
    left, top = (SIDE - len(line)) // 2, (SIDE - height) // 2
    drawn[top : top + height, left : left + len(line)] = line
    dark = np.flatnonzero(line < PAPER)
    return drawn, Region(left + int(dark[0]), top, int(dark[-1] - dark[0]) + 1, height)


def seen(drawn: NDArray[np.uint8]) -> tuple[Detection, ...]:
    """What both detectors that are asked for a proposal say, as they are asked there."""
    pixels = cv2.cvtColor(drawn, cv2.COLOR_GRAY2RGB)
    assert isinstance(pixels, np.ndarray)
    rgb = np.asarray(pixels, np.uint8)
    patterns = CodePatterns("bars", squares=False)
    return (*CodePlaces("codes").detect(rgb), *patterns.detect(rgb))


def part(bars: Region, left: float, top: float, right: float, bottom: float) -> NDArray[np.float64]:
    """Corners of a part of the bars, by fractions of their length and height."""
    x, y = (
        bars.left + bars.width * np.array((left, right)),
        bars.top + bars.height * np.array((top, bottom)),
    )
    return np.array([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])])


PARTS = {
    "a few lines across": (0.0, 0.45, 1.0, 0.5),
    "the left third": (0.0, 0.2, 0.33, 0.8),
    "a piece in the middle": (0.4, 0.4, 0.7, 0.6),
    "the lower right corner": (0.6, 0.8, 1.0, 1.0),
}


@pytest.mark.parametrize("told", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("height", [60, 200, 400])
def test_a_part_of_a_code_leads_to_all_of_it(
    height: int, told: tuple[float, float, float, float]
) -> None:
    drawn, bars = page(height)
    whole = whole_bars(drawn, part(bars, *told))
    assert whole
    region = whole.region(SIDE, SIDE)
    assert region
    assert region.contains(bars)
    assert region.area < 1.8 * bars.area


@pytest.mark.parametrize("degrees", [-30, 7, 90, 135])
def test_bars_that_lie_aslant_are_followed(degrees: int) -> None:
    drawn, bars = page(200)
    matrix = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), degrees, 1)
    turned = np.asarray(cv2.warpAffine(drawn, matrix, (SIDE, SIDE), borderValue=(PAPER,)), np.uint8)
    told = part(bars, 0.3, 0.3, 0.6, 0.5) @ matrix[:, :2].T + matrix[:, 2]
    ends = part(bars, 0.0, 0.0, 1.0, 1.0) @ matrix[:, :2].T + matrix[:, 2]
    whole = whole_bars(turned, told)
    assert whole
    assert whole.left <= ends[:, 0].min() + 1
    assert whole.right >= ends[:, 0].max() - 1
    assert whole.top <= ends[:, 1].min() + 1
    assert whole.bottom >= ends[:, 1].max() - 1


@pytest.mark.parametrize("detector", [CodePlaces(), CodePatterns("bars", squares=False)])
def test_glare_over_half_of_the_bars_hides_none_of_the_rest(
    detector: CodePlaces | CodePatterns,
) -> None:
    """What is read above and below it is proposed as two codes; between them bars would show."""
    drawn, bars = page(400)
    drawn[bars.top + 40 : bars.top + 300, bars.left : bars.left + bars.width // 2] = 250
    rgb = np.asarray(cv2.cvtColor(drawn, cv2.COLOR_GRAY2RGB), np.uint8)
    assert covers(tuple(detector.detect(rgb)), Identifying.CODE, bars)


def test_light_that_falls_off_at_the_ends_of_the_bars_hides_none_of_them() -> None:
    drawn, bars = page(300)
    light = np.ones(SIDE)
    light[bars.top : bars.bottom] = 1 - 0.8 * np.abs(np.linspace(-1, 1, bars.height))
    noise = np.random.default_rng(1).normal(0, 8, drawn.shape)
    dim = np.clip(drawn * light[:, None] + noise, 0, 255).astype(np.uint8)
    assert covers(seen(dim), Identifying.CODE, bars)


def test_a_narrow_band_is_covered_from_end_to_end() -> None:
    """The detector of stripes told two overlapping thirds of one, and no more."""
    drawn, bars = page(60)
    detector = CodePatterns("bars", squares=False)
    rgb = np.asarray(cv2.cvtColor(drawn, cv2.COLOR_GRAY2RGB), np.uint8)
    assert covers(tuple(detector.detect(rgb)), Identifying.CODE, bars)


def test_bars_of_another_code_beyond_the_quiet_zone_are_not_taken_in() -> None:
    drawn, bars = page(120)
    drawn[bars.bottom + 80 : bars.bottom + 200] = drawn[bars.top : bars.bottom]
    whole = whole_bars(drawn, part(bars, 0.0, 0.4, 1.0, 0.6))
    assert whole
    assert whole.bottom < bars.bottom + 80


@pytest.mark.parametrize(
    ("ground", "corners"),
    [
        (np.full((100, 100), 128, np.uint8), (10, 10, 90, 90)),
        (np.random.default_rng(2).integers(0, 255, (100, 100), np.uint8), (10, 10, 90, 90)),
        (np.random.default_rng(2).integers(0, 255, (100, 100), np.uint8), (10, 10, 12, 12)),
        (np.full((100, 100), 128, np.uint8), (300, 300, 400, 400)),
    ],
    ids=["plain", "noise", "nearly nothing", "outside"],
)
def test_where_no_bars_are_none_are_followed(
    ground: NDArray[np.uint8], corners: tuple[int, int, int, int]
) -> None:
    left, top, right, bottom = corners
    told = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)
    assert whole_bars(ground, told) is None
