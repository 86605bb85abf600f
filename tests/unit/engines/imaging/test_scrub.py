import io
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pi_heif
import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from tests.unit.engines.imaging.corpus import (
    ALL_CASES,
    CANARY,
    JPEG_CASES,
    LOSSLESS_CASES,
    PNG_CASES,
    betrays,
    full_exif,
    gradient,
    jpeg,
    other,
    png,
    png16,
    segment,
    with_segments,
)
from tests.unit.engines.imaging.heic_file import heic

from safelight.engines.imaging import FindingKind, NotCleanError, check_clean, probe, scrub
from safelight.engines.imaging.icc import Profile

named = pytest.mark.parametrize


def opened(data):
    """The picture by Pillow, which must not look for further ones behind it."""
    file = io.BytesIO(data)
    if data[4:8] == b"ftyp":
        return pi_heif.HeifFile(data.removesuffix(CANARY)).to_pillow()
    return JpegImageFile(file) if data.startswith(b"\xff\xd8") else Image.open(file)


def pixels(data):
    image = opened(data)
    return image.mode, np.asarray(image)


def shown(data):
    """The picture as a viewer shows it."""
    return np.asarray(ImageOps.exif_transpose(opened(data)).convert("RGB"))


@named("case", ALL_CASES, ids=str)
def test_no_canary_survives(case):
    assert betrays(case.data)
    assert not betrays(scrub(case.data).data)


@named("case", ALL_CASES, ids=str)
def test_the_second_parser_agrees_that_the_result_is_clean(case):
    check_clean(scrub(case.data).data)


@named("case", [c for c in ALL_CASES if not c.name.startswith("after-the-")], ids=str)
def test_the_second_parser_refuses_the_picture_as_it_came(case):
    with pytest.raises(NotCleanError):
        check_clean(case.data)


@named("case", ALL_CASES, ids=str)
def test_what_was_found_is_reported(case):
    kinds = {finding.kind for finding in scrub(case.data).findings}
    assert case.kind in kinds if case.kind else not kinds


@named("case", LOSSLESS_CASES, ids=str)
def test_pixels_stay_bit_identical(case):
    result = scrub(case.data)
    before, after = pixels(case.data), pixels(result.data)
    assert before[0] == after[0]
    assert np.array_equal(before[1], after[1])
    assert result.lossless
    assert result.media_type == probe(case.data).type.value


@named("case", ALL_CASES, ids=str)
def test_the_result_shows_upright_like_the_source(case):
    source, result = shown(case.data), shown(scrub(case.data).data)
    assert source.shape == result.shape
    if case.lossless:
        assert np.array_equal(source, result)


@named("case", ALL_CASES, ids=str)
def test_scrubbing_twice_changes_nothing_and_finds_nothing(case):
    once = scrub(case.data)
    twice = scrub(once.data)
    assert twice.data == once.data
    assert twice.sha256 == once.sha256
    assert not twice.findings
    assert twice.lossless
    assert (twice.width, twice.height, twice.orientation) == (
        once.width,
        once.height,
        once.orientation,
    )


@named("case", [c for c in ALL_CASES if not c.lossless], ids=str)
def test_a_picture_written_anew_says_so(case):
    result = scrub(case.data)
    assert not result.lossless
    assert result.note
    assert "decoded and stored as" in str(result.note)
    assert result.media_type in ("image/jpeg", "image/png")


@named("orientation", range(1, 9))
@named("make", [jpeg, png], ids=["jpeg", "png"])
def test_every_orientation_is_recorded_and_kept(make, orientation):
    result = scrub(make(exif=full_exif(orientation)))
    assert result.orientation == orientation
    assert Image.open(io.BytesIO(result.data)).getexif().get(0x0112, 1) == orientation
    assert set(Image.open(io.BytesIO(result.data)).getexif()) <= {0x0112}
    assert (result.width, result.height) == (48, 32)


@named("orientation", range(2, 9))
@named("form", ["WEBP", "TIFF"])
def test_a_picture_written_anew_is_already_upright(form, orientation):
    source = other(form, exif=_orientation_only(orientation), **_lossless(form))
    result = scrub(source)
    assert result.orientation == 1
    assert np.array_equal(shown(source), pixels(result.data)[1])


def _orientation_only(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _lossless(form):
    return {"lossless": True} if form == "WEBP" else {}


@named("value", [0, 9, 65535])
def test_an_orientation_out_of_range_counts_as_upright(value):
    assert scrub(jpeg(exif=_orientation_only(value))).orientation == 1


def test_a_lone_orientation_is_no_finding():
    result = scrub(jpeg(exif=_orientation_only(6)))
    assert result.orientation == 6
    assert result.findings == ()


def test_a_plain_picture_is_not_changed():
    assert scrub(jpeg()).data == jpeg()
    assert scrub(png()).data == png()


def test_what_was_found_can_be_read():
    found = {f.place: f.value for f in scrub(jpeg(exif=full_exif())).findings}
    assert found["EXIF GPS"] == "51.50343, -0.12627"
    assert found["EXIF BodySerialNumber"] == CANARY.decode()
    assert found["EXIF XPAuthor"] == CANARY.decode()
    assert found["EXIF UserComment"] == CANARY.decode()
    assert found["EXIF DateTimeOriginal"] == "2026:01:02 03:04:05"


def test_every_telling_field_of_exif_is_found():
    kinds = {f.kind for f in scrub(jpeg(exif=full_exif())).findings}
    assert kinds >= {
        FindingKind.GPS,
        FindingKind.SERIAL_NUMBER,
        FindingKind.OWNER,
        FindingKind.CAMERA,
        FindingKind.SOFTWARE,
        FindingKind.TIMESTAMP,
        FindingKind.MAKER_NOTE,
        FindingKind.THUMBNAIL,
        FindingKind.COMMENT,
    }


def test_a_finding_cannot_write_on_a_terminal():
    (finding,) = scrub(with_segments(jpeg(), segment(0xFE, b"\x1b[2J\x07red\n" * 50))).findings
    assert finding.value.isprintable()
    assert len(finding.value) <= 80


def test_the_time_taken_is_aware_when_the_camera_knew_its_offset():
    expected = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    taken = scrub(jpeg(exif=full_exif())).taken_at
    assert taken == expected
    assert taken.astimezone(UTC).hour == 2


@named(
    ("text", "expected"),
    [
        ("2026:01:02 03:04:05", datetime(2026, 1, 2, 3, 4, 5)),  # noqa: DTZ001 - a camera's clock
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2026:13:45 99:00:00", None),
        ("yesterday", None),
    ],
)
def test_the_time_taken_is_none_unless_it_is_a_time(text, expected):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = text
    assert scrub(jpeg(exif=exif)).taken_at == expected


@named("profile", [p for p in Profile if not p.is_grey], ids=lambda p: p.label)
@named("make", [jpeg, png], ids=["jpeg", "png"])
def test_a_common_profile_is_kept(make, profile):
    result = scrub(make(icc_profile=profile.icc))
    assert Image.open(io.BytesIO(result.data)).info["icc_profile"] == profile.icc
    assert result.findings == ()


@named("profile", [Profile.GREY_2_2, Profile.GREY_SRGB], ids=lambda p: p.label)
def test_a_common_grey_profile_is_kept(profile):
    result = scrub(jpeg("L", icc_profile=profile.icc))
    assert Image.open(io.BytesIO(result.data)).info["icc_profile"] == profile.icc


def test_an_uncommon_profile_is_converted_to_srgb_not_dropped():
    linear = next(c for c in PNG_CASES if c.name == "png-uncommon-profile")
    result = scrub(linear.data)
    source = Image.open(io.BytesIO(linear.data))
    expected = ImageCms.profileToProfile(
        source,
        ImageCms.ImageCmsProfile(io.BytesIO(source.info["icc_profile"])),
        ImageCms.createProfile("sRGB"),
    )
    difference = np.abs(np.asarray(expected, int) - pixels(result.data)[1])
    assert difference.max() <= 1
    assert "colour profile" in str(result.note)


def test_rgb_components_keep_their_colours():
    source = next(c for c in JPEG_CASES if c.name == "rgb-components").data
    assert np.abs(shown(scrub(source).data).astype(int) - np.asarray(gradient())).mean() < 6


def test_sixteen_bits_stay_sixteen_bits():
    result = scrub(png16())
    assert probe(result.data).bits == 16
    assert result.data == png16()


def test_lossless_sources_become_png_with_the_same_pixels():
    source = other("TIFF")
    result = scrub(source)
    assert result.media_type == "image/png"
    assert np.array_equal(pixels(source)[1], pixels(result.data)[1])


def test_lossy_sources_become_jpeg_close_to_the_same_pixels():
    source = other("WEBP", quality=90)
    result = scrub(source)
    assert result.media_type == "image/jpeg"
    assert np.abs(pixels(source)[1].astype(int) - pixels(result.data)[1]).mean() < 4


def test_a_heic_becomes_a_jpeg_close_to_the_same_pixels():
    result = scrub(heic(gradient(), exif=full_exif()))
    assert result.media_type == "image/jpeg"
    assert result.taken_at
    assert np.abs(np.asarray(gradient(), int) - pixels(result.data)[1]).mean() < 4


def test_a_turned_heic_is_stored_upright_whatever_its_exif_says():
    result = scrub(heic(gradient(), exif=full_exif(6), turns=1))
    assert (result.width, result.height, result.orientation) == (32, 48, 1)
    expected = np.asarray(gradient().transpose(Image.Transpose.ROTATE_90), int)
    assert np.abs(expected - pixels(result.data)[1]).mean() < 4


@named("options", [{"primaries": 12}, {"icc": Profile.DISPLAY_P3.icc}], ids=["nclx", "icc"])
def test_a_heic_in_wide_colours_keeps_them(options):
    result = scrub(heic(gradient(), **options))
    assert Image.open(io.BytesIO(result.data)).info["icc_profile"] == Profile.DISPLAY_P3.icc


def test_transparency_survives_being_written_anew():
    result = scrub(other("WEBP", "RGBA", lossless=True))
    assert result.media_type == "image/png"
    assert pixels(result.data)[0] == "RGBA"


def test_only_the_first_of_several_pictures_is_kept_and_that_is_said():
    notes = {c.name: str(scrub(c.data).note) for c in ALL_CASES}
    assert "first of 2 pictures" in notes["tiff-pages"]
    assert "first of 2 pictures" in notes["webp-animated"]
    assert "first picture of the animation" in notes["animated"]


def test_bytes_and_views_give_the_same_result():
    data = jpeg(exif=full_exif())
    assert scrub(memoryview(data)) == scrub(data)
