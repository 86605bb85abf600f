"""The structure of a JPEG file (ITU-T T.81 Annex B), read without decoding a pixel."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from safelight.engines.imaging.errors import MalformedError, TruncatedError, UnsupportedTypeError

SOI, EOI, SOS, DQT, DHT, DRI, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xFE
APP0, APP15 = 0xE0, 0xEF
FILL = 0xFF
RESTARTS, RESTART_MASK = 0xD0, 0xF8
TABLES = frozenset({DQT, DHT, DRI})
HUFFMAN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
PROGRESSIVE = frozenset({0xC2, 0xCA})
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA, 0xCB})
HIERARCHICAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE, 0xDF})
ARITHMETIC_TABLE = 0xCC
# A camera's progressive picture has about ten scans; hundreds are a way to burn a decoder's time.
MOST_SCANS = 100
MOST_SEGMENTS = 20_000
# Sizes of the parts of T.81 B.2 that do not vary.
FRAME_FIXED, SCAN_FIXED, INTERVAL_SIZE, SLOTS = 6, 4, 2, 4


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker, its parameters and, after a start of scan, the entropy-coded data; all views."""

    marker: int
    payload: memoryview
    entropy: memoryview


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame header: the process (its marker), sample precision in bits, size in pixels."""

    marker: int
    bits: int
    width: int
    height: int
    components: int


@dataclass(frozen=True, slots=True)
class Jpeg:
    """All segments between start and end of image, and what follows the end."""

    frame: Frame
    segments: tuple[Segment, ...]
    trailing: memoryview


def read_jpeg(data: bytes | memoryview) -> Jpeg:
    """Walk every segment to the end of image.

    Raises `TruncatedError`, `MalformedError`, or `UnsupportedTypeError` for processes that no
    camera writes.
    """
    view = memoryview(data)
    segments: list[Segment] = []
    at = _skip_fill(view, 2)
    for segment, following in _segments(view, at):
        segments.append(segment)
        at = following
        if len(segments) > MOST_SEGMENTS:
            raise MalformedError
    return Jpeg(_frame(segments), tuple(segments), view[at + 2 :])


def _segments(view: memoryview, at: int) -> Iterator[tuple[Segment, int]]:
    """Each segment with the offset of the marker that follows; ends at the end of image."""
    while (marker_at := _marker(view, at)) is not None:
        marker = view[marker_at]
        _check_supported(marker)
        start = marker_at + 1
        if start + 2 > len(view):
            raise TruncatedError
        end = start + int.from_bytes(view[start : start + 2], "big")
        if end < start + 2:
            raise MalformedError
        if end > len(view):
            raise TruncatedError
        stop = _entropy_end(view, end) if marker == SOS else end
        at = _skip_fill(view, stop)
        yield Segment(marker, view[start + 2 : end], view[end:stop]), at


def _skip_fill(view: memoryview, at: int) -> int:
    """Move to the last of any fill bytes, so that a marker is always two bytes (T.81 B.1.1.2)."""
    while at + 1 < len(view) and view[at] == FILL == view[at + 1]:
        at += 1
    return at


def _marker(view: memoryview, at: int) -> int | None:
    """The offset of the marker code at `at`, or None if it is the end of image."""
    if at + 1 >= len(view):
        raise TruncatedError
    if view[at] != FILL:
        raise MalformedError
    return None if view[at + 1] == EOI else at + 1


def _check_supported(marker: int) -> None:
    if marker in HIERARCHICAL:
        raise UnsupportedTypeError("This is a kind of JPEG that cameras do not write.")
    known = marker in FRAMES | TABLES | {SOS, COM, ARITHMETIC_TABLE} or APP0 <= marker <= APP15
    if not known:
        raise MalformedError


def _entropy_end(view: memoryview, start: int) -> int:
    """Where entropy-coded data end: at the first FF that is neither stuffed nor a restart."""
    size = 1 << 16
    at = start
    while at < len(view) - 1:
        window = np.frombuffer(view[at : at + size], np.uint8)
        escapes = np.flatnonzero(window[:-1] == FILL)
        codes = window[escapes + 1]
        markers = escapes[(codes != 0) & ((codes & RESTART_MASK) != RESTARTS)]
        if markers.size:
            return at + int(markers[0])
        at += len(window) - 1  # the last byte may be the FF of a marker in the next window
        size = min(2 * size, 1 << 20)
    raise TruncatedError


def _frame(segments: list[Segment]) -> Frame:
    headers = [i for i, s in enumerate(segments) if s.marker in FRAMES]
    scans = [i for i, s in enumerate(segments) if s.marker == SOS]
    if not headers or not scans:
        raise TruncatedError
    if len(headers) > 1 or scans[0] < headers[0] or len(scans) > MOST_SCANS:
        raise MalformedError
    for segment in segments:
        _check_parameters(segment)
    header = segments[headers[0]]
    bits, components = header.payload[0], header.payload[5]
    height = int.from_bytes(header.payload[1:3], "big")
    width = int.from_bytes(header.payload[3:5], "big")
    if not (width and height):
        raise MalformedError
    return Frame(header.marker, bits, width, height, components)


def _check_parameters(segment: Segment) -> None:
    """Parameters that decoding reads must be exactly as long as they say: nothing hides there."""
    payload = segment.payload
    rules: dict[int, Callable[[], bool]] = {
        SOS: lambda: _whole_scan(payload) and len(segment.entropy) > 0,
        DRI: lambda: len(payload) == INTERVAL_SIZE,
        DQT: lambda: _whole_quantization(payload),
        DHT: lambda: _whole_huffman(payload),
        **dict.fromkeys(FRAMES, lambda: _whole_frame(payload)),
    }
    rule = rules.get(segment.marker)
    if rule is not None and not rule():
        raise MalformedError


def _whole_frame(payload: memoryview) -> bool:
    """Whether the segment is a frame header of 1, 3 or 4 components (T.81 B.2.2)."""
    size = len(payload)
    return size > FRAME_FIXED and payload[5] in (1, 3, 4) and size == FRAME_FIXED + 3 * payload[5]


def _whole_scan(payload: memoryview) -> bool:
    """Whether the segment is a scan header of 1 to 4 components (T.81 B.2.3)."""
    return (
        len(payload) > SCAN_FIXED
        and payload[0] in (1, 2, 3, 4)
        and len(payload) == SCAN_FIXED + 2 * payload[0]
    )


def _whole_quantization(payload: memoryview) -> bool:
    """Whether the segment is quantization tables and nothing else (T.81 B.2.4.1)."""
    at = 0
    while at < len(payload):
        wide, slot = divmod(payload[at], 16)
        if wide > 1 or slot >= SLOTS:
            return False
        at += 1 + 64 * (1 + wide)
    return at == len(payload)


def _whole_huffman(payload: memoryview) -> bool:
    """Whether the segment is Huffman tables and nothing else (T.81 B.2.4.2)."""
    at = 0
    while at < len(payload):
        kind, slot = divmod(payload[at], 16)
        if kind > 1 or slot >= SLOTS:
            return False
        at += 17 + sum(payload[at + 1 : at + 17])
    return at == len(payload)
