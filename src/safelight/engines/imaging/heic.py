"""HEIC files (ISO/IEC 23008-12) through libheif: their structure, and their pixels."""

import re
from dataclasses import replace
from typing import Any

import pi_heif
from PIL import Image

from safelight.engines.imaging.errors import DecodeError, MalformedError, TruncatedError
from safelight.engines.imaging.exif import UPRIGHT, Exif, read_exif
from safelight.engines.imaging.findings import Finding, FindingKind, found, found_bytes
from safelight.engines.imaging.icc import Profile
from safelight.engines.imaging.jpeg_metadata import xmp_findings
from safelight.engines.imaging.shape import Shape

BOX_HEAD = 8
MOST_BOXES = 100
PICTURE_BOXES = frozenset({b"meta", b"mdat"})
KNOWN_BOXES = PICTURE_BOXES | {b"ftyp", b"free", b"skip"}
PIXEL_DATA = b"mdat"
ITEM = re.compile(rb"infe")
# Version and flags, an id, a protection index; from version 2 on a type follows, in version 3 the
# id is longer. Of versions that nobody knows all is read as words.
WORDS_AFTER = {b"\0": 8, b"\1": 8, b"\2": 8, b"\3": 10}
P3_PRIMARIES = 12  # ITU-T H.273, colour primaries: SMPTE EG 432-1


def read_heic(view: memoryview) -> Shape:
    """The shape of the primary picture. Raises `TruncatedError` or `MalformedError`.

    libheif turns and crops by itself, so nothing of the orientation is left to apply.
    """
    end, foreign = _read_boxes(view)
    container = _open(view[:end])
    info = container.info
    exif = _exif(info)
    findings = [*exif.findings, *_tell(info, len(container)), *foreign]
    width, height = container.size
    components = len(container.mode.split(";")[0])
    return Shape(
        width,
        height,
        components,
        int(info["bit_depth"]),
        len(container),
        lossless=False,
        exif=replace(exif, orientation=UPRIGHT),
        findings=tuple(findings),
    )


def decode_heic(data: bytes | memoryview) -> Image.Image:
    """The pixels of the primary picture, upright, 8 bits per sample. Raises `DecodeError`."""
    view = memoryview(data)
    container = _open(view[: _read_boxes(view)[0]])
    try:
        image: Image.Image = container.to_pillow()
    except Exception as error:  # libheif's failures have no common class
        raise DecodeError from error
    profile = container.info.get("icc_profile", b"")
    primaries = container.info.get("nclx_profile", {}).get("color_primaries")
    if not profile and primaries == P3_PRIMARIES:
        profile = Profile.DISPLAY_P3.icc
    image.info = {"icc_profile": profile} if profile else {}
    return image


def _open(view: memoryview) -> Any:  # noqa: ANN401 - pi_heif is not typed
    _check_words(view)
    try:
        container = pi_heif.HeifFile(bytes(view))
        container.size  # noqa: B018 - raises if there is no picture inside
    except Exception as error:  # libheif's failures have no common class
        raise MalformedError from error
    return container


def _check_words(view: memoryview) -> None:
    """Raise `MalformedError` where an item's type or name is no text.

    INVARIANT: before the library opens the file. It makes text of these words and of nothing else
    without looking, and what is none ends the whole process (pi-heif 1.4, `metadata`).
    """
    at = 0
    while at < len(view):
        name, end = _box(view, at)
        end = min(max(end, at + BOX_HEAD), len(view))
        if name != PIXEL_DATA:
            _check_items(bytes(view[at:end]))
        at = end


def _check_items(part: bytes) -> None:
    """Every item info entry (ISO/IEC 14496-12 §8.11.6), wherever it is nested.

    By its name alone, so that no other reading of the boxes around it finds one that was not looked
    at. Its words come last, after a version, flags, ids and a type of four letters.
    """
    for match in ITEM.finditer(part):
        at = match.start() - 4
        end = _box(memoryview(part), at)[1] if at >= 0 else len(part)
        body = part[match.end() : max(end, match.end())]
        words = body[WORDS_AFTER.get(body[:1], 0) :]
        try:
            words.decode()
        except UnicodeDecodeError:
            raise MalformedError from None


def _read_boxes(view: memoryview) -> tuple[int, list[Finding]]:
    """Walk the outermost boxes (ISO/IEC 14496-12 §4.2): where they end, and what is foreign.

    Some phones put bytes that are no box after the last one; before the picture is whole, a box
    that does not end within the file means that the file was cut.
    """
    findings: list[Finding] = []
    seen: set[bytes] = set()
    at = 0
    while at < len(view):
        name, end = _box(view, at)
        if not at + BOX_HEAD <= end <= len(view) or len(findings) > MOST_BOXES:
            if not seen >= PICTURE_BOXES:
                raise TruncatedError
            place = "after the end of the image"
            findings.append(found_bytes(FindingKind.TRAILING_DATA, place, len(view) - at))
            break
        seen.add(name)
        if name not in KNOWN_BOXES:
            place = f"{name.decode('ascii', 'replace')} box"
            findings.append(found_bytes(FindingKind.OTHER, place, end - at))
        at = end
    return at, findings


def _box(view: memoryview, at: int) -> tuple[bytes, int]:
    """The type of a box and its end; 0 reaches to the end of the file, 1 announces 64 bits."""
    size = int.from_bytes(view[at : at + 4], "big")
    if size == 1:
        size = int.from_bytes(view[at + 8 : at + 16], "big")
    return bytes(view[at + 4 : at + 8]), at + size if size else len(view)


def _exif(info: dict[str, Any]) -> Exif:
    block = memoryview(info.get("exif") or b"")
    if not block:
        return Exif()
    return read_exif(block[6:] if bytes(block[:6]) == b"Exif\0\0" else block)


def _tell(info: dict[str, Any], pictures: int) -> list[Finding]:
    findings: list[Finding] = []
    xmp = info.get("xmp") or b""
    if xmp:
        findings += [found_bytes(FindingKind.XMP, "XMP", len(xmp)), *xmp_findings(xmp)]
    for item in info.get("metadata", []):
        findings.append(found_bytes(FindingKind.OTHER, "metadata item", len(item["data"])))
    kinds = [found(FindingKind.THUMBNAIL, "HEIC", "a thumbnail")] if info["thumbnails"] else []
    extra = pictures - 1 + len(info["depth_images"]) + sum(map(len, info.get("aux", {}).values()))
    if extra:
        further = f"{extra} further pictures or maps"
        kinds.append(found(FindingKind.MULTI_PICTURE, "HEIC", further))
    return findings + kinds
