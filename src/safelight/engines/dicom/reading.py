"""A DICOM file read without trusting it: few attributes, each as plain text, and the frames.

Values are taken as bytes and never converted by the library: it would guess at character sets and
warn about what it finds, and a warning may quote a name.
"""

import hashlib
import io
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydicom import dcmread
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.filereader import data_element_generator

from safelight.engines.dicom.attributes import KINDS, RULES
from safelight.engines.dicom.errors import DicomError, MalformedDicomError, UnsupportedDicomError
from safelight.engines.dicom.native import Layout, native_frames

# PHI: the library also tells the log which values it could not read, word for word.
logging.getLogger("pydicom").addFilter(lambda _record: False)

PREAMBLE: Final = 128
MAGIC: Final = b"DICM"
TRANSFER_SYNTAX: Final = 0x00020010
NATIVE: Final = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
JPEG: Final = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"})
LAYOUT: Final = (
    "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration",
    "BitsAllocated", "BitsStored", "PixelRepresentation", "NumberOfFrames", "PixelData",
)  # fmt: skip
ASKED_FOR: Final = tuple(
    {"SOPClassUID", "AnatomicRegionSequence", *LAYOUT, *(rule.keyword for rule in RULES)}
)
"""All that is kept in memory of a dataset; a hostile file may have millions of elements."""
IN_JPEG: Final = frozenset({"MONOCHROME2", "RGB", "YBR_FULL", "YBR_FULL_422"})
TOLD: Final = (b"JFIF\0", b"\xff\xee\0\x0eAdobe")
"""What decoders take for a word about colour; an Adobe segment of another length is none."""
NO_TRANSFORM: Final = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0"
HEADER_SIZE: Final = 64
MOST_FRAMES: Final = 100
MOST_PIXELS: Final = 100_000_000
"""Of all frames together; more would not fit into a small machine's memory."""


@dataclass(frozen=True, slots=True)
class DicomPicture:
    """What is looked at: the frames of a photograph, each a JPEG stream or a PNG.

    A JPEG stream is as it stood in the file, but for a word about its colours where it lacked one,
    and may carry metadata of its own. `kind` is that of `attributes.toml`.
    """

    kind: str
    frames: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset whose values are read as text, one by one, as they are asked for. PHI."""

    dataset: Dataset
    kind: str
    syntax: str
    digest: bytes

    def bytes_of(self, keyword: str) -> bytes:
        """The value as it stands, without padding; empty if it is absent or nested."""
        value = _raw(self.dataset, keyword)
        return value.rstrip(b"\0 ") if isinstance(value, bytes) else b""

    def text(self, keyword: str) -> str | None:
        """The value in ASCII without padding; None if it is absent, nested or anything else."""
        return text_of(self.dataset, keyword)

    def number(self, keyword: str, default: int | None = None) -> int:
        """An unsigned 16-bit value, or an integer string. Raises `MalformedDicomError`."""
        value = _raw(self.dataset, keyword)
        if value is None and default is not None:
            return default
        if keyword == "NumberOfFrames":
            text = self.text(keyword)
            if text is None or not text.isdecimal():
                raise MalformedDicomError
            return int(text[:9])
        if not isinstance(value, bytes) or len(value) != 2:  # noqa: PLR2004 - VR US
            raise MalformedDicomError
        return int.from_bytes(value, "little")


def is_dicom(data: bytes) -> bool:
    """Whether the bytes begin as a DICOM file does (PS3.10, section 7.1)."""
    return data[PREAMBLE : PREAMBLE + 4] == MAGIC


def read_picture(data: bytes) -> DicomPicture:
    """The frames of a photograph, in a file of JPEG Baseline or native pixels.

    Raises `MalformedDicomError` or `UnsupportedDicomError`.
    """
    source = read_source(data)
    try:
        return DicomPicture(source.kind, tuple(_frames(source)))
    except DicomError:
        raise
    except Exception as error:  # as below
        raise MalformedDicomError from error


def read_source(data: bytes) -> Source:
    """The dataset of a photograph. Raises `MalformedDicomError` or `UnsupportedDicomError`."""
    try:
        # PHI: the library's warnings quote values.
        with warnings.catch_warnings(action="ignore"):
            return _source(data)
    except DicomError:
        raise
    except Exception as error:  # the library raises anything on hostile bytes
        raise MalformedDicomError from error


def _source(data: bytes) -> Source:
    if not is_dicom(data):
        raise MalformedDicomError("This is not a DICOM file.")
    syntax = _transfer_syntax(data)
    # INVARIANT: before the library reads any further. A deflated file would be unpacked whole.
    if syntax not in NATIVE | JPEG:
        raise UnsupportedDicomError(
            "This DICOM file is compressed in a way that Safelight does not read; it reads JPEG "
            "Baseline and uncompressed pixels."
        )
    dataset = dcmread(io.BytesIO(data), specific_tags=[*ASKED_FOR])
    sop_class = text_of(dataset, "SOPClassUID")
    if sop_class is None:  # of a file that is cut short the library returns what it likes
        raise MalformedDicomError
    kind = KINDS.get(sop_class)
    if kind is None:
        raise UnsupportedDicomError
    return Source(dataset, kind, syntax, hashlib.sha256(data).digest())


def _transfer_syntax(data: bytes) -> str:
    """From the file meta information, which is always little endian with explicit VR."""
    stream = io.BytesIO(data)
    stream.seek(PREAMBLE + len(MAGIC))
    elements = data_element_generator(
        stream, is_implicit_VR=False, is_little_endian=True, stop_when=_after_meta
    )
    for element in elements:
        if element.tag == TRANSFER_SYNTAX and isinstance(element.value, bytes):
            return _plain(element.value)
    raise MalformedDicomError


def _after_meta(tag: int, vr: str | None, length: int) -> bool:
    return tag >> 16 > 2  # noqa: PLR2004 - group 0002


def text_of(dataset: Dataset, keyword: str) -> str | None:
    """As `Source.text`, of any dataset."""
    value = _raw(dataset, keyword)
    if not isinstance(value, bytes):
        return None
    try:
        return _plain(value)
    except UnicodeDecodeError:
        return None


def _raw(dataset: Dataset, keyword: str) -> Any:  # noqa: ANN401 - bytes, or what pydicom has
    tag = tag_for_keyword(keyword)
    if tag is None or tag not in dataset:
        return None
    return dataset.get_item(tag).value


def _plain(value: bytes) -> str:
    return value.decode("ascii").rstrip("\0 ").lstrip(" ")


def _frames(source: Source) -> Iterator[bytes]:
    count = source.number("NumberOfFrames", 1)
    layout = Layout(
        rows=source.number("Rows"),
        columns=source.number("Columns"),
        samples=source.number("SamplesPerPixel"),
        colour=source.text("PhotometricInterpretation") or "",
        by_plane=source.number("PlanarConfiguration", 0) == 1,
        allocated=source.number("BitsAllocated"),
        stored=source.number("BitsStored"),
        signed=source.number("PixelRepresentation", 0) != 0,
    )
    if not 1 <= count <= MOST_FRAMES or count * layout.rows * layout.columns > MOST_PIXELS:
        raise UnsupportedDicomError("This DICOM file has more frames or pixels than are taken.")
    value = _raw(source.dataset, "PixelData")
    if not isinstance(value, bytes):
        raise MalformedDicomError("This DICOM file has no pixels.")
    if source.syntax in NATIVE:
        return native_frames(value, layout, count)
    return _encapsulated(value, count, layout.colour)


def _encapsulated(value: bytes, count: int, colour: str) -> Iterator[bytes]:
    if colour not in IN_JPEG:  # a negative, such as MONOCHROME1, shows no detector what it shows us
        raise UnsupportedDicomError("The pixels of this DICOM file are of a kind not known here.")
    frames = list(generate_frames(value, number_of_frames=count))
    if len(frames) != count or not all(frame.startswith(b"\xff\xd8") for frame in frames):
        raise MalformedDicomError
    # A frame is padded to an even length (PS3.5, section A.4); the padding is not the picture's.
    return (_with_colours(frame.removesuffix(b"\0"), colour) for frame in frames)


def _with_colours(frame: bytes, colour: str) -> bytes:
    """The stream with the word of the dataset that it holds red, green and blue, if it has none.

    Without it decoders take the samples for luma and chroma, and skin comes out green.
    """
    if colour != "RGB" or any(word in frame[:HEADER_SIZE] for word in TOLD):
        return frame
    return frame[:2] + NO_TRANSFORM + frame[2:]
