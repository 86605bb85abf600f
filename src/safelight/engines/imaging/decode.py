"""Pixels out of bytes, by Pillow, with no global state: bounds were checked before."""

import io

from PIL import Image, ImageCms, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from safelight.engines.imaging.errors import DecodeError, TooManyPixelsError
from safelight.engines.imaging.heic import decode_heic
from safelight.engines.imaging.icc import Profile
from safelight.engines.imaging.identify import ImageType
from safelight.engines.imaging.probe import Probe

# The plugins are called by name: `Image.open` would try every format it knows on hostile bytes,
# and its own pixel limit is a global that other threads share.
READERS: dict[ImageType, type[ImageFile.ImageFile]] = {
    ImageType.JPEG: JpegImageFile,
    ImageType.PNG: PngImageFile,
    ImageType.TIFF: TiffImageFile,
    ImageType.WEBP: WebPImageFile,
}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(data: bytes | memoryview, shape: Probe) -> Image.Image:
    """The first picture of a file, its pixels upright. Raises `DecodeError`."""
    if shape.type is ImageType.HEIC:
        return decode_heic(data)
    image = open_picture(data, shape)
    load(image)
    if shape.type is ImageType.TIFF:  # Pillow turns TIFF by itself
        return image
    return upright(image, shape.orientation)


def open_picture(data: bytes | memoryview, shape: Probe) -> ImageFile.ImageFile:
    """The file opened, its pixels not yet decoded. Raises `DecodeError`."""
    try:
        image = READERS[shape.type](io.BytesIO(data))
    except Exception as error:  # Pillow raises anything on hostile bytes
        raise DecodeError from error
    # INVARIANT: what is decoded is what was measured; two readings of one header must agree.
    if image.size not in ((shape.width, shape.height), (shape.height, shape.width)):
        raise TooManyPixelsError("This picture gives two different sizes.")
    return image


def load(image: Image.Image) -> None:
    """Decode the pixels. Raises `DecodeError`."""
    try:
        if isinstance(image, TiffImageFile):
            # Room made here spares Pillow its own check, which warns through a global limit.
            image.im = Image.new(image.mode, image._tile_size).im  # noqa: SLF001 - as its loader does
        image.load()
    except Exception as error:  # Pillow raises anything on hostile bytes
        raise DecodeError from error


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The picture turned as its orientation (1 to 8) says."""
    turn = TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def to_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    """An RGB picture with its colours converted from `icc` to sRGB; as it is if that fails."""
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(icc)),
            ImageCms.ImageCmsProfile(io.BytesIO(Profile.SRGB.icc)),
            outputMode="RGB",
        )
    except ImageCms.PyCMSError:
        return image.convert("RGB")
    assert converted is not None, "only an in-place conversion returns nothing"
    return converted
