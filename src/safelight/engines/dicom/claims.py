"""What a file says of its own de-identification: no more than somebody has seen to."""

from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from safelight.engines.dicom.errors import ClaimError
from safelight.vocabulary.identifiability import MethodCode

NOT_REVIEWED: Final = ("Searched and covered by Safelight, unattended", "NOT REVIEWED by a person")
REVIEWED: Final = "Searched and covered by Safelight, then looked at again"
WHOLE: Final = frozenset(MethodCode)
LONGEST_NAME: Final = 40
"""An LO value has at most 64 characters (PS3.5, section 6.2)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who reviewed the pictures, if anybody did, and the methods that were applied and checked.

    Raises `ClaimError` for a name that no LO value can hold, and for a review without the method
    that every file goes through.
    """

    reviewed_by: str | None
    methods: frozenset[MethodCode]

    def __post_init__(self) -> None:
        """Check the words."""
        if self.reviewed_by is None:
            return
        check_reviewer(self.reviewed_by)
        if MethodCode.BASIC_PROFILE not in self.methods:
            raise ClaimError

    def holds(self, method: MethodCode) -> bool:
        """Whether a person has approved what this method left."""
        return self.reviewed_by is not None and method in self.methods

    @property
    def is_whole(self) -> bool:
        """Whether identity counts as removed: all methods, and a person who looked."""
        return all(self.holds(method) for method in WHOLE)


def check_reviewer(name: str) -> None:
    """Raise `ClaimError` for a name that no LO value can hold."""
    sound = 0 < len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip()
    if not sound or "\\" in name:
        raise ClaimError(
            f"The name of the reviewer cannot be written into a DICOM file: at most {LONGEST_NAME} "
            "characters, no control character, no backslash, no blank around it."
        )


def write_claim(made: Dataset, claim: Claim) -> None:
    """Write the attributes of PS3.15 section E.1.1 and of the options, failing closed."""
    pixels_clean = claim.holds(MethodCode.CLEAN_PIXEL_DATA)
    features_clean = claim.holds(MethodCode.CLEAN_RECOGNIZABLE_VISUAL_FEATURES)
    made.PatientIdentityRemoved = "YES" if claim.is_whole else "NO"
    made.BurnedInAnnotation = "NO" if pixels_clean else "YES"
    made.RecognizableVisualFeatures = "NO" if features_clean else "YES"
    made.LongitudinalTemporalInformationModified = "REMOVED"
    if claim.reviewed_by is None:
        made.DeidentificationMethod = list(NOT_REVIEWED)
        return
    made.DeidentificationMethod = [REVIEWED, f"Reviewed by {claim.reviewed_by}"]
    made.DeidentificationMethodCodeSequence = [
        _item(method) for method in MethodCode if method in claim.methods
    ]


def _item(method: MethodCode) -> Dataset:
    item = Dataset()
    item.CodeValue = method.value
    item.CodingSchemeDesignator = "DCM"
    item.CodeMeaning = method.display
    return item
