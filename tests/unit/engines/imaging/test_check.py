"""The second parser must refuse whatever the first might one day let through."""

import pytest
from tests.unit.engines.imaging.corpus import after_header, jpeg, png, segment, with_segments

from safelight.engines.imaging import NotCleanError, check_clean
from safelight.engines.imaging.exif import only_orientation
from safelight.engines.imaging.icc import Profile
from safelight.engines.imaging.png import make_chunk

ICC = b"ICC_PROFILE\0\1\1"
EXIF = b"Exif\0\0"


def jfif_first(*segments):
    data = jpeg()
    return data[:20] + b"".join(segments) + data[20:]


@pytest.mark.parametrize("make", [jpeg, png])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_plain_pictures_pass(make, mode):
    check_clean(make(mode))


@pytest.mark.parametrize(
    "data",
    [
        jpeg(progressive=True),
        jpeg(restart_marker_blocks=1),
        jfif_first(segment(0xE1, EXIF + only_orientation(6))),
        jfif_first(segment(0xE2, ICC + Profile.DISPLAY_P3.icc)),
        jfif_first(segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")),
        after_header(png(), (b"eXIf", only_orientation(3))),
        png("RGBA"),
        png("P"),
    ],
)
def test_what_scrubbed_pictures_may_have_passes(data):
    check_clean(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "neither"),
        (b"GIF89a", "neither"),
        (jpeg() + b"\0", "after the end"),
        (jpeg() + jpeg(), "after the end"),
        (jpeg()[:-2], "after the end"),
        (jfif_first(b"\0"), "between two segments"),
        (jfif_first(segment(0xFE, b"x")), "type FE"),
        (with_segments(jpeg(), segment(0xFE, b"x")), "type FE"),
        *((jfif_first(segment(0xE0 + n, b"x")), "type E") for n in range(16)),
        (jfif_first(segment(0xE1, EXIF + only_orientation(1))), "type E1"),
        (jfif_first(segment(0xE1, EXIF + only_orientation(9))), "type E1"),
        (jfif_first(segment(0xE1, EXIF + only_orientation(6) + b"x")), "type E1"),
        (jfif_first(*[segment(0xE1, EXIF + only_orientation(6))] * 2), "type E1"),
        (jfif_first(segment(0xE2, ICC + Profile.SRGB.icc + b"x")), "profile"),
        (jfif_first(segment(0xEE, b"Adobe\0\x64\0\0\0\0\2")), "type EE"),
        (jfif_first(segment(0xEE, b"Adobe\0\x65\0\0\0\0\1")), "type EE"),
        (jfif_first(segment(0xC4, b"\0" + bytes(16) + b"x")), "cut short"),
        (jfif_first(segment(0xDB, b"\0" + bytes(64) + b"x")), "more in it"),
        (jfif_first(segment(0xDB, b"\x08" + bytes(64))), "more in it"),
        (jfif_first(segment(0xDD, b"\0\0x")), "more in it"),
        (jpeg("CMYK"), "more in it|type EE"),
        (jpeg()[:-2] + segment(0xC4, b"") + b"\xff\xd9", "order"),
        (png() + b"\0", "after the end"),
        (png()[:-12], "cut short"),
        (after_header(png(), (b"tEXt", b"x")), "tEXt"),
        (after_header(png(), (b"eXIf", only_orientation(6) + b"x")), "eXIf"),
        (after_header(png(), (b"eXIf", b"x" * 26)), "lone orientation"),
        (after_header(png(), (b"gAMA", b"12345")), "gAMA"),
        (after_header(png(), (b"pHYs", b"123456789")), "pHYs"),
        (after_header(png(), (b"iCCP", b"Petra\0\0x")), "profile with a name"),
        (after_header(png(), (b"iCCP", b"icc\0\0x")), "bytes missing"),
        (after_header(png(), (b"iCCP", b"icc\0\0Petra")), "cannot be read"),
        (after_header(png(), (b"PLTE", b"123")) + make_chunk(b"IEND", b""), "after the end"),
        (png()[:-4] + b"\0\0\0\0", "checksum"),
        (png(icc_profile=Profile.SRGB.icc), "profile with a name"),
    ],
)
def test_anything_else_is_refused_by_name(data, words):
    with pytest.raises(NotCleanError, match=words) as refusal:
        check_clean(data)
    assert refusal.value.sentence.endswith("so it was not kept.")


def test_the_second_parser_shares_nothing_with_the_first():
    source = check_clean.__globals__
    ours = [v for v in source.values() if getattr(v, "__module__", "").startswith("safelight.")]
    assert {v.__module__ for v in ours} <= {
        "safelight.engines.imaging.check",
        "safelight.engines.imaging.errors",
    }
