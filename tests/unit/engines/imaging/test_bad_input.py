"""Every kind of bad input gets one clear sentence, and costs neither time nor memory."""

import io
import struct
import subprocess
import sys
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image
from tests.unit.engines.imaging.corpus import (
    gradient,
    jpeg,
    other,
    png,
    png16,
    segment,
    with_segments,
)
from tests.unit.engines.imaging.heic_file import heic

from safelight.engines.imaging import (
    Bounds,
    DecodeError,
    ImageType,
    ImagingError,
    MalformedError,
    TooLargeError,
    TooManyPixelsError,
    TruncatedError,
    UnsupportedTypeError,
    check_clean,
    identify,
    make_renditions,
    probe,
    scrub,
)
from safelight.engines.imaging.png import make_chunk
from safelight.vocabulary.errors import SafelightError

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_saying(width, height, rows=b"", bits=8, colour=2):
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return SIGNATURE + b"".join(make_chunk(n, d) for n, d in chunks)


def jpeg_saying(width, height):
    data = jpeg()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "PDF document"),
        (b"GIF89a\1\0\1\0", "GIF"),
        (b"BM\0\0\0\0", "BMP"),
        (b"MZ\x90\0", "Windows program"),
        (b"\x7fELF\2\1\1", "program"),
        (b"#!/bin/sh\n", "script"),
        (b"PK\3\4", "ZIP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>", "SVG"),
        (b"<!DOCTYPE html><img src='data:image/jpeg;base64,/9j/'>", "web page"),
        (b"<html>" + jpeg(), "web page"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "AVIF"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "film"),
        (b"II*\0\x10\0\0\0CR\2\0", "raw file"),
        (b"II+\0\x08\0\0\0", "BigTIFF"),
        (b"hello", "not a picture"),
        (b"\0" * 100, "not a picture"),
    ],
)
def test_what_is_not_a_photograph_is_refused_by_its_content(data, words):
    with pytest.raises(UnsupportedTypeError, match=words) as refusal:
        scrub(data)
    assert refusal.value.sentence.endswith(".")
    assert "\n" not in refusal.value.sentence


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (jpeg(), ImageType.JPEG),
        (png(), ImageType.PNG),
        (other("WEBP"), ImageType.WEBP),
        (other("TIFF"), ImageType.TIFF),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", ImageType.HEIC),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", ImageType.HEIC),
    ],
)
def test_a_picture_is_known_by_its_content(data, kind):
    assert identify(data) is kind


@pytest.mark.parametrize(
    "make",
    [jpeg, png, lambda: other("WEBP"), lambda: other("TIFF"), lambda: heic(gradient())],
    ids=["jpeg", "png", "webp", "tiff", "heic"],
)
def test_a_picture_cut_anywhere_is_refused(make):
    data = make()
    for end in range(0, len(data) - 1, 7):
        with pytest.raises(ImagingError):
            scrub(data[:end])


def test_a_picture_cut_short_says_so():
    for data in (jpeg()[:-2], jpeg()[:300], png()[:-12], png()[:50], other("WEBP")[:-9]):
        with pytest.raises(TruncatedError, match="incomplete"):
            probe(data)


def test_rows_cut_short_are_noticed_although_the_chunks_are_whole():
    with pytest.raises(TruncatedError):
        scrub(png_saying(100, 100, b"\0" * 500))


def test_too_many_bytes_are_refused_before_anything_is_read():
    with pytest.raises(TooLargeError, match=r"2\.0 MB; at most 1 MB"):
        probe(b"\xff" * 2_000_000, Bounds(max_bytes=1_000_000))


@pytest.mark.parametrize(
    "data",
    [
        png_saying(2**31 - 1, 2**31 - 1),
        png_saying(20_000, 20_000),
        png_saying(70_000, 1),
        jpeg_saying(60_000, 60_000),
    ],
)
def test_a_bomb_is_refused_from_its_header(data):
    tracemalloc.start()
    with pytest.raises(TooManyPixelsError, match="says it is"):
        scrub(data)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_a_bomb_in_other_kinds_is_refused_from_its_header():
    bounds = Bounds(max_pixels=1000)
    for data in (other("WEBP"), other("TIFF"), heic(gradient())):
        with pytest.raises(TooManyPixelsError):
            scrub(data, bounds)


def test_rows_that_expand_without_end_cost_no_memory():
    endless = zlib.compress(bytes(200_000_000), 9)
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", endless), (b"IEND", b""))
    data = SIGNATURE + b"".join(make_chunk(n, d) for n, d in chunks)
    tracemalloc.start()
    result = scrub(data)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    assert len(result.data) < 200
    check_clean(result.data)


def test_a_profile_that_expands_without_end_costs_no_memory():
    bomb = b"x\0\0" + zlib.compress(bytes(200_000_000), 9)
    data = png()[:33] + make_chunk(b"iCCP", bomb) + png()[33:]
    tracemalloc.start()
    scrub(data)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_hundreds_of_scans_are_refused():
    data = jpeg(progressive=True)
    start = data.index(b"\xff\xda")
    end = data.index(b"\xff\xc4", start)
    with pytest.raises(MalformedError):
        probe(data[:start] + data[start:end] * 200 + data[start:])


@pytest.mark.parametrize("make", [jpeg, png])
@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (30_000, 1), (30_000, 40)])
def test_the_smallest_and_the_widest_pictures_are_taken(make, size):
    result = scrub(make(size=size))
    check_clean(result.data)
    renditions = make_renditions(result.data, 1)
    assert (renditions.width, renditions.height) == size
    assert max(Image.open(io.BytesIO(renditions.display)).size) <= 2048


@pytest.mark.parametrize("data", [jpeg("CMYK"), png16(), other("TIFF", "CMYK")])
def test_print_colours_and_deep_pictures_are_taken(data):
    result = scrub(data)
    check_clean(result.data)
    make_renditions(result.data, result.orientation)


def test_print_colours_stay_close():
    result = scrub(jpeg("CMYK", quality=95))
    plain = np.asarray(Image.open(io.BytesIO(jpeg("CMYK", quality=95))).convert("RGB"), int)
    assert np.abs(plain - np.asarray(Image.open(io.BytesIO(result.data)))).mean() < 3


@pytest.mark.parametrize("process", [0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD])
def test_rare_kinds_of_jpeg_are_refused_or_written_anew_never_kept(process):
    data = jpeg().replace(b"\xff\xc0", bytes((0xFF, process)), 1)
    try:
        result = scrub(data)
    except (UnsupportedTypeError, DecodeError):
        return
    assert not result.lossless
    check_clean(result.data)


@pytest.mark.parametrize(
    "hidden",
    [
        segment(0xC4, b"\x01" + bytes(16) + b"more"),
        segment(0xDB, b"\0" + bytes(64) + b"more"),
        segment(0xDD, b"\0\0more"),
        b"\xff\xd8",
        b"\xff\x01",
        b"\xff\x00",
        b"garbage",
        segment(0xF7, b""),
    ],
)
def test_nothing_hides_in_the_parts_that_decoding_reads(hidden):
    with pytest.raises(MalformedError):
        scrub(jpeg()[:20] + hidden + jpeg()[20:])


def test_a_chunk_with_a_wrong_checksum_is_refused():
    data = bytearray(png())
    data[40] ^= 1
    with pytest.raises(MalformedError):
        probe(bytes(data))


@pytest.mark.parametrize("colour", [1, 5, 7])
def test_a_png_of_no_known_colour_type_is_refused(colour):
    with pytest.raises(MalformedError):
        probe(png_saying(8, 8, bytes(1000), colour=colour))


def test_a_cameras_raw_file_is_refused_and_not_replaced_by_its_preview():
    exif = Image.Exif()
    exif[254] = 1
    exif[50706] = b"\1\4\0\0"
    with pytest.raises(UnsupportedTypeError, match="raw file"):
        scrub(other("TIFF", tiffinfo=exif))


def test_exif_that_goes_in_circles_is_read_and_left():
    looped = b"MM\0*\0\0\0\x08" + b"\0\1" + b"\x87\x69\0\4\0\0\0\1\0\0\0\x08" + b"\0\0\0\x08"
    result = scrub(with_segments(jpeg(), segment(0xE1, b"Exif\0\0" + looped)))
    assert result.data == jpeg()


def test_exif_with_absurd_counts_is_read_and_left():
    absurd = b"MM\0*\0\0\0\x08" + b"\xff\xff" + b"\x01\x0f\0\2\xff\xff\xff\xff\0\0\0\x08" * 900
    assert scrub(with_segments(jpeg(), segment(0xE1, b"Exif\0\0" + absurd))).findings


@pytest.mark.parametrize(
    "block",
    [
        segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff\xff\0\0\0\x09" * 9000),
        segment(0xED, b"Photoshop 3.0\0" + b"\x1c\x02\x50\xff\xff" * 13_000),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"SerialNumber " * 5000),
        segment(0xFE, b"x" * 65_000),
    ],
    ids=["exif", "iptc", "xmp", "comment"],
)
def test_hundreds_of_hostile_blocks_cost_little_time(block):
    data = with_segments(jpeg(), *[block] * 700)
    started = time.process_time()
    assert scrub(data).data == jpeg()
    assert time.process_time() - started < 5  # without limits it would be minutes


def test_every_refusal_is_one_of_ours():
    for error in ImagingError.__subclasses__():
        assert issubclass(error, SafelightError)
        assert error.code.startswith("imaging.")
        assert error.message.endswith(".")


WORDS = {
    "content type": (b"mime\0application", b"mime\0\xff\xff\xff\xffication"),
    "type": (b"infe\x02\0\0\0\0\x02\0\0mime", b"infe\x02\0\0\0\0\x02\0\0\xff\xff\xff\xff"),
}
SCRUB = """
import sys
from safelight.engines.imaging import MalformedError, scrub
try:
    scrub(sys.stdin.buffer.read())
except MalformedError as error:
    print(error.code)
"""


@pytest.mark.parametrize("what", WORDS)
def test_a_heic_with_words_that_are_none_ends_no_process(what):
    """The library makes text of them without looking, and the whole process was gone."""
    whole = heic(gradient(), xmp=b"<x/>")
    broken = whole.replace(*WORDS[what])
    assert broken != whole
    done = subprocess.run(
        [sys.executable, "-c", SCRUB], input=broken, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"imaging.malformed\n")
    assert scrub(whole).findings
