"""What a picture says about its size and shape, read from its structure, without decoding."""

from dataclasses import dataclass

from safelight.engines.imaging.errors import TooLargeError, TooManyPixelsError
from safelight.engines.imaging.exif import UPRIGHT
from safelight.engines.imaging.heic import read_heic
from safelight.engines.imaging.identify import ImageType, identify
from safelight.engines.imaging.jpeg import PROGRESSIVE, Jpeg, read_jpeg
from safelight.engines.imaging.jpeg_metadata import read_metadata
from safelight.engines.imaging.png import COMPONENTS, Png, read_png
from safelight.engines.imaging.scrub_png import study_png
from safelight.engines.imaging.shape import Shape
from safelight.engines.imaging.tiff import read_tiff
from safelight.engines.imaging.webp import read_webp

MEGA = 1_000_000
CONTAINERS = {ImageType.WEBP: read_webp, ImageType.TIFF: read_tiff, ImageType.HEIC: read_heic}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an institution takes: bytes of the file, pixels in all, pixels along one side."""

    max_bytes: int = 50 * MEGA
    max_pixels: int = 100 * MEGA
    max_side: int = 65_500

    def check_bytes(self, size: int) -> None:
        """Raise `TooLargeError` for a file of more than `max_bytes`."""
        if size > self.max_bytes:
            raise TooLargeError(
                f"This file is {size / MEGA:.1f} MB; at most {self.max_bytes / MEGA:g} MB are "
                "allowed here."
            )

    def check_pixels(self, width: int, height: int) -> None:
        """Raise `TooManyPixelsError` for a picture larger than the bounds."""
        if width * height > self.max_pixels:
            raise TooManyPixelsError(
                f"This picture says it is {width} by {height} pixels; at most "
                f"{self.max_pixels / MEGA:g} megapixels are allowed here."
            )
        if max(width, height) > self.max_side:
            raise TooManyPixelsError(
                f"This picture says it is {width} by {height} pixels; at most {self.max_side} "
                "along one side are allowed here."
            )


DEFAULT_BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Probe:
    """The shape of a picture as stored.

    `width` and `height` are in pixels before orientation is applied; `orientation` is 1 to 8
    (Exif 2.32, tag 0x0112); `bits` are per sample; `frames` counts pictures in the file.
    """

    type: ImageType
    width: int
    height: int
    orientation: int
    components: int
    bits: int
    progressive: bool = False
    frames: int = 1


def probe(data: bytes | memoryview, bounds: Bounds = DEFAULT_BOUNDS) -> Probe:
    """The shape of a picture, with its structure checked to the end and its bounds kept.

    Raises `UnsupportedTypeError`, `TooLargeError`, `TooManyPixelsError`, `TruncatedError` or
    `MalformedError`.
    """
    bounds.check_bytes(len(data))
    kind = identify(data)
    if kind is ImageType.JPEG:
        return probe_jpeg(read_jpeg(data), bounds)
    if kind is ImageType.PNG:
        return probe_png(read_png(data), bounds)
    return measure(kind, data, bounds)[0]


def probe_jpeg(jpeg: Jpeg, bounds: Bounds, orientation: int | None = None) -> Probe:
    """The shape of a JPEG whose segments were read."""
    frame = jpeg.frame
    bounds.check_pixels(frame.width, frame.height)
    if orientation is None:
        exif = read_metadata(jpeg).exif
        orientation = exif.orientation if exif else UPRIGHT
    return Probe(
        ImageType.JPEG,
        frame.width,
        frame.height,
        orientation,
        frame.components,
        frame.bits,
        progressive=frame.marker in PROGRESSIVE,
    )


def probe_png(png: Png, bounds: Bounds) -> Probe:
    """The shape of a PNG whose chunks were read."""
    header = png.header
    bounds.check_pixels(header.width, header.height)
    frames = max(1, sum(c.name == b"fcTL" for c in png.chunks))
    return Probe(
        ImageType.PNG,
        header.width,
        header.height,
        study_png(png).exif.orientation,
        COMPONENTS[header.colour],
        header.bits,
        progressive=header.interlaced,
        frames=frames,
    )


def measure(kind: ImageType, data: bytes | memoryview, bounds: Bounds) -> tuple[Probe, Shape]:
    """The shape of a WebP, TIFF or HEIC file, and what else it says."""
    shape = CONTAINERS[kind](memoryview(data))
    bounds.check_pixels(shape.width, shape.height)
    measured = Probe(
        kind,
        shape.width,
        shape.height,
        shape.exif.orientation,
        shape.components,
        shape.bits,
        frames=shape.frames,
    )
    return measured, shape
