"""Barcodes and two-dimensional codes in one frame of a camera."""

import io
from typing import ClassVar

import zxingcpp
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from safelight.vocabulary.errors import SafelightError

# A frame is a few hundred kilobytes; more is not a frame.
MAX_FRAME_BYTES = 2_000_000
MAX_FRAME_SIDE = 2_600  # pixels
MAX_CODE_LENGTH = 200  # characters
# The plugins are called by name: `Image.open` guards itself by a global limit that is larger than
# ours, and tells of it by an exception and a warning of its own.
READERS = {b"\xff\xd8\xff": JpegImageFile, b"\x89PNG\r\n\x1a\n": PngImageFile}


class UnreadableFrameError(SafelightError):
    """The bytes are not a small JPEG or PNG."""

    code: ClassVar[str] = "unreadable-frame"
    message: ClassVar[str] = "The camera's picture could not be read; please try again."


def read_codes(frame: bytes) -> list[str]:
    """The texts of all codes in a JPEG or PNG `frame`, each once, in the order they were found.

    Raises UnreadableFrameError for anything that is not such a picture of bounded size.
    """
    if not 0 < len(frame) <= MAX_FRAME_BYTES:
        raise UnreadableFrameError
    grey = _decoded(frame)
    found = (code.text.strip() for code in zxingcpp.read_barcodes(grey))
    return list(dict.fromkeys(text[:MAX_CODE_LENGTH] for text in found if text))


def _decoded(frame: bytes) -> Image.Image:
    """The frame in grey; its size is checked before a pixel of it is decoded."""
    reader = next((found for magic, found in READERS.items() if frame.startswith(magic)), None)
    if reader is None:
        raise UnreadableFrameError
    try:
        with reader(io.BytesIO(frame)) as image:
            if max(image.size) > MAX_FRAME_SIDE:
                raise UnreadableFrameError
            return image.convert("L")
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadableFrameError from error
