"""The mark that is not seen: it comes back from spoiled copies, or it names nobody."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.unit.engines.watermark.textured import (
    KEY,
    OTHER_KEY,
    marked,
    pressed,
    scaled,
    textured,
)

from safelight.engines.watermark import (
    TooSmall,
    UnfitPayloadError,
    UnmarkablePixelsError,
    WeakKeyError,
    burn,
    embed,
    read,
    visible,
)

PAYLOADS = st.integers(0, 2**48 - 1)
SEEDS = st.integers(0, 10**6)
FILTERS = st.sampled_from(
    [
        Image.Resampling.BILINEAR,
        Image.Resampling.BOX,
        Image.Resampling.BICUBIC,
        Image.Resampling.LANCZOS,
    ]
)
PAYLOAD = 0xABCDEF123456
FEW = settings(max_examples=12, deadline=None)


@FEW
@given(PAYLOADS, SEEDS)
def test_a_number_comes_back_from_a_jpeg_of_quality_75(payload, seed):
    copy = pressed(marked(embed(textured(seed), payload, KEY)))
    assert read(copy, KEY, search=False).payload == payload


@FEW
@given(PAYLOADS, SEEDS, FILTERS)
def test_a_number_comes_back_from_half_the_size_and_a_jpeg(payload, seed, filtered):
    copy = marked(embed(textured(seed, (1600, 1200)), payload, KEY))
    assert read(pressed(scaled(copy, 0.5, filtered)), KEY, search=False).payload == payload


@FEW
@given(SEEDS)
def test_a_picture_without_a_mark_names_nobody(seed):
    reading = read(textured(seed), KEY, search=False)
    assert reading.payload is None
    assert reading.confidence < 6


@FEW
@given(PAYLOADS, SEEDS, st.binary(min_size=32, max_size=32))
def test_another_key_names_nobody(payload, seed, other):
    copy = marked(embed(textured(seed), payload, KEY))
    assert read(copy, other, search=False).payload is None


@pytest.mark.slow
def test_searching_with_another_key_finds_nothing():
    assert read(marked(embed(textured(3), PAYLOAD, KEY)), OTHER_KEY).payload is None


@pytest.mark.parametrize("upright", [True, False])
def test_a_part_that_was_cut_out_scaled_and_pressed_still_names(upright):
    pixels = textured(5, (1600, 1200) if upright else (1200, 1600))
    copy = marked(embed(pixels, PAYLOAD, KEY))
    part = copy[190:-110, 230:-170]
    reading = read(pressed(scaled(part, 0.5, Image.Resampling.BILINEAR)), KEY)
    assert reading.payload == PAYLOAD


def test_a_screenshot_with_a_page_around_the_picture_names():
    shown = scaled(marked(embed(textured(6), PAYLOAD, KEY)), 0.8, Image.Resampling.BILINEAR)
    page = np.full((900, 1200, 3), 30, np.uint8)
    page[120 : 120 + shown.shape[0], 190 : 190 + shown.shape[1]] = shown
    assert read(page, KEY).payload == PAYLOAD


def test_a_picture_photographed_from_a_screen_a_little_aslant_names():
    copy = marked(embed(textured(7, (1600, 1200)), PAYLOAD, KEY))
    corners = np.array([[0, 0], [1600, 0], [1600, 1200], [0, 1200]], np.float32)
    moved = np.array([[25, 3], [1604, 26], [1580, 1190], [-4, 1172]], np.float32)
    bend = cv2.getPerspectiveTransform(corners, moved)
    seen = np.asarray(cv2.warpPerspective(copy, bend, (1600, 1200)), np.uint8)
    assert read(pressed(seen), KEY).payload == PAYLOAD


@pytest.mark.parametrize("level", [0, 8, 128, 250, 255])
def test_a_picture_of_one_level_carries_the_mark_too(level):
    flat = np.full((768, 1024, 3), level, np.uint8)
    assert read(marked(embed(flat, PAYLOAD, KEY)), KEY, search=False).payload == PAYLOAD


@pytest.mark.parametrize("payload", [0, 2**48 - 1])
def test_the_smallest_and_the_largest_number_come_back(payload):
    assert read(marked(embed(textured(1), payload, KEY)), KEY, search=False).payload == payload


def test_the_visible_mark_does_not_disturb_the_one_that_is_not_seen():
    copy = marked(burn(textured(2, (1600, 1200)), "Rhea Roe · 2026-03-09 10:11", PAYLOAD, KEY))
    half = pressed(scaled(copy, 0.5, Image.Resampling.BILINEAR))
    assert read(half, KEY, search=False).payload == PAYLOAD


def test_both_marks_are_burned_in_the_words_first():
    words = marked(visible(textured(2), "Rhea Roe"))
    both = marked(burn(textured(2), "Rhea Roe", PAYLOAD, KEY))
    assert np.array_equal(both, marked(embed(words, PAYLOAD, KEY)))


@FEW
@given(SEEDS)
def test_the_mark_changes_no_level_by_much_and_no_colour(seed):
    pixels = textured(seed)
    change = marked(embed(pixels, PAYLOAD, KEY)).astype(int) - pixels
    assert np.abs(change).max() <= 24
    assert np.abs(change).mean() < 2
    inner = (pixels.min(axis=2) > 30) & (pixels.max(axis=2) < 225)
    assert np.ptp(change[inner], axis=1).max() == 0


def test_what_was_given_stays_as_it_was_and_may_be_read_only_or_turned():
    pixels = textured(4)
    before = pixels.copy()
    pixels.setflags(write=False)
    turned = marked(embed(pixels[::-1, ::-1], PAYLOAD, KEY))
    assert np.array_equal(pixels, before)
    again = marked(embed(np.ascontiguousarray(pixels[::-1, ::-1]), PAYLOAD, KEY))
    assert np.array_equal(turned, again)


@pytest.mark.parametrize("size", [(1, 1), (639, 639), (640, 159), (4000, 999)])
def test_a_picture_too_small_or_too_narrow_for_the_mark_is_said_and_none_is_given(size):
    outcome = embed(np.zeros((*size, 3), np.uint8), PAYLOAD, KEY)
    assert isinstance(outcome, TooSmall)
    assert (outcome.shorter, outcome.longer) == tuple(sorted(size))
    assert outcome.longer < outcome.least_longer or outcome.shorter < outcome.least_shorter


@pytest.mark.parametrize("size", [(640, 160), (160, 640), (640, 480), (1600, 400)])
def test_the_smallest_pictures_that_are_marked_name_after_a_jpeg(size):
    copy = pressed(marked(embed(textured(8, size), PAYLOAD, KEY)))
    assert read(copy, KEY, search=False).payload == PAYLOAD


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (7, 3), (40, 40)])
def test_reading_what_is_far_too_small_names_nobody(size):
    assert read(np.full((*size, 3), 77, np.uint8), KEY).payload is None


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((600, 600), np.uint8),
        np.zeros((600, 600, 1), np.uint8),
        np.zeros((600, 600, 4), np.uint8),
        np.zeros((600, 600, 3), np.float32),
        np.zeros((600, 600, 3), np.uint16),
        np.zeros((0, 600, 3), np.uint8),
        np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (11_000, 11_000, 3)),
    ],
    ids=lambda pixels: f"{pixels.shape} {pixels.dtype}",
)
def test_what_is_no_rgb_picture_of_eight_bits_is_refused(pixels):
    with pytest.raises(UnmarkablePixelsError):
        embed(pixels, PAYLOAD, KEY)
    with pytest.raises(UnmarkablePixelsError):
        visible(pixels, "Rhea Roe")
    with pytest.raises(UnmarkablePixelsError):
        read(pixels, KEY)


@pytest.mark.parametrize("payload", [-1, 2**48, True])
def test_a_number_that_does_not_fit_is_refused(payload):
    with pytest.raises(UnfitPayloadError):
        embed(textured(0), payload, KEY)


@pytest.mark.parametrize("key", [b"", b"too short to be secret"])
def test_a_weak_key_is_refused(key):
    with pytest.raises(WeakKeyError):
        embed(textured(0), PAYLOAD, key)
    with pytest.raises(WeakKeyError):
        read(textured(0), key)
