"""Finding things in pictures: codes on wristbands, and what identifies a person."""

from safelight.engines.recognition.codes import UnreadableFrameError, read_codes
from safelight.engines.recognition.detection import Detection, Detector, Pixels
from safelight.engines.recognition.errors import FaceModelError, RecognitionError

__all__ = [
    "Detection",
    "Detector",
    "FaceModelError",
    "Pixels",
    "RecognitionError",
    "UnreadableFrameError",
    "read_codes",
]
