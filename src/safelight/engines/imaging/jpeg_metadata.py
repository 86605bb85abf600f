"""What the application and comment segments of a JPEG file say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from safelight.engines.imaging.exif import Exif, read_exif
from safelight.engines.imaging.findings import Finding, FindingKind, found, found_bytes
from safelight.engines.imaging.jpeg import APP0, APP15, COM, Jpeg, Segment

JFIF = b"JFIF\0"
EXIF = b"Exif\0\0"
ADOBE = b"Adobe"
ICC = b"ICC_PROFILE\0"
JFIF_SIZE = 14
ADOBE_SIZE = 12
LARGEST_PROFILE = 4 << 20
MOST_MATCHES = 40

SIGNED = (
    (b"http://ns.adobe.com/xap/1.0/\0", FindingKind.XMP, "XMP"),
    (b"http://ns.adobe.com/xmp/extension/\0", FindingKind.XMP, "extended XMP"),
    (b"MPF\0", FindingKind.MULTI_PICTURE, "multi-picture index"),
    (b"urn:iso:std:iso:ts:21496", FindingKind.GAIN_MAP, "gain map"),
    (b"JFXX\0", FindingKind.THUMBNAIL, "JFXX thumbnail"),
    (b"JP", FindingKind.PROVENANCE, "content credentials"),
    (b"Photoshop 3.0\0", FindingKind.IPTC, "IPTC"),
)
IPTC_NAMES = {5: "title", 55: "date", 80: "by-line", 90: "city", 110: "credit", 116: "copyright",
              120: "caption", 122: "writer"}  # fmt: skip


@dataclass(slots=True)
class Metadata:
    """What the segments say, and what decoding needs from them.

    `adobe_transform` is None without an Adobe segment. `icc` is the profile put together, empty
    without one, None if its pieces do not fit.
    """

    findings: list[Finding] = field(default_factory=list)
    exif: Exif | None = None
    has_jfif: bool = False
    adobe_transform: int | None = None
    icc: bytes | None = b""


def read_metadata(jpeg: Jpeg) -> Metadata:
    """Read all segments that are not the picture itself. Never raises."""
    said = Metadata()
    profile: list[bytes] = []
    for segment in jpeg.segments:
        if segment.marker == COM:
            said.findings.append(found(FindingKind.COMMENT, "comment", bytes(segment.payload)))
        elif segment.payload[: len(ICC)] == ICC:
            profile.append(bytes(segment.payload[len(ICC) :]))
        elif APP0 <= segment.marker <= APP15:
            _read_application(segment, said)
    said.icc = _join(profile)
    if jpeg.trailing:
        said.findings.append(
            found_bytes(FindingKind.TRAILING_DATA, "after the end of the image", len(jpeg.trailing))
        )
    return said


def _read_application(segment: Segment, said: Metadata) -> None:
    number, payload = segment.marker - APP0, segment.payload
    start = bytes(payload[:64])
    if number == 0 and start.startswith(JFIF) and len(payload) >= JFIF_SIZE:
        said.has_jfif = True
        if len(payload) > JFIF_SIZE:
            size = len(payload) - JFIF_SIZE
            said.findings.append(found_bytes(FindingKind.THUMBNAIL, "JFIF thumbnail", size))
    elif number == 14 and start.startswith(ADOBE) and len(payload) >= ADOBE_SIZE:  # noqa: PLR2004
        said.adobe_transform = payload[11]
        if len(payload) > ADOBE_SIZE:
            size = len(payload) - ADOBE_SIZE
            said.findings.append(found_bytes(FindingKind.OTHER, "Adobe segment", size))
    elif number == 1 and start.startswith(EXIF):
        if said.exif is None:  # readers take the first block, and so do we
            said.exif = read_exif(payload[len(EXIF) :])
            said.findings.extend(said.exif.findings)
        else:
            said.findings.append(found_bytes(FindingKind.EXIF, "further EXIF", len(payload)))
    else:
        said.findings.extend(_signed(number, start, payload))


def _signed(number: int, start: bytes, payload: memoryview) -> list[Finding]:
    for signature, kind, place in SIGNED:
        if start.startswith(signature):
            size = len(payload) - len(signature)
            return [found_bytes(kind, place, size), *_inside(kind, bytes(payload))]
    return [found_bytes(FindingKind.OTHER, f"APP{number}", len(payload))]


def _inside(kind: FindingKind, payload: bytes) -> list[Finding]:
    if kind is FindingKind.XMP:
        return xmp_findings(payload)
    return _iptc(payload) if kind is FindingKind.IPTC else []


def xmp_findings(packet: bytes) -> list[Finding]:
    """The properties of an XMP packet that tell most, found without parsing XML."""
    findings = []
    if b"hdrgm:" in packet or b"HDRGainMap" in packet:
        findings.append(found(FindingKind.GAIN_MAP, "XMP", "describes a gain map"))
    if b"GPSLatitude" in packet:
        findings.append(found(FindingKind.GPS, "XMP", "a position"))
    for match in _few(rb'(SerialNumber|OwnerName)\s*(?:=\s*"|>)([^"<]{1,80})', packet):
        serial = match[1] == b"SerialNumber"
        kind = FindingKind.SERIAL_NUMBER if serial else FindingKind.OWNER
        findings.append(found(kind, "XMP", match[2]))
    return findings


def _few(pattern: bytes, packet: bytes) -> Iterator[re.Match[bytes]]:
    """The first matches, enough to tell what is there; a hostile packet may hold thousands."""
    return islice(re.finditer(pattern, packet, re.DOTALL), MOST_MATCHES)


def _iptc(payload: bytes) -> list[Finding]:
    """The datasets of the application record (IPTC-IIM 4.2 §1.6) that tell most."""
    findings = []
    for match in _few(rb"\x1c\x02(.)(..)", payload):
        name = IPTC_NAMES.get(match[1][0])
        size = int.from_bytes(match[2], "big")
        if name:
            value = payload[match.end() : match.end() + size]
            findings.append(found(FindingKind.IPTC, f"IPTC {name}", value))
    return findings


def _join(pieces: list[bytes]) -> bytes | None:
    """Put the pieces of a profile in order (ICC.1 §B.4): each begins with its number and count."""
    if not pieces:
        return b""
    numbered = {p[0]: p[2:] for p in pieces if len(p) > 2}  # noqa: PLR2004 - number and count
    wanted = range(1, len(pieces) + 1)
    counts = {p[1:2] for p in pieces}
    if sorted(numbered) != list(wanted) or counts != {bytes([len(pieces) % 256])}:
        return None
    joined = b"".join(numbered[i] for i in wanted)
    return joined if len(joined) <= LARGEST_PROFILE else None
