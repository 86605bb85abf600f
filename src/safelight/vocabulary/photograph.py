"""Words for a photograph: its state, sensitivity, renditions, view, and reasons to open it."""

from dataclasses import dataclass
from typing import Final

from safelight.vocabulary.coded import Coded


class PhotographState(Coded):
    """How far a photograph has come. Only a verified one is ever shown."""

    SEALED = "sealed", "Sealed, not yet verified"
    VERIFIED = "verified", "Verified"
    UNREADABLE = "unreadable", "Kept, but cannot be decoded"
    ENTERED_IN_ERROR = "entered-in-error", "Entered in error"
    WITHDRAWN = "withdrawn", "Taken back by the patient; its fate is being carried out"
    LEGAL_CUSTODY = (
        "legal-custody",
        "Taken back, and locked because the law makes the hospital keep it",
    )
    ERASED = "erased", "Taken back and erased"


TAKEN_BACK: Final = frozenset(
    {PhotographState.WITHDRAWN, PhotographState.LEGAL_CUSTODY, PhotographState.ERASED}
)
"""Not listed, not counted, not found; opened by nobody who treats or teaches."""


class Sensitivity(Coded):
    """How much care opening a photograph asks for."""

    ORDINARY = "ordinary", "Ordinary"
    INTIMATE = "intimate", "Intimate"
    FORENSIC = "forensic", "Forensic"


REASON_REQUIRED: Final = frozenset({Sensitivity.INTIMATE, Sensitivity.FORENSIC})
"""Opened only for a stated reason, each time and in every size."""


class Rendition(Coded):
    """The forms in which a photograph is kept; each is its own sealed object."""

    ORIGINAL = "original", "Original"
    DISPLAY = "display", "Display"
    THUMBNAIL = "thumbnail", "Thumbnail"
    REDACTED = "redacted", "Redacted"
    """What was approved for use beyond care: covered, cropped, looked over by a person."""
    REDACTED_THUMBNAIL = "redacted-thumbnail", "Redacted, small"
    REDACTED_DRAFT = "redacted-draft", "Redacted, not approved"
    """For whoever prepares it, and nobody else."""


@dataclass(frozen=True, slots=True)
class FormForUse:
    """The two sizes in which a photograph is used beyond care."""

    large: Rendition
    small: Rendition


AS_TAKEN: Final = FormForUse(Rendition.DISPLAY, Rendition.THUMBNAIL)
COVERED: Final = FormForUse(Rendition.REDACTED, Rendition.REDACTED_THUMBNAIL)


class ImageView(Coded):
    """What a photograph was framed to show."""

    OVERVIEW = "overview", "Overview"
    CLOSE_UP = "close-up", "Close-up"
    DERMOSCOPIC = "dermoscopic", "Dermoscopic"
    COMPARISON = "comparison", "Comparison with the other side"
    IDENTIFICATION = "identification", "Wristband or label"
    OTHER = "other", "Other"


class OpeningReason(Coded):
    """Why a clinician opens an intimate or forensic photograph."""

    EXAMINATION = "examination", "To examine or treat the patient now"
    FOLLOW_UP = "follow-up", "To compare with an earlier or later finding"
    COLLEAGUE_ASKED = "colleague-asked", "A treating colleague asked for my opinion"
    LABELLING = "labelling", "To label or correct the record"
    PATIENT_ASKED = "patient-asked", "The patient asked me to look"
    REPORT = "report", "To write a report that the law asks for"


class BreakGlassReason(Coded):
    """Why a clinician breaks glass; a text in their own words goes with it."""

    EMERGENCY = "emergency", "Emergency: the patient needs care now"
    COVERING = "covering", "Covering for a treating colleague"
    CONSULTED = "consulted", "Asked for advice on this patient"
    ARRIVING = "arriving", "The patient is being transferred to us"
    PATIENT_ASKED = "patient-asked", "The patient asked me to look"
    OTHER = "other", "Another reason"


class ConsentToTake(Coded):
    """How the patient agreed to being photographed; noted before any picture is kept."""

    VERBAL = "verbal", "Agreed in words"
    WRITTEN = "written", "Agreed in writing"
    ADMISSION_FORM = "admission-form", "Covered by the admission form"
    BREAK_GLASS = "break-glass", "Emergency: could not be asked"


class CaptureSource(Coded):
    """Where a picture came from."""

    CAMERA = "camera", "Taken in this page"
    FILE = "file", "Sent as a file"
    LAYOUT = "layout", "A page of a publication, as it will appear"
