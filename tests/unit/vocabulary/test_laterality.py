"""Sides, in the codes of FHIR and DICOM."""

from pydicom.sr import codedict

from safelight.vocabulary.laterality import (
    DICOM_LATERALITY,
    FHIR_LATERALITY,
    IMAGE_LATERALITY,
    Laterality,
)

SIDED = {Laterality.LEFT, Laterality.RIGHT, Laterality.BILATERAL}


def test_every_side_has_codes_and_no_side_has_none():
    assert set(FHIR_LATERALITY) == set(DICOM_LATERALITY) == SIDED
    assert set(IMAGE_LATERALITY) == set(Laterality)


def test_dicom_modifiers_are_in_context_group_244():
    group = codedict.codes.cid244
    named = {
        Laterality.LEFT: group.Left,
        Laterality.RIGHT: group.Right,
        Laterality.BILATERAL: group.Bilateral,
    }
    for side, concept in DICOM_LATERALITY.items():
        assert (concept.code, concept.meaning) == (named[side].value, named[side].meaning)


def test_fhir_qualifiers_are_the_ones_of_the_value_set():
    codes = {side: concept.code for side, concept in FHIR_LATERALITY.items()}
    assert codes == {
        Laterality.LEFT: "419161000",
        Laterality.RIGHT: "419465000",
        Laterality.BILATERAL: "51440002",
    }


def test_image_laterality_uses_only_what_dicom_defines():
    assert IMAGE_LATERALITY == {
        Laterality.LEFT: "L",
        Laterality.RIGHT: "R",
        Laterality.BILATERAL: "B",
        Laterality.NOT_APPLICABLE: "U",
    }
