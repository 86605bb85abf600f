"""Take everything out of a JPEG file that decoding does not need, and touch no coefficient."""

from dataclasses import dataclass

from safelight.engines.imaging.errors import MalformedError
from safelight.engines.imaging.exif import UPRIGHT, Exif, only_orientation
from safelight.engines.imaging.findings import Finding, FindingKind, found, found_bytes
from safelight.engines.imaging.icc import Profile, Unusable, recognise
from safelight.engines.imaging.jpeg import (
    ARITHMETIC_TABLE,
    DHT,
    DQT,
    DRI,
    FRAMES,
    HUFFMAN_FRAMES,
    SOS,
    Jpeg,
)
from safelight.engines.imaging.jpeg_metadata import ADOBE, EXIF, ICC, JFIF, Metadata, read_metadata

RGB = 3
CMYK = 4
BITS = 8
LARGEST_SEGMENT = 0xFFFF
NEEDED = FRAMES | {DHT, DQT, DRI, SOS, ARITHMETIC_TABLE}


@dataclass(frozen=True, slots=True)
class JpegReading:
    """What a JPEG file says beside its pixels, and why it cannot be kept as it is, if so.

    With an `obstacle`, `profile` is None and the colours are those of `metadata.icc`.
    """

    exif: Exif
    findings: tuple[Finding, ...]
    profile: Profile | None
    obstacle: str | None
    metadata: Metadata


def study_jpeg(jpeg: Jpeg) -> JpegReading:
    """Decide what of the metadata stays, and whether the pixels can stay untouched."""
    said = read_metadata(jpeg)
    frame = jpeg.frame
    profile, findings, obstacle = study_profile(
        said.icc, grey=frame.components == 1, cmyk=frame.components == CMYK
    )
    if frame.components == CMYK:
        obstacle = "It was in print colours (CMYK)"
    elif frame.marker not in HUFFMAN_FRAMES or frame.bits != BITS:
        obstacle = "It used a rare kind of JPEG that browsers do not show"
    kept = None if obstacle else profile
    exif = said.exif or Exif()
    return JpegReading(exif, (*said.findings, *findings), kept, obstacle, said)


def study_profile(
    icc: bytes | None, *, grey: bool, cmyk: bool = False
) -> tuple[Profile | None, list[Finding], str | None]:
    """The profile to keep, what to report, and why the pixels must be converted, if they must."""
    if icc == b"":
        return None, [], None
    kind = FindingKind.ICC_UNKNOWN
    if icc is None:
        return None, [found(kind, "colour profile", Unusable.DAMAGED.value)], None
    known = recognise(icc, grey=grey, cmyk=cmyk)
    if isinstance(known, Unusable):
        return None, [found(kind, "colour profile", known.value)], None
    if known is None:
        finding = found_bytes(kind, "colour profile, uncommon", len(icc))
        return None, [finding], "Its colour profile is an uncommon one"
    return known, [], None


def write_jpeg(jpeg: Jpeg, reading: JpegReading) -> bytes:
    """The same picture with nothing beside it: the compressed data are copied, bit by bit.

    Order of segments: JFIF, orientation, profile, Adobe transform, then tables, frame and scans
    as they stood. Whether a JFIF segment stands there decides how decoders read the colours, so
    one is written exactly if one was there.
    """
    parts: list[bytes | memoryview] = [b"\xff\xd8"]
    if reading.metadata.has_jfif:
        parts.append(_segment(0xE0, JFIF + b"\1\1\0\0\1\0\1\0\0"))
    if reading.exif.orientation != UPRIGHT:
        parts.append(_segment(0xE1, EXIF + only_orientation(reading.exif.orientation)))
    if reading.profile is not None:
        parts.append(_segment(0xE2, ICC + b"\1\1" + reading.profile.icc))
    transform = reading.metadata.adobe_transform
    if transform in (0, 1, 2) and jpeg.frame.components >= RGB:
        parts.append(_segment(0xEE, ADOBE + b"\0\x64\0\0\0\0" + bytes([transform])))
    last_scan = max(i for i, s in enumerate(jpeg.segments) if s.marker == SOS)
    for segment in jpeg.segments[: last_scan + 1]:
        if segment.marker in NEEDED:
            parts += [_head(segment.marker, len(segment.payload)), segment.payload, segment.entropy]
    parts.append(b"\xff\xd9")
    return b"".join(parts)


def _segment(marker: int, payload: bytes) -> bytes:
    return _head(marker, len(payload)) + payload


def _head(marker: int, size: int) -> bytes:
    if size + 2 > LARGEST_SEGMENT:
        raise MalformedError
    return bytes((0xFF, marker)) + (size + 2).to_bytes(2, "big")
