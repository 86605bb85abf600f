"""The structure of a WebP file (RFC 9649), read without decoding a pixel."""

from collections.abc import Iterator

from safelight.engines.imaging.errors import MalformedError, TruncatedError
from safelight.engines.imaging.exif import Exif, read_exif
from safelight.engines.imaging.findings import Finding, FindingKind, found_bytes
from safelight.engines.imaging.jpeg_metadata import xmp_findings
from safelight.engines.imaging.shape import Shape

RGB = 3


def read_webp(view: memoryview) -> Shape:
    """The shape of a WebP file. Raises `TruncatedError` or `MalformedError`."""
    end = 8 + int.from_bytes(view[4:8], "little")
    if end > len(view):
        raise TruncatedError
    chunks = list(_riff_chunks(view[12:end]))
    findings = [f for name, data in chunks for f in _tell_webp(name, data)]
    if len(view) > end + end % 2:
        place = "after the end of the image"
        findings.append(found_bytes(FindingKind.TRAILING_DATA, place, len(view) - end))
    exif = next((read_exif(_bare(d)) for n, d in chunks if n == b"EXIF"), Exif())
    frames = [d for n, d in chunks if n == b"ANMF"]
    pictures = chunks if not frames else list(_riff_chunks(frames[0][16:]))
    picture = next(((n, d) for n, d in pictures if n in (b"VP8 ", b"VP8L")), None)
    if picture is None:
        raise MalformedError
    width, height = _canvas(chunks) or _webp_size(*picture)
    lossless = picture[0] == b"VP8L"
    every = (*exif.findings, *findings)
    return Shape(width, height, RGB, 8, max(1, len(frames)), lossless, exif, every)


def _riff_chunks(view: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at + 8 <= len(view):
        size = int.from_bytes(view[at + 4 : at + 8], "little")
        if at + 8 + size > len(view):
            raise TruncatedError
        yield bytes(view[at : at + 4]), view[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _canvas(chunks: list[tuple[bytes, memoryview]]) -> tuple[int, int] | None:
    name, data = chunks[0]
    if name != b"VP8X":
        return None
    if len(data) < 10:  # noqa: PLR2004 - RFC 9649 §2.7
        raise MalformedError
    width, height = (int.from_bytes(data[i : i + 3], "little") + 1 for i in (4, 7))
    return width, height


def _webp_size(name: bytes, data: memoryview) -> tuple[int, int]:
    if len(data) < 10:  # noqa: PLR2004 - both bitstream headers fit in ten bytes
        raise TruncatedError
    if name == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = (int.from_bytes(data[i : i + 2], "little") & 0x3FFF for i in (6, 8))
    if not (width and height):
        raise MalformedError
    return width, height


def _bare(data: memoryview) -> memoryview:
    """EXIF without the JPEG prefix that some writers leave in front of it."""
    return data[6:] if bytes(data[:6]) == b"Exif\0\0" else data


def _tell_webp(name: bytes, data: memoryview) -> list[Finding]:
    if name in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"EXIF"):
        return []
    if name == b"XMP ":
        xmp = found_bytes(FindingKind.XMP, "XMP", len(data))
        return [xmp, *xmp_findings(bytes(data))]
    kind = FindingKind.ANIMATION if name in (b"ANIM", b"ANMF") else FindingKind.OTHER
    return [found_bytes(kind, f"{name.decode('ascii', 'replace')} chunk", len(data))]
