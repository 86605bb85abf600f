import io
import threading
import warnings

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps
from tests.unit.engines.imaging.corpus import (
    ALL_CASES,
    betrays,
    full_exif,
    gradient,
    jpeg,
    other,
    png,
    png16,
)

from safelight.engines.imaging import (
    DecodeError,
    ImagingError,
    check_clean,
    make_renditions,
    scrub,
)
from safelight.engines.imaging.icc import Profile

SIZES = [(4032, 3024), (4000, 3000), (3000, 4000), (2048, 100), (2049, 1000), (9000, 500)]


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_renditions_of_the_whole_corpus_are_clean(case):
    result = scrub(case.data)
    made = make_renditions(result.data, result.orientation)
    for rendition in (made.thumbnail, made.display):
        check_clean(rendition)
        assert not betrays(rendition)


@pytest.mark.parametrize("size", SIZES)
def test_sides_keep_their_limits_and_their_ratio(size):
    made = make_renditions(jpeg(size=size), 1)
    for data, limit in ((made.display, 2048), (made.thumbnail, 512)):
        got = opened(data).size
        assert limit * 15 / 16 <= max(got) <= limit
        assert got[0] / got[1] == pytest.approx(size[0] / size[1], rel=0.02)
    assert (made.width, made.height) == size


def test_small_pictures_are_not_enlarged():
    made = make_renditions(jpeg(size=(300, 200)), 1)
    assert opened(made.display).size == opened(made.thumbnail).size == (300, 200)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_renditions_are_upright(orientation):
    data = png(exif=full_exif(orientation))
    result = scrub(data)
    made = make_renditions(result.data, result.orientation)
    expected = np.asarray(ImageOps.exif_transpose(opened(data)), int)
    shown = np.asarray(opened(made.display), int)
    assert shown.shape == expected.shape == (made.height, made.width, 3)
    assert np.abs(shown - expected).mean() < 10


def test_wide_colours_become_srgb():
    source = gradient(size=(256, 256))
    result = scrub(other("PNG", icc_profile=Profile.DISPLAY_P3.icc))
    made = make_renditions(result.data, 1)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(Profile.DISPLAY_P3.icc))
    source = gradient()
    expected = ImageCms.profileToProfile(source, profile, ImageCms.createProfile("sRGB"))
    converted = np.abs(np.asarray(expected, int) - np.asarray(opened(made.display))).mean()
    untouched = np.abs(np.asarray(source, int) - np.asarray(opened(made.display))).mean()
    assert converted < untouched
    assert "icc_profile" not in opened(made.display).info


@pytest.mark.parametrize("data", [jpeg("L"), png("L"), png("1"), jpeg("L", size=(3000, 2000))])
def test_grey_stays_grey(data):
    made = make_renditions(data, 1)
    assert opened(made.display).mode == opened(made.thumbnail).mode == "L"


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_neutral_grey(mode):
    out = io.BytesIO()
    Image.new(mode, (20, 20)).save(out, "PNG")
    shown = np.asarray(opened(make_renditions(out.getvalue(), 1).display).convert("L"), int)
    assert np.abs(shown - 128).max() <= 2


def test_deep_pictures_are_shown_in_eight_bits():
    deep = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    out = io.BytesIO()
    Image.fromarray(deep).save(out, "PNG")
    shown = np.asarray(opened(make_renditions(out.getvalue(), 1).display), int)
    assert np.abs(shown - deep // 257).max() < 12
    assert opened(make_renditions(png16(), 1).display).mode == "RGB"


def test_pixels_that_do_not_decode_are_one_error():
    data = bytearray(jpeg())
    data[data.index(b"\xff\xc0") + 12] = 3  # a quantization table that is not there
    check_clean(bytes(data))
    with pytest.raises(DecodeError, match="damaged"):
        make_renditions(bytes(data), 1)


@pytest.mark.parametrize("form", ["WEBP", "TIFF"])
def test_only_scrubbed_kinds_are_rendered(form):
    with pytest.raises(ImagingError):
        make_renditions(other(form), 1)


def test_a_hundred_megapixels_raise_no_warning():
    out = io.BytesIO()
    Image.new("L", (10_000, 10_000)).save(out, "JPEG")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = make_renditions(out.getvalue(), 6)
    assert (made.width, made.height) == (10_000, 10_000)


def test_a_large_tiff_raises_no_warning_either():
    out = io.BytesIO()
    Image.new("1", (10_000, 9_900)).save(out, "TIFF", compression="group4")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert scrub(out.getvalue()).width == 10_000


def test_many_threads_get_the_same_bytes():
    data = scrub(jpeg(size=(1200, 900), icc_profile=Profile.DISPLAY_P3.icc)).data
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(make_renditions(data, 6))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len(set(results)) == 1
