"""Finding things in pictures: codes on wristbands, and what identifies a person."""

from safelight.engines.recognition.codes import UnreadableFrameError, read_codes
from safelight.engines.recognition.detection import Detection, Detector, Pixels

__all__ = ["Detection", "Detector", "Pixels", "UnreadableFrameError", "read_codes"]
