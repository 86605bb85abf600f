"""Pictures of kinds that are not kept: decoded, and written anew as JPEG or PNG."""

import io
import threading
from dataclasses import dataclass

import numpy as np
from PIL import Image

from safelight.engines.imaging.decode import decode, to_srgb
from safelight.engines.imaging.errors import DecodeError
from safelight.engines.imaging.icc import Profile, recognise
from safelight.engines.imaging.probe import Probe

QUALITY = 95
FULL_CHROMA = 0  # 4:4:4
DEEP_GREY = ("I;16", "I;16B", "I;16L")
ALPHA = ("LA", "PA", "RGBA", "La", "RGBa")

# A picture of 100 megapixels that is written anew takes 800 MB for a while, where one that is
# copied takes its own few: so one at a time, however many are taken in together.
one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new file, and in words what became of the picture."""

    data: bytes
    how: str


def rewrite(
    data: bytes | memoryview, shape: Probe, *, as_png: bool, icc: bytes | None = None
) -> Rewritten:
    """Decode a picture and write it upright: as PNG, or as JPEG of high quality.

    Whatever has transparency becomes PNG. Colours keep their profile if it is a common one, else
    they are converted to sRGB; `icc` gives the profile where it was already taken out of `data`.
    Threads of one process take turns. Raises `DecodeError`.
    """
    with one_at_a_time:
        return _rewrite(data, shape, as_png=as_png, icc=icc)


def _rewrite(
    data: bytes | memoryview, shape: Probe, *, as_png: bool, icc: bytes | None
) -> Rewritten:
    image = decode(data, shape)
    embedded = image.info.get("icc_profile", b"") if icc is None else icc
    try:
        picture, profile = _colours(image, embedded if isinstance(embedded, bytes) else b"")
        return _write(picture, profile, as_png=as_png or picture.mode in ("LA", "RGBA"))
    except (OSError, ValueError, MemoryError) as error:
        raise DecodeError from error


def _colours(image: Image.Image, icc: bytes) -> tuple[Image.Image, Profile | None]:
    """The picture in a mode that JPEG or PNG can hold, and the profile of its colours."""
    if image.mode in ("CMYK", "LAB"):
        return (to_srgb(image, icc) if icc else image.convert("RGB")), Profile.SRGB
    if image.mode in DEEP_GREY:
        return eight_bits(image), None
    plain = _plain(image)
    known = recognise(icc, grey=plain.mode in ("L", "LA")) if icc else None
    if isinstance(known, Profile):
        return plain, known
    if known is None and icc and plain.mode in ("RGB", "RGBA"):
        return _converted(plain, icc), Profile.SRGB
    return plain, None


def _plain(image: Image.Image) -> Image.Image:
    """Grey, grey with alpha, RGB or RGBA, of 8 bits."""
    transparent = image.mode in ALPHA or "transparency" in image.info
    if image.mode in ("1", "L", "LA", "La"):
        return image.convert("LA" if transparent else "L")
    return image.convert("RGBA" if transparent else "RGB")


def _converted(image: Image.Image, icc: bytes) -> Image.Image:
    """To sRGB; transparency is not a colour and stays as it is."""
    converted = to_srgb(image.convert("RGB"), icc)
    if image.mode == "RGBA":
        converted.putalpha(image.getchannel("A"))
    return converted


def eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits, rounded to 8."""
    samples = np.asarray(image).astype(np.uint32)
    return Image.fromarray(((samples * 255 + 32767) // 65535).astype(np.uint8))


def _write(picture: Image.Image, profile: Profile | None, *, as_png: bool) -> Rewritten:
    icc = profile.icc if profile else None
    out = io.BytesIO()
    picture.info = {}
    if as_png:
        picture.save(out, "PNG", icc_profile=icc, compress_level=4)
        return Rewritten(out.getvalue(), "stored as PNG")
    picture.save(out, "JPEG", quality=QUALITY, subsampling=FULL_CHROMA, icc_profile=icc)
    return Rewritten(out.getvalue(), f"stored as JPEG of quality {QUALITY}")
