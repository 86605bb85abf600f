"""Finding things in pictures. Here: the code on a wristband."""

from safelight.engines.recognition.codes import UnreadableFrameError, read_codes

__all__ = ["UnreadableFrameError", "read_codes"]
