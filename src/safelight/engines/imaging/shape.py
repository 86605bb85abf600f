"""What the readers of WebP, TIFF and HEIC report. Safelight decodes these kinds and writes anew."""

from dataclasses import dataclass

from safelight.engines.imaging.exif import Exif
from safelight.engines.imaging.findings import Finding


@dataclass(frozen=True, slots=True)
class Shape:
    """Size in pixels as stored, samples per pixel, bits per sample, pictures in the file.

    `lossless` is true if the pixels were stored without loss. `exif.orientation` is what is
    still to be applied to the decoded pixels.
    """

    width: int
    height: int
    components: int
    bits: int
    frames: int
    lossless: bool
    exif: Exif
    findings: tuple[Finding, ...]
