"""What is covered is in no byte of the result, whatever the picture, the mask and the orientation."""

import io
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.unit.engines.imaging.corpus import (
    ALL_CASES,
    betrays,
    gradient,
    jpeg,
    other,
    png,
    png16,
    uncommon_profile,
)
from tests.unit.engines.imaging.drawn_plans import hidden_pixels, plans
from tests.unit.engines.imaging.test_properties import mutated

from safelight.engines.imaging import (
    DEFAULT_BOUNDS,
    Bounds,
    ImagingError,
    MalformedPlanError,
    Mask,
    RedactionPlan,
    TooManyPixelsError,
    check_clean,
    redact,
    scrub,
)
from safelight.engines.imaging.redaction import COVER
from safelight.vocabulary.identifiability import Fill, MaskShape, Region

quick = settings(max_examples=100, deadline=None)
SIDES = st.integers(1, 90)
TURNS: dict[int, Any] = {
    1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
    5: lambda a: np.swapaxes(a, 0, 1), 6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(np.swapaxes(a, 0, 1), 2), 8: np.rot90,
}  # fmt: skip
UNTURNED = {**TURNS, 6: TURNS[8], 8: TURNS[6]}


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)))


def saved(array, form="PNG", **options):
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(out, form, **options)
    return out.getvalue()


def noise(seed, height, width):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def covered(made, at):
    """The pixel of a result at (x, y), as the mean of its channels."""
    return pixels(made.display)[at[1], at[0]].mean()


def check_hidden(plan, width, height, orientation):
    one, two = noise(1, height, width), noise(2, height, width)
    hidden = hidden_pixels(plan, width, height)
    two[~hidden] = one[~hidden]
    stored = [saved(UNTURNED[orientation](picture)) for picture in (one, two)]
    assert redact(stored[0], orientation, plan) == redact(stored[1], orientation, plan)


@quick
@given(st.data(), SIDES, SIDES, st.integers(1, 8))
def test_what_is_hidden_changes_no_byte_of_a_png(data, width, height, orientation):
    check_hidden(data.draw(plans(width, height)), width, height, orientation)


@settings(max_examples=8, deadline=None)
@given(st.data(), st.sampled_from([(2500, 40), (37, 3000), (2100, 600)]))
def test_nor_does_it_through_scaling(data, size):
    width, height = size
    check_hidden(data.draw(plans(width, height)), width, height, 6)


@pytest.mark.parametrize("sampling", ["4:4:4", "4:2:2", "4:2:0", "4:1:1"])
@pytest.mark.parametrize("quality", [30, 95])
@pytest.mark.parametrize("shape", MaskShape)
def test_nor_what_a_jpeg_has_smeared_of_it(sampling, quality, shape):
    """A covered region of another content: no byte differs, though pixels beside the mask do."""
    one, two = noise(1, 160, 200), noise(1, 160, 200)
    region = Region(79, 63, 18, 18)  # it begins and ends one pixel into a block
    mask = Mask(region, shape=shape)
    two[hidden_pixels(RedactionPlan((mask,)), 200, 160)] = 255
    options = {"quality": quality, "subsampling": sampling}
    stored = [saved(picture, "JPEG", **options) for picture in (one, two)]
    differing = (pixels(stored[0]) != pixels(stored[1])).any(axis=2)
    assert differing[:, 78].any()
    for fill in Fill:
        plan = RedactionPlan((Mask(region, fill, shape),))
        assert redact(stored[0], 1, plan) == redact(stored[1], 1, plan)


@pytest.mark.parametrize("place", range(79, 95, 5))
def test_nor_what_was_smeared_before_its_colours_were_converted(place):
    """It was coded twice then: by the camera, and by whoever converted."""
    one = noise(1, 200, 200) // 2 + 60
    two, region = one.copy(), Region(place, place, 26, 26)
    two[place : place + 26, place : place + 26] = 255
    options = {"quality": 50, "subsampling": "4:2:0", "icc_profile": uncommon_profile()}
    stored = [scrub(saved(picture, "JPEG", **options)) for picture in (one, two)]
    assert not stored[0].lossless
    plan = RedactionPlan((Mask(region),))
    assert redact(stored[0].data, 1, plan) == redact(stored[1].data, 1, plan)


def first_scans(data, count):
    """A progressive JPEG as a slow line leaves it: without its later scans."""
    start = [at for at in range(len(data) - 1) if data[at : at + 2] == b"\xff\xda"][count]
    tables = data.rindex(b"\xff\xc4", 0, start)  # those of the scan that is left out
    return data[:tables] + b"\xff\xd9"


@pytest.mark.parametrize("scans", [1, 2, 3, 4])
def test_nor_what_a_decoder_guesses_of_a_jpeg_without_its_last_scans(scans):
    one, two = noise(1, 200, 240), noise(1, 200, 240)
    one[:], two[:] = one // 8 + 100, two // 8 + 100
    region = Region(95, 79, 34, 34)
    two[79:113, 95:129] = 255
    options = {"quality": 90, "progressive": True, "subsampling": "4:2:0"}
    stored = [first_scans(saved(p, "JPEG", **options), scans) for p in (one, two)]
    differing = (pixels(stored[0]) != pixels(stored[1])).any(axis=2)
    assert differing[96, :76].any()
    plan = RedactionPlan((Mask(region),))
    assert redact(stored[0], 1, plan) == redact(stored[1], 1, plan)


def test_nor_what_a_jpeg_has_smeared_over_the_edge_of_a_crop():
    one, two = noise(1, 160, 200), noise(2, 160, 200)
    crop = Region(41, 0, 101, 133)
    two[:133, 41:142] = one[:133, 41:142]
    stored = [saved(picture, "JPEG", quality=80) for picture in (one, two)]
    made = [redact(data, 1, RedactionPlan(crop=crop)) for data in stored]
    assert made[0] == made[1]
    assert made[0].area == Region(59, 0, 65, 115)
    assert (made[0].width, made[0].height) == (65, 115)


@quick
@given(st.data(), SIDES, SIDES)
def test_one_mask_more_uncovers_nothing(data, width, height):
    """Of two pictures whose results are equal under a plan, so they are under a longer one."""
    plan, more = data.draw(plans(width, height, crops=False)), data.draw(plans(width, height))
    longer = RedactionPlan(plan.masks + more.masks, more.crop)
    one, two = noise(1, height, width), noise(2, height, width)
    hidden = hidden_pixels(plan, width, height)
    two[~hidden] = one[~hidden]
    assert redact(saved(one), 1, longer) == redact(saved(two), 1, longer)


@quick
@given(st.data(), SIDES, SIDES)
def test_what_is_not_hidden_stays(data, width, height):
    plan = data.draw(plans(width, height, crops=False))
    made = redact(saved(noise(1, height, width)), 1, plan)
    untouched = redact(saved(noise(1, height, width)), 1, RedactionPlan())
    # A block of the JPEG with no hidden pixel in it (16 x 16 with its coarse colour, and what the
    # decoder smooths over) is the same as without any mask.
    near = hidden_pixels(plan, width, height)
    for axis, count in ((0, height), (1, width)):
        near = np.stack([
            np.take(near, range(max(0, at - 18), min(count, at + 19)), axis=axis).any(axis=axis)
            for at in range(count)
        ], axis=axis)  # fmt: skip
    assert np.array_equal(pixels(made.display)[~near], pixels(untouched.display)[~near])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_masks_and_crop_lie_in_the_upright_picture(orientation):
    upright = np.full((60, 100, 3), 200, np.uint8)
    upright[10:20, 70:90] = (255, 0, 0)
    plan = RedactionPlan((Mask(Region(70, 10, 20, 10)),), Region(50, 0, 50, 40))
    made = redact(saved(UNTURNED[orientation](upright)), orientation, plan)
    shown = pixels(made.display).astype(int)
    assert shown.shape == (40, 50, 3)
    assert np.abs(shown[12:18, 22:38] - COVER).max() <= 8
    assert (shown[..., 0] - shown[..., 1]).max() <= 3  # nothing red is left


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize("shape", MaskShape)
@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_the_whole_corpus_is_clean_after_it(case, fill, shape):
    result = scrub(case.data)
    made = redact(
        result.data, result.orientation, RedactionPlan((Mask(Region(2, 2, 9, 5), fill, shape),))
    )
    for data in (made.display, made.thumbnail):
        check_clean(data)
        assert not betrays(data)


def test_a_mosaic_takes_its_tone_from_around_it_and_solid_is_dark():
    picture = np.full((120, 120, 3), (200, 150, 120), np.uint8)
    picture[40:80, 40:80] = (0, 0, 255)
    region = Region(40, 40, 40, 40)
    toned = redact(saved(picture), 1, RedactionPlan((Mask(region, Fill.MOSAIC),)))
    assert np.abs(pixels(toned.display)[60, 60].astype(int) - (200, 150, 120)).max() <= 4
    assert covered(redact(saved(picture), 1, RedactionPlan((Mask(region),))), (60, 60)) < 64


def test_a_mosaic_with_nothing_visible_around_it_is_solid():
    whole = RedactionPlan((Mask(Region(0, 0, 48, 32), Fill.MOSAIC),))
    assert np.abs(pixels(redact(png(), 1, whole).display).astype(int) - COVER).max() <= 2
    around = RedactionPlan((Mask(Region(8, 8, 20, 20), Fill.MOSAIC),), Region(8, 8, 20, 20))
    assert np.abs(pixels(redact(png(), 1, around).display).astype(int) - COVER).max() <= 2


def test_where_solid_and_mosaic_overlap_it_is_solid():
    region = Region(8, 8, 16, 16)
    masks = (Mask(region), Mask(region, Fill.MOSAIC))
    assert redact(png(), 1, RedactionPlan(masks)) == redact(png(), 1, RedactionPlan(masks[:1]))


def test_an_ellipse_leaves_the_corners_of_its_box():
    data = saved(np.full((100, 100, 3), 220, np.uint8))
    made = redact(data, 1, RedactionPlan((Mask(Region(20, 20, 60, 60), shape=MaskShape.ELLIPSE),)))
    assert covered(made, (50, 50)) < 64
    assert covered(made, (50, 22)) < 70
    assert covered(made, (22, 22)) > 200


@pytest.mark.parametrize(
    "data",
    [
        png("L"), png("LA"), png("RGBA"), png("P"), png("1"), png("I;16"), png16(),
        jpeg("L"), scrub(jpeg("CMYK")).data, saved(np.uint16(np.arange(1536).reshape(32, 48) * 42)),
    ],
    ids=["grey", "grey-alpha", "alpha", "palette", "bits", "deep", "deep-colour",
         "grey-jpeg", "cmyk", "deep-grey"],
)  # fmt: skip
@pytest.mark.parametrize("fill", Fill)
def test_every_kind_of_pixel_is_covered(data, fill):
    made = redact(data, 1, RedactionPlan((Mask(Region(0, 0, 100, 100), fill),)))
    assert np.abs(pixels(made.display).astype(int) - COVER).max() <= 3
    check_clean(made.display)


@pytest.mark.parametrize("plan", [RedactionPlan(), RedactionPlan((Mask(Region(0, 0, 1, 1)),))])
def test_a_picture_of_one_pixel(plan):
    made = redact(saved(np.full((1, 1, 3), 200, np.uint8)), 1, plan)
    assert (made.width, made.height) == (1, 1)
    assert abs(covered(made, (0, 0)) - (COVER if plan.masks else 200)) <= 2


def test_transparent_pixels_lie_on_neutral_grey_before_they_are_covered():
    clear = io.BytesIO()
    Image.new("RGBA", (40, 40)).save(clear, "PNG")
    made = redact(clear.getvalue(), 1, RedactionPlan((Mask(Region(0, 0, 20, 40)),)))
    assert abs(covered(made, (30, 20)) - 128) <= 2
    assert abs(covered(made, (8, 20)) - COVER) <= 2


def test_renditions_have_the_sizes_of_all_others():
    made = redact(jpeg(size=(4000, 3000)), 6, RedactionPlan())
    assert (made.width, made.height) == (1536, 2048)
    assert pixels(made.display).shape == (2048, 1536, 3)
    assert pixels(made.thumbnail).shape == (512, 384, 3)
    assert made.area == Region(0, 0, 3000, 4000)


def test_a_crop_is_not_enlarged_and_keeps_its_pixels():
    made = redact(png(size=(480, 320)), 1, RedactionPlan(crop=Region(100, 50, 300, 200)))
    whole = redact(png(size=(480, 320)), 1, RedactionPlan())
    part = pixels(whole.display)[50:250, 100:400].astype(int)
    assert np.abs(pixels(made.display) - part).mean() < 2
    assert made.area == Region(100, 50, 300, 200)


def test_a_crop_that_leaves_nothing_is_refused():
    with pytest.raises(MalformedPlanError, match="left"):
        redact(png(), 1, RedactionPlan(crop=Region(60, 0, 10, 10)))
    with pytest.raises(MalformedPlanError, match="too small"):
        redact(jpeg(), 1, RedactionPlan(crop=Region(20, 10, 10, 10)))


def test_bounds_are_kept():
    with pytest.raises(TooManyPixelsError):
        redact(png(), 1, RedactionPlan(), Bounds(max_pixels=1000))


@pytest.mark.parametrize("data", [b"", other("WEBP"), jpeg()[:-40], png()[:-30]])
def test_what_is_not_a_scrubbed_picture_is_one_of_our_errors(data):
    with pytest.raises(ImagingError):
        redact(data, 1, RedactionPlan())


@settings(max_examples=150, deadline=None)
@given(mutated(), st.integers(1, 8))
def test_a_damaged_picture_is_covered_or_refused(data, orientation):
    try:
        made = redact(data, orientation, RedactionPlan((Mask(Region(3, 3, 9, 9), Fill.MOSAIC),)))
    except ImagingError:
        return
    check_clean(made.display)
    check_clean(made.thumbnail)


def test_a_hundred_megapixels_are_covered():
    out = io.BytesIO()
    Image.new("L", (10_000, 10_000), 200).save(out, "JPEG")
    masks = tuple(
        Mask(Region(900 * i, 0, 800, 10_000), fill, MaskShape.ELLIPSE)
        for i in range(10)
        for fill in Fill
    )
    made = redact(out.getvalue(), 6, RedactionPlan(masks), DEFAULT_BOUNDS)
    assert (made.width, made.height) == (2048, 2048)
    assert covered(made, (80, 1024)) < 64


def test_many_threads_get_the_same_bytes():
    data = saved(np.asarray(gradient(size=(400, 300))))
    plan = RedactionPlan((Mask(Region(90, 90, 90, 90), Fill.MOSAIC, MaskShape.ELLIPSE),))
    results = []
    threads = [threading.Thread(target=lambda: results.append(redact(data, 6, plan)))
               for _ in range(4)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1
