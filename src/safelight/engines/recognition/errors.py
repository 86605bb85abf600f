"""Why a picture could not be searched."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class RecognitionError(SafelightError):
    """A detector failed; what it would have found is unknown, so nothing is said of the picture."""

    code: ClassVar[str] = "recognition"
    message: ClassVar[str] = "The picture could not be searched for faces and writing."


class FaceModelError(RecognitionError):
    """The file that was named as a face model is missing, or is none of those that are known."""

    code: ClassVar[str] = "recognition.face-model"
    message: ClassVar[str] = (
        "The face model could not be loaded; it must be a YuNet or CenterFace ONNX file."
    )
