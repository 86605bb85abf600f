"""Take out of a picture everything that is not the picture."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from safelight.engines.imaging.exif import UPRIGHT, Exif
from safelight.engines.imaging.findings import Finding
from safelight.engines.imaging.identify import ImageType, identify
from safelight.engines.imaging.jpeg import read_jpeg
from safelight.engines.imaging.png import read_png
from safelight.engines.imaging.probe import (
    DEFAULT_BOUNDS,
    Bounds,
    Probe,
    measure,
    probe_jpeg,
    probe_png,
)
from safelight.engines.imaging.reencode import Rewritten, rewrite
from safelight.engines.imaging.scrub_jpeg import study_jpeg, write_jpeg
from safelight.engines.imaging.scrub_png import study_png, write_png

NAMES = {
    ImageType.JPEG: "JPEG",
    ImageType.PNG: "PNG",
    ImageType.WEBP: "WebP",
    ImageType.TIFF: "TIFF",
    ImageType.HEIC: "HEIC",
}
# What was decoded within bounds may grow when written anew; it is not measured twice.
UNBOUNDED = Bounds(max_bytes=1 << 40, max_pixels=1 << 40, max_side=1 << 31)


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A picture with nothing beside it.

    `data` is JPEG or PNG. `width` and `height` are in pixels as stored; `orientation`, 1 to 8
    (Exif 2.32, tag 0x0112), is what is still to be applied to show them upright. `lossless`
    means that the compressed pixels were copied untouched; if not, `note` says what was done.
    `taken_at` is when the camera says it took the picture, without an offset if it gave none.
    PHI: `findings` and `taken_at` describe what was taken out.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    orientation: int
    lossless: bool
    note: str | None
    findings: tuple[Finding, ...]
    taken_at: datetime | None
    sha256: bytes


def scrub(data: bytes | memoryview, bounds: Bounds = DEFAULT_BOUNDS) -> Scrubbed:
    """Scrub a picture: JPEG and PNG without touching a pixel, other kinds by writing them anew.

    Raises `UnsupportedTypeError`, `TooLargeError`, `TooManyPixelsError`, `TruncatedError`,
    `MalformedError` or `DecodeError`. The caller passes `data` of the result through
    `check_clean` before storing it.
    """
    bounds.check_bytes(len(data))
    kind = identify(data)
    if kind is ImageType.JPEG:
        return _scrub_jpeg(data, bounds)
    if kind is ImageType.PNG:
        return _scrub_png(data, bounds)
    shape, contents = measure(kind, data, bounds)
    made = rewrite(data, shape, as_png=contents.lossless)
    what = f"The first of {shape.frames} pictures in" if shape.frames > 1 else "The content of"
    note = f"{what} this {NAMES[kind]} file was"
    return _rewritten(made, contents.exif, contents.findings, note)


def _scrub_jpeg(data: bytes | memoryview, bounds: Bounds) -> Scrubbed:
    jpeg = read_jpeg(data)
    shape = probe_jpeg(jpeg, bounds, UPRIGHT)
    reading = study_jpeg(jpeg)
    shape = replace(shape, orientation=reading.exif.orientation)
    if reading.obstacle:
        bare, icc = write_jpeg(jpeg, reading), reading.metadata.icc or b""
        made = rewrite(bare, shape, as_png=False, icc=icc)
        return _rewritten(made, reading.exif, reading.findings, f"{reading.obstacle}: it was")
    return _finished(write_jpeg(jpeg, reading), shape, reading.exif, reading.findings)


def _scrub_png(data: bytes | memoryview, bounds: Bounds) -> Scrubbed:
    png = read_png(data)
    shape = probe_png(png, bounds)
    reading = study_png(png)
    if reading.obstacle:
        made = rewrite(write_png(png, reading), shape, as_png=True, icc=reading.icc)
        return _rewritten(made, reading.exif, reading.findings, f"{reading.obstacle}: it was")
    note = "Only the first picture of the animation was kept" if shape.frames > 1 else None
    return _finished(write_png(png, reading), shape, reading.exif, reading.findings, note)


def _rewritten(
    made: Rewritten, exif: Exif, findings: tuple[Finding, ...], subject: str
) -> Scrubbed:
    """Scrub what the encoder wrote by the same rules as any other file."""
    clean = scrub(made.data, UNBOUNDED)
    note = f"{subject} decoded and {made.how}."
    return replace(clean, lossless=False, note=note, findings=findings, taken_at=exif.taken_at)


def _finished(
    data: bytes,
    shape: Probe,
    exif: Exif,
    findings: tuple[Finding, ...],
    note: str | None = None,
) -> Scrubbed:
    return Scrubbed(
        data=data,
        media_type=shape.type.value,
        width=shape.width,
        height=shape.height,
        orientation=exif.orientation,
        lossless=True,
        note=note,
        findings=findings,
        taken_at=exif.taken_at,
        sha256=hashlib.sha256(data).digest(),
    )
