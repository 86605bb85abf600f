"""A photograph that a person has looked at says so, and is else the file that was written before."""

import io

import pytest
from pydicom import dcmread
from tests.unit.engines.dicom.dicom_files import (
    CAPTURE,
    CAPTURES,
    DERMOSCOPY,
    OLD_UID,
    PHOTOGRAPH,
    clean,
    full_of_canaries,
    photograph,
)

from safelight.engines.dicom import (
    ClaimError,
    ForeignDicomError,
    UncleanFrameError,
    approve,
    deidentify,
    read_picture,
)
from safelight.engines.dicom.pseudonyms import Kept
from safelight.vocabulary.identifiability import MethodCode

SALT = b"sixteen bytes or more"
ALL = tuple(MethodCode)
CLAIMS = {"PatientIdentityRemoved", "BurnedInAnnotation", "RecognizableVisualFeatures",
          "DeidentificationMethod", "DeidentificationMethodCodeSequence", "SOPInstanceUID"}  # fmt: skip


def unreviewed(source=None, frames=None):
    return deidentify(
        source or photograph(), frames or [clean()], reviewed_by=None, methods=(), uid_salt=SALT
    )


def approved(data, reviewed_by="Ada", methods=ALL):
    return approve(data, reviewed_by=reviewed_by, methods=methods)


def read(data):
    return dcmread(io.BytesIO(data))


@pytest.mark.parametrize("sop_class", [PHOTOGRAPH, DERMOSCOPY, CAPTURE, CAPTURES])
@pytest.mark.parametrize("make", [full_of_canaries, lambda kind: photograph(sop_class=kind)])
def test_only_the_claims_and_the_files_own_uid_are_new(sop_class, make):
    before = unreviewed(make(sop_class))
    after = approved(before)
    old, new = read(before), read(after)
    assert {element.keyword for element in new} - {element.keyword for element in old} <= CLAIMS
    assert {element.keyword for element in old if new.get(element.tag) != element} == CLAIMS - {
        "DeidentificationMethodCodeSequence"
    }
    assert read_picture(after).frames == read_picture(before).frames
    assert new.PatientIdentityRemoved == "YES"
    assert new.file_meta.MediaStorageSOPInstanceUID == new.SOPInstanceUID != old.SOPInstanceUID


def test_frames_stay_several_and_pictures_of_one_study_together():
    several = approved(unreviewed(photograph(*[clean()] * 3, sop_class=CAPTURES), [clean()] * 3))
    sibling = approved(unreviewed(photograph(SOPInstanceUID=OLD_UID + ".9")))
    assert read(several).NumberOfFrames == 3
    assert read(several).StudyInstanceUID == read(sibling).StudyInstanceUID
    assert read(several).PatientID == read(sibling).PatientID
    assert read(several).SOPInstanceUID != read(sibling).SOPInstanceUID


def test_approving_anew_gives_the_same_bytes():
    assert approved(unreviewed()) == approved(unreviewed())


def test_files_that_claim_different_things_are_never_one_instance():
    """An archive keeps the first that it gets under a UID, whatever the second takes back."""
    less = (MethodCode.BASIC_PROFILE,)
    made = [approved(unreviewed()), approved(unreviewed(), methods=less),
            approved(unreviewed(), "Charlie"), unreviewed()]  # fmt: skip
    assert len({read(data).SOPInstanceUID for data in made}) == 4


def test_what_a_person_let_stay_is_not_claimed_to_be_gone():
    kept = approved(unreviewed(), methods=(MethodCode.BASIC_PROFILE, MethodCode.CLEAN_PIXEL_DATA))
    assert read(kept).PatientIdentityRemoved == "NO"
    assert read(kept).RecognizableVisualFeatures == "YES"


def test_a_name_that_cannot_be_written_and_a_review_without_the_profile_are_refused():
    for name, methods in (("a\\b", ALL), ("", ALL), ("Ada", (MethodCode.CLEAN_PIXEL_DATA,))):
        with pytest.raises(ClaimError):
            approved(unreviewed(), name, methods)


def changed(data, **values):
    made = read(data)
    for keyword, value in values.items():
        setattr(made, keyword, value)
    out = io.BytesIO()
    made.save_as(out)
    return out.getvalue()


FOREIGN = {
    "a file as it came": photograph(clean()),
    "one with a name put in": changed(unreviewed(), PatientName="CANARY"),
    "one with a comment": changed(unreviewed(), ImageComments="CANARY"),
    "one with the UIDs of a hospital": changed(unreviewed(), StudyInstanceUID=OLD_UID),
    "one with the number of a patient": changed(unreviewed(), PatientID="4711"),
    "one that is reviewed already": approved(unreviewed()),
    "one with bytes after its end": unreviewed() + b"CANARY",
    "one with words before its start": b"CANARY".ljust(128) + unreviewed()[128:],
}


@pytest.mark.parametrize("what", FOREIGN)
def test_nothing_is_claimed_of_a_file_that_was_not_written_here(what):
    with pytest.raises(ForeignDicomError):
        approved(FOREIGN[what])


def test_nor_of_a_stream_with_more_in_it_than_its_picture():
    with pytest.raises(UncleanFrameError):
        approved(unreviewed().replace(b"JFIF\0", b"PETRA"))


@pytest.mark.parametrize("uid", [b"", b"1.2.3", b"2.25.1", b"2.25." + b"9" * 39, b"2.25.01"])
def test_a_uid_that_is_no_pseudonym_is_not_taken_over(uid):
    with pytest.raises(ForeignDicomError):
        Kept({}).uid(uid)
