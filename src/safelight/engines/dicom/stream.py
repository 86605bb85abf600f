"""The frames that are written: baseline JPEG, and nothing in them but the picture.

INVARIANT: the caller has cleaned them; here it is checked, segment by segment, that it has.
"""

from dataclasses import dataclass
from typing import Final

from safelight.engines.dicom.errors import UncleanFrameError

SOF0, SOS, EOI = 0xC0, 0xDA, 0xD9
TABLES: Final = frozenset({0xC4, 0xDB, 0xDD})  # DHT, DQT, DRI
JFIF: Final = (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
ADOBE: Final = (0xEE, b"Adobe\0\x64\0\0\0\0\1")  # Y, Cb and Cr, which is what DICOM asks for
LEAST: Final = 4
FIXED: Final = 6
RESTARTS: Final = range(0xD0, 0xD8)


@dataclass(frozen=True, slots=True)
class Frame:
    """A clean frame: its bytes, its size in pixels, and 1 or 3 samples per pixel, of 8 bits."""

    data: bytes
    rows: int
    columns: int
    samples: int


def read_frame(data: bytes) -> Frame:
    """Walk the segments of a JPEG stream to its end (ITU-T T.81 Annex B).

    Raises `UncleanFrameError` for any segment that decoding does not need, for any byte after the
    end, and for a process other than baseline.
    """
    try:
        return _walk(data)
    except IndexError:
        raise UncleanFrameError from None


def _walk(data: bytes) -> Frame:
    if data[:2] != b"\xff\xd8":
        raise UncleanFrameError
    at, header = 2, b""
    while (marker := _marker(data, at)) != SOS:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : end]
        if end > len(data) or not (marker in TABLES | {SOF0} or (marker, body) in (JFIF, ADOBE)):
            raise UncleanFrameError
        if marker == SOF0:
            header = _only(header, body)
        at = end
    _check_scan(data, at)
    return Frame(data, int.from_bytes(header[1:3], "big"), int.from_bytes(header[3:5], "big"),
                 header[5])  # fmt: skip


def _marker(data: bytes, at: int) -> int:
    if data[at] != 0xFF or at + LEAST > len(data):  # noqa: PLR2004 - the prefix of every marker
        raise UncleanFrameError
    return data[at + 1]


def _only(earlier: bytes, body: bytes) -> bytes:
    """The frame header, if it is the first: 8 bits, a size, 1 or 3 components."""
    sound = len(body) > FIXED and body[0] == 8 and body[5] in (1, 3)  # noqa: PLR2004 - T.81 B.2.2
    if earlier or not sound or len(body) != FIXED + 3 * body[5]:
        raise UncleanFrameError
    if not (any(body[1:3]) and any(body[3:5])):
        raise UncleanFrameError
    return body


def _check_scan(data: bytes, at: int) -> None:
    """One scan, whose data go on to an end of image that is the end of the stream."""
    start = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    at = data.find(b"\xff", start)
    while at >= 0 and (data[at + 1] == 0 or RESTARTS.start <= data[at + 1] < RESTARTS.stop):
        at = data.find(b"\xff", at + 2)
    if at < 0 or data[at + 1] != EOI or at + 2 != len(data):
        raise UncleanFrameError
