"""Which side of the patient, always the patient's own left and right."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from safelight.vocabulary.snomed import SnomedConcept


class Laterality(StrEnum):
    """The side a photograph shows. ``NOT_APPLICABLE`` says that no side was meant."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"
    NOT_APPLICABLE = "not_applicable"


FHIR_LATERALITY: Final[Mapping[Laterality, SnomedConcept]] = MappingProxyType(
    {
        Laterality.LEFT: SnomedConcept("419161000", "Unilateral left"),
        Laterality.RIGHT: SnomedConcept("419465000", "Unilateral right"),
        Laterality.BILATERAL: SnomedConcept("51440002", "Right and left"),
    }
)
"""SNOMED CT qualifiers of FHIR R4 value set bodystructure-relative-location; absent: no side."""

DICOM_LATERALITY: Final[Mapping[Laterality, SnomedConcept]] = MappingProxyType(
    {
        Laterality.LEFT: SnomedConcept("7771000", "Left"),
        Laterality.RIGHT: SnomedConcept("24028007", "Right"),
        Laterality.BILATERAL: SnomedConcept("51440002", "Bilateral"),
    }
)
"""Modifiers of an anatomic region, DICOM PS3.16 CID 244 Laterality; absent: no side."""

IMAGE_LATERALITY: Final[Mapping[Laterality, str]] = MappingProxyType(
    {
        Laterality.LEFT: "L",
        Laterality.RIGHT: "R",
        Laterality.BILATERAL: "B",
        Laterality.NOT_APPLICABLE: "U",
    }
)
"""Image Laterality (0020,0062), DICOM PS3.3 C.7.6.1: every image carries one of these."""
