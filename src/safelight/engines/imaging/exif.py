"""What an EXIF block says (CIPA DC-008, "Exif 2.32"), and the only one that we write."""

import re
from dataclasses import dataclass
from datetime import datetime

from safelight.engines.imaging.findings import Finding, FindingKind, found, found_bytes
from safelight.engines.imaging.ifd import Directory, Field, open_tiff

ORIENTATION = 0x0112
EXIF_POINTER = 0x8769
GPS_POINTER = 0x8825
MAKER_NOTE = 0x927C
USER_COMMENT = 0x9286
TIME_TAKEN = 0x9003
OFFSET_TAKEN = 0x9011
THUMBNAIL_LENGTH = 0x0202
UPRIGHT = 1

TELLING = {
    0x010E: (FindingKind.COMMENT, "ImageDescription"),
    0x010F: (FindingKind.CAMERA, "Make"),
    0x0110: (FindingKind.CAMERA, "Model"),
    0x0131: (FindingKind.SOFTWARE, "Software"),
    0x0132: (FindingKind.TIMESTAMP, "DateTime"),
    0x013B: (FindingKind.OWNER, "Artist"),
    0x013C: (FindingKind.CAMERA, "HostComputer"),
    0x8298: (FindingKind.OWNER, "Copyright"),
    0x9003: (FindingKind.TIMESTAMP, "DateTimeOriginal"),
    0x9004: (FindingKind.TIMESTAMP, "DateTimeDigitized"),
    0xA420: (FindingKind.SERIAL_NUMBER, "ImageUniqueID"),
    0xA430: (FindingKind.OWNER, "CameraOwnerName"),
    0xA431: (FindingKind.SERIAL_NUMBER, "BodySerialNumber"),
    0xA433: (FindingKind.CAMERA, "LensMake"),
    0xA434: (FindingKind.CAMERA, "LensModel"),
    0xA435: (FindingKind.SERIAL_NUMBER, "LensSerialNumber"),
    0xA436: (FindingKind.COMMENT, "ImageTitle"),
    0xA437: (FindingKind.OWNER, "Photographer"),
    0xA438: (FindingKind.OWNER, "ImageEditor"),
    0xA439: (FindingKind.SOFTWARE, "CameraFirmware"),
    0xC62F: (FindingKind.SERIAL_NUMBER, "CameraSerialNumber"),
}
WIDE_TEXT = {  # written by Windows as UTF-16
    0x9C9B: (FindingKind.COMMENT, "XPTitle"),
    0x9C9C: (FindingKind.COMMENT, "XPComment"),
    0x9C9D: (FindingKind.OWNER, "XPAuthor"),
    0x9C9E: (FindingKind.COMMENT, "XPKeywords"),
    0x9C9F: (FindingKind.COMMENT, "XPSubject"),
}
EMBEDDED = {
    0x02BC: (FindingKind.XMP, "XMP"),
    0x83BB: (FindingKind.IPTC, "IPTC"),
    0x8649: (FindingKind.IPTC, "Photoshop"),
    MAKER_NOTE: (FindingKind.MAKER_NOTE, "MakerNote"),
    USER_COMMENT: (FindingKind.COMMENT, "UserComment"),
}
POINTERS = frozenset({EXIF_POINTER, GPS_POINTER, 0xA005})
SAYS_NOTHING = frozenset({ORIENTATION}) | POINTERS


@dataclass(frozen=True, slots=True)
class Exif:
    """What a block of EXIF says.

    `orientation` is 1 to 8 (Exif 2.32, tag 0x0112), 1 when absent or out of range. `taken_at` is
    aware if the camera recorded its offset from UTC, else naive local time.
    """

    orientation: int = UPRIGHT
    taken_at: datetime | None = None
    findings: tuple[Finding, ...] = ()


def read_exif(
    data: memoryview, *, place: str = "EXIF", ignore: frozenset[int] = frozenset()
) -> Exif:
    """Read a block that begins with a TIFF header. Never raises: what cannot be read is reported.

    `ignore` holds the tags of the first directory that describe the pixels themselves, where the
    block is a whole TIFF file.
    """
    tiff = open_tiff(data)
    chain = tiff.chain() if tiff else []
    if tiff is None or not chain:
        return Exif(findings=(found_bytes(FindingKind.EXIF, f"{place}, unreadable", len(data)),))
    main = chain[0]
    camera = tiff.directory(main.number(EXIF_POINTER)) if EXIF_POINTER in main.fields else None
    findings = [*_telling(main, place, ignore), *(_telling(camera, place) if camera else ())]
    if GPS_POINTER in main.fields:
        findings.append(_position(tiff.directory(main.number(GPS_POINTER)), place))
    if not ignore:
        findings.extend(_thumbnails(chain[1:], place))
        findings.extend(_unaccounted(data, main, findings, place))
    return Exif(_orientation(main), _taken_at(camera), tuple(findings))


def only_orientation(orientation: int) -> bytes:
    """The one EXIF block that Safelight writes: a single directory with a single field."""
    return (
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + b"\0\0\0\0\0\0"
    )


def _orientation(main: Directory) -> int:
    value = main.number(ORIENTATION, UPRIGHT)
    return value if value in range(1, 9) else UPRIGHT


def _taken_at(camera: Directory | None) -> datetime | None:
    if camera is None or TIME_TAKEN not in camera.fields:
        return None
    local = camera.fields[TIME_TAKEN].text()
    offset = camera.fields[OFFSET_TAKEN].text() if OFFSET_TAKEN in camera.fields else ""
    if re.fullmatch(r"[+-]\d\d:\d\d", offset):
        aware = _parse(local + offset, "%Y:%m:%d %H:%M:%S%z")
        if aware is not None:
            return aware
    return _parse(local, "%Y:%m:%d %H:%M:%S")


def _parse(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - a camera's clock has no zone
    except ValueError:
        return None


def _telling(
    directory: Directory, place: str, ignore: frozenset[int] = frozenset()
) -> list[Finding]:
    findings = []
    further = 0
    for tag, field in directory.fields.items():
        finding = _tell(tag, field, place)
        if finding is not None:
            findings.append(finding)
        elif tag not in SAYS_NOTHING and tag not in ignore:
            further += 1
    if further:
        findings.append(found(FindingKind.EXIF, place, f"{further} further fields"))
    return findings


def _tell(tag: int, field: Field, place: str) -> Finding | None:
    if tag in TELLING:
        kind, name = TELLING[tag]
        return found(kind, f"{place} {name}", field.text())
    if tag in WIDE_TEXT:
        kind, name = WIDE_TEXT[tag]
        return found(kind, f"{place} {name}", bytes(field.raw[:800]).decode("utf-16-le", "replace"))
    if tag in EMBEDDED:
        kind, name = EMBEDDED[tag]
        if tag == USER_COMMENT:
            return found(kind, f"{place} {name}", bytes(field.raw[8:400]))
        return found_bytes(kind, f"{place} {name}", len(field.raw))
    return None


def _position(gps: Directory | None, place: str) -> Finding:
    latitude = _degrees(gps, 1, 2, "S") if gps else None
    longitude = _degrees(gps, 3, 4, "W") if gps else None
    if latitude is None or longitude is None:
        return found(FindingKind.GPS, f"{place} GPS", "a position block")
    return found(FindingKind.GPS, f"{place} GPS", f"{latitude:.5f}, {longitude:.5f}")


def _degrees(gps: Directory, hemisphere: int, value: int, negative: str) -> float | None:
    parts = gps.fields[value].rationals(3) if value in gps.fields else ()
    if not parts:
        return None
    degrees = sum(part / 60.0**i for i, part in enumerate(parts))
    sign = gps.fields[hemisphere].text() if hemisphere in gps.fields else ""
    return -degrees if sign.upper() == negative else degrees


def _thumbnails(chain: list[Directory], place: str) -> list[Finding]:
    return [
        found_bytes(FindingKind.THUMBNAIL, f"{place} thumbnail", d.number(THUMBNAIL_LENGTH))
        for d in chain
    ]


def _unaccounted(
    data: memoryview, main: Directory, findings: list[Finding], place: str
) -> list[Finding]:
    """Bytes that no field refers to, in a block that otherwise says nothing."""
    accounted = 8 + 2 + 12 * len(main.fields) + 4
    if findings or len(data) <= accounted:
        return []
    return [found_bytes(FindingKind.EXIF, f"{place}, stray", len(data) - accounted)]
