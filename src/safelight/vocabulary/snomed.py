"""SNOMED CT concepts, as FHIR and DICOM both cite them."""

from dataclasses import dataclass
from typing import Final

FHIR_SYSTEM: Final = "http://snomed.info/sct"
DICOM_SCHEME: Final = "SCT"


@dataclass(frozen=True, slots=True)
class SnomedConcept:
    """One concept: its code, and the meaning that travels beside the code.

    In FHIR it is a Coding with system `FHIR_SYSTEM`; in DICOM a code sequence item with
    Coding Scheme Designator `DICOM_SCHEME` (PS3.16 section 8).
    """

    code: str
    meaning: str
