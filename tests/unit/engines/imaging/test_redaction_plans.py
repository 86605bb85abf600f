"""A plan says exactly what it says, and redaction only grows."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thoroughness import examples
from tests.unit.engines.imaging.drawn_plans import hidden_pixels, masks, plans

from safelight.engines.imaging import (
    MalformedPlanError,
    Mask,
    RedactionPlan,
    covers_at_least,
    fit,
)
from safelight.engines.imaging.coverage import stretches
from safelight.vocabulary.identifiability import MOST_MASKS, Fill, MaskShape, Region

quick = settings(max_examples=examples(300), deadline=None)
SIDES = st.integers(1, 40)
BOX = {"left": 1, "top": 2, "width": 3, "height": 4}
MASK = {"region": BOX, "fill": "solid", "shape": "box"}


@quick
@given(plans(500, 400, beyond=900))
def test_a_plan_survives_its_journey_as_json(plan):
    assert RedactionPlan.from_data(json.loads(json.dumps(plan.to_data()))) == plan


BAD_NUMBERS: list[object] = [-1, True, 1.0, "1", None, 65_501, 10**30, []]
BAD_MASKS: list[dict[str, object]] = [
    {"fill": "blur"}, {"fill": None}, {"fill": []}, {"shape": "star"}, {"shape": 1},
    {"region": None}, {"more": 1},
]  # fmt: skip
MALFORMED: list[object] = [
    None, [], "", 7, {}, {"masks": []}, {"masks": [], "crop": None, "more": 1},
    {"masks": {}, "crop": None}, {"masks": None, "crop": None}, {"masks": [7], "crop": None},
    {"masks": [], "crop": []}, {"masks": [], "crop": {}}, {"masks": [], "crop": BOX | {"x": 1}},
    {"masks": [MASK] * (MOST_MASKS + 1), "crop": None},
    {"masks": [], "crop": BOX | {"width": 0}}, {"masks": [], "crop": BOX | {"height": 0}},
    *({"masks": [], "crop": BOX | {"left": bad}} for bad in BAD_NUMBERS),
    *({"masks": [MASK | bad], "crop": None} for bad in BAD_MASKS),
]  # fmt: skip


@pytest.mark.parametrize("data", MALFORMED)
def test_anything_else_is_malformed(data):
    with pytest.raises(MalformedPlanError):
        RedactionPlan.from_data(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["masks", "crop", "region", "fill", "shape", "left", "top"]) | st.text(),
        inner),
)  # fmt: skip


@quick
@given(json_values)
def test_no_json_makes_another_error(data):
    try:
        plan = RedactionPlan.from_data(data)
    except MalformedPlanError:
        return
    assert plan.to_data() == data


@quick
@given(st.data(), SIDES, SIDES)
def test_fitting_hides_the_same_pixels_and_leaves_nothing_outside(data, width, height):
    plan = data.draw(plans(width, height, beyond=30))
    fitted = fit(plan, width, height)
    before, after = (hidden_pixels(p, width, height) for p in (plan, fitted))
    assert np.array_equal(before, after)
    whole = Region(0, 0, width, height)
    assert all(whole.contains(mask.region) for mask in fitted.masks)
    assert fitted.crop != whole
    assert fit(fitted, width, height) == fitted


def test_masks_beside_the_picture_are_dropped_and_a_crop_beside_it_refused():
    plan = RedactionPlan((Mask(Region(40, 0, 5, 5)), Mask(Region(0, 0, 5, 5))))
    assert fit(plan, 40, 40).masks == (Mask(Region(0, 0, 5, 5)),)
    with pytest.raises(MalformedPlanError):
        fit(RedactionPlan(crop=Region(0, 40, 5, 5)), 40, 40)


def by_pixels(newer, older, width, height):
    """The rule of `covers_at_least`, pixel by pixel."""
    hides_all = not np.any(
        hidden_pixels(older, width, height) & ~hidden_pixels(newer, width, height)
    )
    was_solid = hidden_pixels(RedactionPlan(older.masks), width, height, (Fill.SOLID,))
    is_solid = hidden_pixels(newer, width, height, (Fill.SOLID,))
    return hides_all and not np.any(was_solid & ~is_solid)


@settings(max_examples=examples(600), deadline=None)
@given(st.data(), SIDES, SIDES)
def test_covering_at_least_is_true_exactly_when_it_is_pixel_by_pixel(data, width, height):
    older = data.draw(plans(width, height, most=3))
    newer = data.draw(plans(width, height, most=12))
    assert covers_at_least(newer, older, width, height) == by_pixels(newer, older, width, height)


@quick
@given(st.data(), SIDES, SIDES)
def test_it_is_true_of_a_plan_and_itself_and_of_one_mask_more(data, width, height):
    plan = data.draw(plans(width, height, beyond=9))
    more = RedactionPlan((*plan.masks, data.draw(masks(width, height))), plan.crop)
    assert covers_at_least(plan, plan, width, height)
    assert covers_at_least(more, plan, width, height)
    assert covers_at_least(more, RedactionPlan(), width, height)


@quick
@given(st.data(), SIDES, SIDES)
def test_it_passes_on(data, width, height):
    first, second, third = (data.draw(plans(width, height, most=3)) for _ in range(3))
    longer = RedactionPlan(first.masks + second.masks, first.crop)
    if covers_at_least(third, longer, width, height):
        assert covers_at_least(third, first, width, height)


@quick
@given(st.data(), SIDES, SIDES, st.data())
def test_taking_away_what_hid_a_pixel_alone_is_noticed(data, width, height, choice):
    plan = data.draw(plans(width, height).filter(lambda p: p.masks))
    gone = choice.draw(st.integers(0, len(plan.masks) - 1))
    less = RedactionPlan(plan.masks[:gone] + plan.masks[gone + 1 :], plan.crop)
    region = plan.masks[gone].region
    smaller = Mask(Region(region.left, region.top, max(1, region.width - 1), region.height),
                   plan.masks[gone].fill, plan.masks[gone].shape)  # fmt: skip
    shrunk = RedactionPlan((*less.masks, smaller), plan.crop)
    for newer in (less, shrunk):
        assert covers_at_least(newer, plan, width, height) == by_pixels(newer, plan, width, height)


def test_two_boxes_that_meet_cover_one_across_their_seam():
    older = RedactionPlan((Mask(Region(5, 5, 10, 10)),))
    halves = (Mask(Region(5, 5, 5, 10)), Mask(Region(10, 5, 5, 10)))
    assert covers_at_least(RedactionPlan(halves), older, 40, 40)
    gap = (Mask(Region(5, 5, 5, 10)), Mask(Region(11, 5, 4, 10)))
    assert not covers_at_least(RedactionPlan(gap), older, 40, 40)


def test_solid_never_becomes_mosaic_but_mosaic_may_become_solid():
    solid, mosaic = (RedactionPlan((Mask(Region(5, 5, 9, 9), fill),)) for fill in Fill)
    assert not covers_at_least(mosaic, solid, 40, 40)
    assert covers_at_least(solid, mosaic, 40, 40)


def test_cutting_off_hides_as_well_as_covering_and_a_wider_crop_uncovers():
    masked = RedactionPlan((Mask(Region(0, 0, 10, 40)),))
    cut = RedactionPlan(crop=Region(10, 0, 30, 40))
    assert covers_at_least(cut, masked, 40, 40)
    assert covers_at_least(masked, cut, 40, 40)
    assert not covers_at_least(RedactionPlan(crop=Region(9, 0, 31, 40)), cut, 40, 40)


def test_the_largest_picture_with_the_most_masks_is_compared():
    def made(extra):
        regions = (Region(i * 7, i * 50, 900 + extra, 1_000 + extra) for i in range(MOST_MASKS))
        return RedactionPlan(tuple(Mask(r, shape=MaskShape.ELLIPSE) for r in regions))

    assert covers_at_least(made(4), made(0), 1_520, 65_500) == covers_at_least(
        made(4), made(0), 1_520, 12_000
    )
    assert not covers_at_least(made(0), made(4), 1_520, 65_500)


@quick
@given(st.data(), SIDES, SIDES, st.integers(0, 20))
def test_a_mask_grows_by_a_square_around_each_pixel(data, width, height, growth):
    mask = data.draw(masks(width, height))
    expected = np.zeros((height, width), bool)
    for y, x in np.argwhere(hidden_pixels(RedactionPlan((mask,)), width, height)):
        expected[max(0, y - growth) : y + growth + 1, max(0, x - growth) : x + growth + 1] = True
    rows = np.arange(height)
    found = stretches(mask, rows, width, growth)
    columns = np.arange(width)
    got = (columns >= found.left[:, None]) & (columns < found.right[:, None])
    assert np.array_equal(got, expected)
