"""DICOM photographs with reduced identifiability: PS3.15 Annex E, acting on header and stream.

Bytes in, bytes out. What is in the pixels is the caller's to find and to cover; here frames are
taken out of a file, and a new file is built around clean ones.
"""

from safelight.engines.dicom.approving import approve
from safelight.engines.dicom.claims import check_reviewer
from safelight.engines.dicom.errors import (
    ClaimError,
    DicomError,
    ForeignDicomError,
    MalformedDicomError,
    UncleanFrameError,
    UnsupportedDicomError,
)
from safelight.engines.dicom.reading import DicomPicture, is_dicom, read_picture
from safelight.engines.dicom.writing import deidentify

__all__ = [
    "ClaimError",
    "DicomError",
    "DicomPicture",
    "ForeignDicomError",
    "MalformedDicomError",
    "UncleanFrameError",
    "UnsupportedDicomError",
    "approve",
    "check_reviewer",
    "deidentify",
    "is_dicom",
    "read_picture",
]
