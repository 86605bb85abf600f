"""Pictures as bytes: what they are, what they betray, and how to take that out.

Bytes in, bytes out: no files, no clock, no global state; safe to call from many threads.
"""

from safelight.engines.imaging.check import check_clean
from safelight.engines.imaging.coverage import covers_at_least
from safelight.engines.imaging.errors import (
    DecodeError,
    ImagingError,
    MalformedError,
    MalformedPlanError,
    NotCleanError,
    TooLargeError,
    TooManyPixelsError,
    TruncatedError,
    UnsupportedTypeError,
)
from safelight.engines.imaging.findings import Finding, FindingKind
from safelight.engines.imaging.identify import ImageType, identify
from safelight.engines.imaging.masks import Mask, RedactionPlan, fit
from safelight.engines.imaging.probe import DEFAULT_BOUNDS, Bounds, Probe, probe
from safelight.engines.imaging.redaction import Redacted, redact
from safelight.engines.imaging.renditions import Renditions, make_renditions
from safelight.engines.imaging.scrub import Scrubbed, scrub

__all__ = [
    "DEFAULT_BOUNDS",
    "Bounds",
    "DecodeError",
    "Finding",
    "FindingKind",
    "ImageType",
    "ImagingError",
    "MalformedError",
    "MalformedPlanError",
    "Mask",
    "NotCleanError",
    "Probe",
    "Redacted",
    "RedactionPlan",
    "Renditions",
    "Scrubbed",
    "TooLargeError",
    "TooManyPixelsError",
    "TruncatedError",
    "UnsupportedTypeError",
    "check_clean",
    "covers_at_least",
    "fit",
    "identify",
    "make_renditions",
    "probe",
    "redact",
    "scrub",
]
