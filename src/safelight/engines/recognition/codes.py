"""Barcodes and two-dimensional codes in one frame of a camera."""

import io
from typing import ClassVar

import zxingcpp
from PIL import Image, UnidentifiedImageError

from safelight.vocabulary.errors import SafelightError

# A frame is a few hundred kilobytes; more is not a frame.
MAX_FRAME_BYTES = 2_000_000
MAX_FRAME_SIDE = 2_600  # pixels
MAX_CODE_LENGTH = 200  # characters


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
    try:
        with Image.open(io.BytesIO(frame), formats=("JPEG", "PNG")) as image:
            if max(image.size) > MAX_FRAME_SIDE:
                raise UnreadableFrameError
            grey = image.convert("L")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError) as error:
        raise UnreadableFrameError from error
    found = (code.text.strip() for code in zxingcpp.read_barcodes(grey))
    return list(dict.fromkeys(text[:MAX_CODE_LENGTH] for text in found if text))
