"""HEIC files (ISO/IEC 23008-12) through libheif: their structure, and their pixels."""

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

MOST_BOXES = 10_000
P3_PRIMARIES = 12  # ITU-T H.273, colour primaries: SMPTE EG 432-1


def read_heic(view: memoryview) -> Shape:
    """The shape of the primary picture. Raises `TruncatedError` or `MalformedError`.

    libheif turns and crops by itself, so nothing of the orientation is left to apply.
    """
    _check_whole(view)
    container = _open(view)
    info = container.info
    exif = _exif(info)
    findings = [*exif.findings, *_tell(info, len(container))]
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
    container = _open(memoryview(data))
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
    try:
        container = pi_heif.HeifFile(bytes(view))
        container.size  # noqa: B018 - raises if there is no picture inside
    except Exception as error:  # libheif's failures have no common class
        raise MalformedError from error
    return container


def _check_whole(view: memoryview) -> None:
    """Walk the outermost boxes (ISO/IEC 14496-12 §4.2): each must end within the file."""
    at = 0
    for _ in range(MOST_BOXES):
        if at == len(view):
            return
        if at + 8 > len(view):
            raise TruncatedError
        size = int.from_bytes(view[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(view[at + 8 : at + 16], "big")
        at = at + size if size else len(view)
        if size in range(1, 8):
            raise MalformedError
        if at > len(view):
            raise TruncatedError
    raise MalformedError


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
