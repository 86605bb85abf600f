"""Why a picture could not be marked."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class WatermarkError(SafelightError):
    """A mark could not be burned in, so there is no picture to show."""

    code: ClassVar[str] = "watermark"
    message: ClassVar[str] = "The picture could not be marked for the person it is shown to."


class UnmarkablePixelsError(WatermarkError):
    """What was given is not a picture in RGB of eight bits, or has too many pixels."""

    code: ClassVar[str] = "watermark.pixels"
    message: ClassVar[str] = "Only a picture in RGB of at most 110 megapixels can be marked."


class UnwritableMarkError(WatermarkError):
    """The words are none, too many, or need a letter that the font does not have."""

    code: ClassVar[str] = "watermark.words"
    message: ClassVar[str] = (
        "The mark needs 1 to 80 characters on one line, in letters that the font has."
    )


class UnfitPayloadError(WatermarkError):
    """The number to be carried does not fit in 48 bits."""

    code: ClassVar[str] = "watermark.payload"
    message: ClassVar[str] = "A mark carries a whole number from 0 to 281474976710655."


class WeakKeyError(WatermarkError):
    """The key is too short to be a secret."""

    code: ClassVar[str] = "watermark.key"
    message: ClassVar[str] = "The key of a watermark must have at least 32 bytes."
