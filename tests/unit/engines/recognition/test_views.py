import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.engines.recognition import RecognitionError
from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.views import LEAST_SIDE, as_pixels, reduced, turned


@given(st.integers(1, 3000), st.integers(1, 40), st.booleans())
def test_a_reduced_picture_is_small_and_its_corners_map_to_the_whole(length, width, upright):
    shape = (length, width, 3) if upright else (width, length, 3)
    view = reduced(np.zeros(shape, np.uint8), most=5000)
    assert view.pixels.shape[0] >= LEAST_SIDE
    assert view.pixels.shape[1] >= LEAST_SIDE
    corner = view.back(Box(0, 0, view.pixels.shape[1], view.pixels.shape[0])).region(10_000, 10_000)
    assert corner is not None
    assert corner.right >= shape[1]
    assert corner.bottom >= shape[0]


def test_a_picture_that_is_small_enough_is_looked_at_as_it_is():
    picture = np.arange(40 * 50 * 3, dtype=np.uint8).reshape(40, 50, 3)
    view = reduced(picture, most=5000)
    assert view.scale == 1
    assert np.array_equal(view.pixels, picture)


@pytest.mark.parametrize("degrees", [30, -30, 60, 90, 180, 270])
def test_a_spot_is_found_where_it_was_before_the_picture_was_turned(degrees):
    picture = np.zeros((120, 200), np.uint8)
    picture[30:40, 150:160] = 255
    view = turned(picture, degrees)
    rows, columns = np.nonzero(view.pixels > 200)
    box = view.upright(Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    assert (box.left + box.right) / 2 == pytest.approx(155, abs=1.5)
    assert (box.top + box.bottom) / 2 == pytest.approx(35, abs=1.5)


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1), (4, 6, 3), (4, 6, 4)])
def test_grey_and_transparent_pictures_become_rgb(shape):
    assert as_pixels(np.zeros(shape, np.uint8)).shape == (4, 6, 3)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 5, 3), np.uint8),
        np.zeros(9, np.uint8),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.broadcast_to(np.uint8(0), (20_000, 20_000, 3)),
    ],
    ids=["empty", "a row of numbers", "two channels", "fractions", "400 megapixels"],
)
def test_what_is_no_picture_is_refused(array):
    with pytest.raises(RecognitionError):
        as_pixels(array)
