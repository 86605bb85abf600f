"""Why a picture is refused, each in one sentence for the person who took it."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class ImagingError(SafelightError):
    """Any refusal by the imaging engine."""

    code: ClassVar[str] = "imaging"
    message: ClassVar[str] = "This picture could not be read."


class UnsupportedTypeError(ImagingError):
    """The bytes are not one of the kinds of picture that Safelight takes."""

    code: ClassVar[str] = "imaging.unsupported-type"
    message: ClassVar[str] = (
        "This is not a picture Safelight knows; it takes JPEG, PNG, WebP, TIFF and HEIC."
    )


class TooLargeError(ImagingError):
    """The file holds more bytes than the institution allows."""

    code: ClassVar[str] = "imaging.too-large"
    message: ClassVar[str] = "This file is larger than is allowed here."


class TooManyPixelsError(ImagingError):
    """The picture says it is larger than the institution allows; it was not decoded."""

    code: ClassVar[str] = "imaging.too-many-pixels"
    message: ClassVar[str] = "This picture has more pixels than is allowed here."


class TruncatedError(ImagingError):
    """The file ends before the picture does."""

    code: ClassVar[str] = "imaging.truncated"
    message: ClassVar[str] = "This picture is incomplete: the file ends too early. Send it again."


class MalformedError(ImagingError):
    """The file breaks the rules of its own format."""

    code: ClassVar[str] = "imaging.malformed"
    message: ClassVar[str] = "This picture is damaged and cannot be read safely."


class DecodeError(ImagingError):
    """The structure is sound, but the pixels cannot be decoded."""

    code: ClassVar[str] = "imaging.decode"
    message: ClassVar[str] = "The pixels of this picture are damaged and cannot be shown."


class NotCleanError(ImagingError):
    """The second parser found something beside the pixels in a scrubbed picture."""

    code: ClassVar[str] = "imaging.not-clean"
    message: ClassVar[str] = "Something beside the picture is still in this file; it was not kept."


class MalformedPlanError(ImagingError):
    """A list of regions to cover and to cut off that no page of Safelight would send."""

    code: ClassVar[str] = "imaging.malformed-plan"
    message: ClassVar[str] = "What is to be covered in this picture could not be understood."
