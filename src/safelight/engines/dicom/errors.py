"""Why a DICOM file is refused, each in one sentence."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class DicomError(SafelightError):
    """Any refusal by the DICOM engine."""

    code: ClassVar[str] = "dicom"
    message: ClassVar[str] = "This DICOM file could not be handled."


class MalformedDicomError(DicomError):
    """The bytes break the rules of PS3.5 or PS3.10, or end too early."""

    code: ClassVar[str] = "dicom.malformed"
    message: ClassVar[str] = "This DICOM file is damaged or incomplete and cannot be read safely."


class UnsupportedDicomError(DicomError):
    """A sound file, but not a photograph in a form that can be de-identified here."""

    code: ClassVar[str] = "dicom.unsupported"
    message: ClassVar[str] = (
        "This DICOM file is not a photograph or a secondary capture that Safelight knows."
    )


class UncleanFrameError(DicomError):
    """A frame that was to be written holds something beside its pixels, or is no baseline JPEG."""

    code: ClassVar[str] = "dicom.unclean-frame"
    message: ClassVar[str] = "A picture that was to be written still holds more than its pixels."


class ForeignDicomError(DicomError):
    """A file of which more is to be claimed, and which is not one that was written here."""

    code: ClassVar[str] = "dicom.foreign"
    message: ClassVar[str] = (
        "This DICOM file is not as Safelight writes it, so nothing can be claimed of it."
    )


class ClaimError(DicomError):
    """The caller's words about what was done cannot be written as they are."""

    code: ClassVar[str] = "dicom.claim"
    message: ClassVar[str] = "What was said about the de-identification is not complete."
