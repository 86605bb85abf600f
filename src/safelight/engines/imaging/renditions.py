"""The pictures that screens show: decoded once, upright, sRGB, nothing beside the pixels."""

import io
from dataclasses import dataclass

from PIL import Image

from safelight.engines.imaging.decode import load, open_picture, to_srgb, upright
from safelight.engines.imaging.errors import DecodeError
from safelight.engines.imaging.icc import Profile
from safelight.engines.imaging.identify import ImageType
from safelight.engines.imaging.probe import DEFAULT_BOUNDS, Bounds, probe
from safelight.engines.imaging.reencode import eight_bits

DISPLAY_SIDE = 2048
THUMBNAIL_SIDE = 512
QUALITY = 85
# A decoder that halves while it decodes is twice as fast; a side this close to the wanted one
# (2016 of 2048 for a 12-megapixel camera) needs no second scaling.
CLOSE_ENOUGH = 15 / 16
# Black drawing and white drawing both stay visible on it.
NEUTRAL_GREY = 128


@dataclass(frozen=True, slots=True)
class Renditions:
    """JPEG bytes of both renditions, and the upright size of the whole picture in pixels."""

    thumbnail: bytes
    display: bytes
    width: int
    height: int


def make_renditions(
    data: bytes | memoryview, orientation: int, bounds: Bounds = DEFAULT_BOUNDS
) -> Renditions:
    """Decode a scrubbed picture once and make both renditions.

    `orientation` is that of the record (1 to 8). The longest side is at most 2048 pixels in the
    display rendition (a little less where that saves a scaling), 512 in the thumbnail; smaller
    pictures are not enlarged. Raises `DecodeError`, and what `probe` raises.
    """
    shape = probe(data, bounds)
    if shape.type not in (ImageType.JPEG, ImageType.PNG):
        raise DecodeError
    image = open_picture(data, shape)
    if shape.type is ImageType.JPEG:
        _draft(image)
    load(image)
    try:
        display = shown_colours(upright(fit_within(image, DISPLAY_SIDE), orientation), image.info)
        thumbnail = fit_within(display, THUMBNAIL_SIDE)
        turned = orientation >= 5  # noqa: PLR2004 - 5 to 8 swap rows and columns
        size = (shape.height, shape.width) if turned else (shape.width, shape.height)
        return Renditions(encode(thumbnail), encode(display), *size)
    except (OSError, ValueError, MemoryError) as error:
        raise DecodeError from error


def _draft(image: Image.Image) -> None:
    """Have the JPEG decoder scale down while it decodes, as far as enough pixels remain."""
    longest = max(image.size)
    for scale in (8, 4, 2):
        if longest / scale >= DISPLAY_SIDE * CLOSE_ENOUGH:
            image.draft(None, (max(1, image.width // scale), max(1, image.height // scale)))
            return


def fit_within(image: Image.Image, side: int) -> Image.Image:
    """The picture scaled down until no side is longer than `side` pixels; never enlarged."""
    longest = max(image.size)
    if longest <= side:
        return image
    width, height = (max(1, round(n * side / longest)) for n in image.size)
    deep = image.mode.startswith("I;16")
    plain = eight_bits(image) if deep else image.convert("RGBA") if image.mode == "P" else image
    return plain.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=1.0)


def shown_colours(image: Image.Image, info: dict[str | tuple[int, int], object]) -> Image.Image:
    """Grey or RGB in sRGB, on neutral grey where the picture is transparent."""
    if image.mode.startswith("I;16"):
        return eight_bits(image)
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in info:
        image = _on_grey(image)
    if image.mode in ("1", "L"):
        return image.convert("L")
    icc = info.get("icc_profile")
    if isinstance(icc, bytes) and icc != Profile.SRGB.icc:
        return to_srgb(image.convert("RGB"), icc)
    return image.convert("RGB")


def _on_grey(image: Image.Image) -> Image.Image:
    picture = image if image.mode == "RGBA" else image.convert("RGBA")
    ground = Image.new("RGB", picture.size, (NEUTRAL_GREY,) * 3)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def encode(image: Image.Image) -> bytes:
    """JPEG bytes of a picture in grey or RGB, with nothing beside the pixels."""
    out = io.BytesIO()
    image.info = {}
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
