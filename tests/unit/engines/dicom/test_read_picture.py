"""Frames come out as they are shown, and whatever the bytes, only our own errors come out of it."""

import io
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless
from tests.unit.engines.dicom.dicom_files import (
    base,
    clean,
    dirty,
    file_of,
    full_of_canaries,
    native,
    photograph,
    pixels,
)

from safelight.engines.dicom import (
    DicomError,
    MalformedDicomError,
    UnsupportedDicomError,
    deidentify,
    is_dicom,
    read_picture,
)
from safelight.engines.dicom.reading import read_source
from safelight.vocabulary.identifiability import MethodCode

RANDOM = np.random.default_rng(7)
COLOUR = RANDOM.integers(0, 256, (11, 7, 3), dtype=np.uint8)
GREY = RANDOM.integers(0, 256, (11, 7), dtype=np.uint8)


def frame_of(data):
    (frame,) = read_picture(data).frames
    return pixels(frame)


def test_an_encapsulated_frame_comes_out_as_it_stands():
    frame = dirty() + b"x" * (len(dirty()) % 2)
    assert read_picture(photograph(frame)).frames == (frame,)
    assert read_picture(photograph()).kind == "photograph"


@pytest.mark.parametrize("implicit", [True, False])
def test_native_colour_comes_out_as_it_is(implicit):
    assert np.array_equal(frame_of(native(COLOUR, implicit=implicit)), COLOUR)


def test_native_colour_by_plane_is_put_together():
    planes = native(np.ascontiguousarray(COLOUR.transpose(2, 0, 1)).reshape(11, 7, 3),
                    PlanarConfiguration=1)  # fmt: skip
    assert np.array_equal(frame_of(planes), COLOUR)


def test_native_grey_comes_out_as_it_is_shown():
    assert np.array_equal(frame_of(native(GREY, "MONOCHROME2")), GREY)
    assert np.array_equal(frame_of(native(GREY, "MONOCHROME1")), 255 - GREY)


def test_bits_above_those_that_are_stored_are_dropped():
    deep = GREY.astype(np.uint16) << 4 | 0xF000
    data = native(deep, "MONOCHROME2", BitsAllocated=16, BitsStored=12)
    assert np.array_equal(frame_of(data), GREY)


@pytest.mark.parametrize("colour", ["MONOCHROME1", "PALETTE COLOR", "YBR_ICT", ""])
def test_a_stream_that_is_shown_otherwise_than_it_decodes_is_refused(colour):
    """A negative: detectors would look for faces in what nobody is shown."""
    with pytest.raises(UnsupportedDicomError):
        read_picture(photograph(PhotometricInterpretation=colour))


def test_native_luma_and_chroma_become_colour():
    grey = np.full((4, 4, 3), (90, 128, 128), np.uint8)
    assert np.array_equal(frame_of(native(grey, "YBR_FULL")), np.full((4, 4, 3), 90, np.uint8))


def with_syntax(syntax):
    made = base()
    made.PixelData = b"\0" * (32 * 48 * 3)
    made["PixelData"].VR = "OB"
    if syntax in (RLELossless, UID("1.2.840.10008.1.2.4.90")):
        made["PixelData"].is_undefined_length = True
        made.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0" + b"\xfe\xff\x00\xe0\x02\0\0\0ab"
        made["PixelData"].is_undefined_length = True
    return file_of(made, syntax)


@pytest.mark.parametrize(
    "syntax",
    [DeflatedExplicitVRLittleEndian, RLELossless, "1.2.840.10008.1.2.4.90"],
)
def test_other_compressions_are_refused(syntax):
    with pytest.raises(UnsupportedDicomError, match="compressed"):
        read_picture(with_syntax(UID(syntax)))


def test_a_deflated_file_is_refused_without_being_unpacked():
    start = with_syntax(DeflatedExplicitVRLittleEndian)
    bomb = start[:400] + zlib.compress(bytes(50_000_000), 9)
    with pytest.raises(UnsupportedDicomError):
        read_picture(bomb)


@pytest.mark.parametrize(
    "changes",
    [
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2"}, {"NumberOfFrames": 101},
        {"NumberOfFrames": 0}, {"Rows": 0}, {"Rows": 65535, "Columns": 65535},
    ],
)  # fmt: skip
def test_what_is_no_photograph_of_a_bounded_size_is_refused(changes):
    made = base()
    for keyword, value in changes.items():
        setattr(made, keyword, value)
    made.PixelData = b"\0" * 1000
    made["PixelData"].VR = "OB"
    with pytest.raises(DicomError):
        read_picture(file_of(made, "1.2.840.10008.1.2.1"))


@pytest.mark.parametrize(
    "changes",
    [
        {"PhotometricInterpretation": "PALETTE COLOR"}, {"SamplesPerPixel": 1},
        {"BitsAllocated": 32}, {"BitsStored": 4}, {"PixelRepresentation": 1}, {"Rows": 4000},
    ],
)  # fmt: skip
def test_pixels_that_no_photograph_has_are_refused(changes):
    data = native(COLOUR)
    made = base("1.2.840.10008.5.1.4.1.1.7")
    made.Rows, made.Columns, made.PhotometricInterpretation = 11, 7, "RGB"
    for keyword, value in changes.items():
        setattr(made, keyword, value)
    made.PixelData = COLOUR.tobytes() + b"\0"
    made["PixelData"].VR = "OB"
    assert read_picture(data).frames
    with pytest.raises(DicomError):
        read_picture(file_of(made, "1.2.840.10008.1.2.1"))


def test_a_file_is_known_by_its_beginning():
    assert is_dicom(photograph())
    assert not is_dicom(b"")
    assert not is_dicom(clean())


@pytest.mark.parametrize("data", [b"", b"DICM", bytes(128) + b"DICM", bytes(132), clean()])
def test_what_is_no_dicom_file_is_malformed(data):
    with pytest.raises(MalformedDicomError):
        read_picture(data)


def test_no_value_of_the_header_is_said_in_a_warning_or_in_the_log(caplog, capfd):
    source = full_of_canaries().replace(b"ISO_IR 192", b"CANARY-SET")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        read_picture(source)
        deidentify(source, [clean()], reviewed_by=None, methods=(), uid_salt=bytes(16))
    assert said == []
    assert [record.getMessage() for record in caplog.records] == []
    assert capfd.readouterr() == ("", "")


SOURCES = [photograph(), native(COLOUR), native(GREY, "MONOCHROME2", implicit=True),
           photograph(dirty(), dirty(), sop_class="1.2.840.10008.5.1.4.1.1.7.4")]  # fmt: skip


@st.composite
def mutated(draw):
    data = bytearray(draw(st.sampled_from(SOURCES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, min(900, len(data)) - 1))
        data[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    if draw(st.booleans()):
        del data[draw(st.integers(0, len(data))) :]
    return bytes(data)


@settings(max_examples=600, deadline=None)
@given(mutated() | st.binary(max_size=300).map(lambda rest: bytes(128) + b"DICM" + rest))
def test_whatever_the_bytes_it_is_read_or_refused(data):
    try:
        count = len(read_picture(data).frames)
        result = deidentify(
            data, [clean()] * count, reviewed_by=None, methods=tuple(MethodCode),
            uid_salt=bytes(16),
        )  # fmt: skip
    except DicomError:
        return
    assert b"CANARY" not in result
    assert is_dicom(result)


NESTED = b"SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"


def test_sequences_nested_without_end_are_refused():
    before = native(COLOUR)
    assert read_picture(before).frames
    with pytest.raises(MalformedDicomError):
        read_picture(before + (b"\x08\0\x18\x22" + NESTED) * 3000)


def test_elements_that_nobody_asks_for_are_not_kept():
    elements = b"".join(b"\x09\0" + n.to_bytes(2, "little") + b"LO\0\0" for n in range(9_000))
    data = native(COLOUR) + elements
    assert np.array_equal(frame_of(data), COLOUR)
    assert len(read_source(data).dataset) < 100


def test_big_endian_files_are_refused():
    out = io.BytesIO(photograph())
    data = out.getvalue().replace(
        b"1.2.840.10008.1.2.4.50", ExplicitVRBigEndian.encode() + b"\0\0\0"
    )
    with pytest.raises(DicomError):
        read_picture(data)
