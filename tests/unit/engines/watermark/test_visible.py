"""The mark that everybody reads: on any skin, in any place, in the recipient's own letters."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engines.watermark.textured import marked, textured

from safelight.engines.watermark import TooSmall, UnwritableMarkError, visible
from safelight.engines.watermark.lettering import lettered

TEXT = "Rhea Roe · 2026-03-09 10:11"
FEW = settings(max_examples=20, deadline=None)


def flat(level: int, size: tuple[int, int] = (1200, 1600)) -> np.ndarray:
    return np.full((*size, 3), level, np.uint8)


@pytest.mark.parametrize("level", range(0, 256, 15))
def test_letters_and_rim_stand_out_on_every_ground(level):
    levels = marked(visible(flat(level), TEXT))
    assert int(levels.max()) - int(levels.min()) >= 45


@FEW
@given(st.integers(0, 254), st.integers(1, 255))
def test_what_is_under_the_mark_keeps_its_contrast_and_is_not_clipped(level, more):
    brighter = min(255, level + more)
    low, high = (marked(visible(flat(n, (400, 600)), TEXT)).astype(int) for n in (level, brighter))
    assert (high - low).min() >= 0.8 * (brighter - level) - 2


def test_most_of_the_picture_is_not_touched():
    pixels = textured(0, (1600, 1200))
    touched = (marked(visible(pixels, TEXT)) != pixels).any(axis=2).mean()
    assert 0.05 < touched < 0.2


@pytest.mark.parametrize("size", [(1200, 1600), (1600, 1200), (700, 700), (500, 2400)])
def test_no_part_of_a_third_of_each_side_is_without_words(size):
    touched = (marked(visible(flat(128, size), TEXT)) != 128).any(axis=2)
    height, width = size
    for top, bottom in pairwise(np.linspace(0, height, 4).astype(int)):
        for left, right in pairwise(np.linspace(0, width, 4).astype(int)):
            assert touched[top:bottom, left:right].mean() > 0.04


def test_the_words_grow_with_the_picture():
    small, large = (
        (marked(visible(flat(128, (size * 3 // 4, size)), TEXT)) != 128).any(axis=2).mean()
        for size in (800, 3200)
    )
    assert small == pytest.approx(large, rel=0.3)


@pytest.mark.parametrize(
    "name", ["Müller-Östgård", "Núñez", "Ðặng", "Ελένη", "Олена", "سلمى حداد", "שרה", "Çağla"]
)
def test_a_name_is_written_in_its_own_letters(name):
    blank = lettered("·", 30)
    words = lettered(name, 30)
    assert words.shape[1] > 2 * blank.shape[1]
    assert words.any()
    marked(visible(flat(90), f"{name} · 2026-03-09"))


def test_arabic_letters_are_joined():
    apart = sum(lettered(letter, 60).shape[1] - 24 for letter in "سلمى")
    assert lettered("سلمى", 60).shape[1] - 24 < 0.9 * apart


def test_a_date_after_an_arabic_name_reads_as_it_does_after_a_latin_one():
    arabic, latin = (lettered(f"{name} · 2026-03-09", 40) for name in ("سلمى", "Rhea"))
    date = lettered("2026-03-09", 40).shape[1] - 16
    difference = np.abs(arabic[:, -date:].astype(int) - latin[:, -date:])
    assert difference.mean() < 12


def test_letters_with_an_accent_of_their_own_are_composed():
    assert np.array_equal(lettered("Mu\u0308ller", 30), lettered("Müller", 30))


@pytest.mark.parametrize(
    "words",
    ["", "   ", "x" * 81, "田中", "🙂", "Rhea\x00", "Rhea\u202eeoR", "\ud800", "\ue000"],
    ids=ascii,
)
def test_words_that_cannot_be_written_are_refused(words):
    with pytest.raises(UnwritableMarkError):
        visible(flat(90), words)


def test_words_are_never_instructions():
    spelled = lettered("#pagebreak() $x$ *b* \\n", 30)
    assert spelled.shape[1] > lettered("#pagebreak()", 30).shape[1]
    assert spelled.shape[0] == lettered("a", 30).shape[0]


@pytest.mark.parametrize("size", [(1, 1), (159, 900), (400, 479)])
def test_a_picture_too_small_for_readable_words_is_said(size):
    outcome = visible(flat(90, size), "Rhea")
    assert isinstance(outcome, TooSmall)
    assert outcome.longer < outcome.least_longer or outcome.shorter < outcome.least_shorter


def test_long_words_need_a_larger_picture_and_it_is_said_how_large():
    words = "Rhea Roe of the department of plastic surgery of another hospital, 2026-03-09"
    outcome = visible(flat(90, (480, 640)), words)
    assert isinstance(outcome, TooSmall)
    marked(visible(flat(90, (outcome.least_longer, outcome.least_longer)), words))


def test_what_was_given_stays_as_it_was():
    pixels = textured(4)
    before = pixels.copy()
    pixels.setflags(write=False)
    turned = marked(visible(pixels[::-1], TEXT))
    assert np.array_equal(pixels, before)
    assert np.array_equal(turned, marked(visible(np.ascontiguousarray(pixels[::-1]), TEXT)))
