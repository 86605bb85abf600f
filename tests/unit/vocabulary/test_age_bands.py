"""About how old somebody is, for whoever may not know who it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.vocabulary.age_bands import OLDEST, age_band


@pytest.mark.parametrize(
    ("age", "low", "high"),
    [
        (0, 0, 0),
        (1, 1, 2),
        (5, 3, 5),
        (11, 6, 11),
        (17, 12, 17),
        (18, 18, 29),
        (30, 30, 39),
        (89, 80, 89),
        (90, 90, None),
        (113, 90, None),
    ],
)
def test_about_how_old_somebody_is(age: int, low: int, high: int | None) -> None:
    band = age_band(age)
    assert (band.low, band.high) == (low, high)


@given(st.integers(0, 130))
def test_an_age_lies_in_its_band_and_everybody_in_it_has_the_same(age: int) -> None:
    band = age_band(age)
    assert band.low <= age <= (130 if band.high is None else band.high)
    assert age_band(band.low) == band


@given(st.integers(1, OLDEST - 1))
def test_no_band_but_the_first_is_one_year_wide(age: int) -> None:
    band = age_band(age)
    assert band.high is not None
    assert band.high > band.low
