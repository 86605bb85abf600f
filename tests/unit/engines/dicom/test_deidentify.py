"""Of a DICOM file nothing is left but clean frames and what the table lets through."""

import io
import re
import shutil
import subprocess

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from tests.unit.engines.dicom.dicom_files import (
    CAPTURE,
    CAPTURES,
    DERMOSCOPY,
    OLD_UID,
    PHOTOGRAPH,
    clean,
    dirty,
    full_of_canaries,
    native,
    photograph,
)
from tests.unit.engines.imaging.corpus import jpeg, png

from safelight.engines.dicom import (
    ClaimError,
    DicomError,
    MalformedDicomError,
    UncleanFrameError,
    deidentify,
    read_picture,
)
from safelight.engines.dicom.attributes import KINDS, RULES, Action
from safelight.vocabulary.identifiability import MethodCode

SALT = b"sixteen bytes or more"
ALL = tuple(MethodCode)
EACH_KIND = [PHOTOGRAPH, DERMOSCOPY, CAPTURE, CAPTURES]
# Of the Basic Application Confidentiality Profile (PS3.15 Table E.1-1), what photographs carry.
IDENTIFYING = re.findall(
    r"\w+",
    """
    PatientAge IssuerOfPatientID OtherPatientIDs OtherPatientIDsSequence AcquisitionDateTime
    AcquisitionDate AcquisitionTime SeriesDate SeriesTime InstitutionName InstitutionAddress
    InstitutionalDepartmentName StationName OperatorsName PerformingPhysicianName
    PhysiciansOfRecord RequestingPhysician StudyDescription SeriesDescription ImageComments
    TimezoneOffsetFromUTC GPSLatitudeRef GPSAreaInformation GPSDateStamp CameraOwnerName LensSerialNumber
    LensMake MakerNote OriginalAttributesSequence DigitalSignaturesSequence
    RequestAttributesSequence SourceImageSequence ReferencedImageSequence AdmissionID
    PatientComments PatientAddress PatientTelephoneNumbers EthnicGroup Occupation MilitaryRank
    AdditionalPatientHistory PatientState ProtocolName PerformedProcedureStepDescription
    IconImageSequence ContentCreatorName ClinicalTrialSubjectID
    DetectorID DeviceUID GantryID PlateID CassetteID InstanceCreatorUID CreatorVersionUID
""",
)


def made(data=None, frame=None, reviewed_by="Theo", methods=ALL, salt=SALT):
    return deidentify(
        data or photograph(), [frame or clean()], reviewed_by=reviewed_by, methods=methods,
        uid_salt=salt,
    )  # fmt: skip


def read(data):
    return dcmread(io.BytesIO(data))


@pytest.mark.parametrize("sop_class", EACH_KIND)
@pytest.mark.parametrize("reviewed_by", ["Theo", None])
def test_no_canary_is_left_of_a_file_that_is_full_of_them(sop_class, reviewed_by):
    source = full_of_canaries(sop_class)
    assert source.count(b"CANARY") > 2000
    result = made(source, reviewed_by=reviewed_by)
    for word in (b"CANARY", OLD_UID.encode(), b"19610203", b"061Y", b"040506", b"20240312"):
        assert word in source
        assert word not in result
    assert len(result) < 8_000


@pytest.mark.parametrize("sop_class", EACH_KIND)
def test_what_the_profile_removes_is_not_there(sop_class):
    source, result = full_of_canaries(sop_class), read(made(full_of_canaries(sop_class)))
    before = read(source)
    assert [word for word in IDENTIFYING if word not in before] == []
    assert [word for word in IDENTIFYING if word in result] == []
    assert not any(element.tag.is_private for element in result)
    assert not any(0x5000 <= element.tag.group < 0x7000 for element in result)  # curves, overlays
    for word in ("PatientName", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
                 "AccessionNumber", "ReferringPhysicianName", "StudyID"):  # fmt: skip
        assert result[word].is_empty


def test_the_encapsulated_stream_is_the_clean_one_and_nothing_more():
    frame = clean()
    result = read(made(frame=frame))
    assert next(generate_frames(result.PixelData, number_of_frames=1)).rstrip(b"\0") == frame
    assert (result.Rows, result.Columns, result.SamplesPerPixel) == (32, 48, 3)
    assert result.PhotometricInterpretation == "YBR_FULL_422"
    assert result.LossyImageCompression == "01"
    assert np.abs(result.pixel_array.astype(int).mean() - 127) < 40


def test_preamble_meta_and_what_follows_the_end_are_ours():
    data = made(full_of_canaries())
    assert data[:132] == bytes(128) + b"DICM"
    meta = read(data).file_meta
    assert {element.keyword for element in meta} == {
        "FileMetaInformationGroupLength", "FileMetaInformationVersion",
        "MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID",
        "ImplementationClassUID", "ImplementationVersionName",
    }  # fmt: skip
    assert data.endswith(b"\xfe\xff\xdd\xe0\0\0\0\0")


@pytest.mark.parametrize("frame", [
    dirty(), jpeg(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"), jpeg() + b"\0", jpeg(comment=b"Petra"),
    jpeg(progressive=True), jpeg("CMYK"), jpeg()[:-2], jpeg()[:200], png(), b"", b"\xff\xd8",
    b"\xff\xd8\xff\xd9",
])  # fmt: skip
def test_a_frame_that_is_not_clean_is_refused(frame):
    with pytest.raises(UncleanFrameError):
        deidentify(photograph(), [frame], reviewed_by=None, methods=ALL, uid_salt=SALT)


def test_a_reviewed_file_claims_what_was_done_and_by_whom():
    result = read(made())
    assert result.PatientIdentityRemoved == "YES"
    assert result.BurnedInAnnotation == result.RecognizableVisualFeatures == "NO"
    codes = [(i.CodeValue, i.CodingSchemeDesignator) for i in
             result.DeidentificationMethodCodeSequence]  # fmt: skip
    assert codes == [("113100", "DCM"), ("113101", "DCM"), ("113102", "DCM")]
    assert "Reviewed by Theo" in result.DeidentificationMethod
    assert result.LongitudinalTemporalInformationModified == "REMOVED"


def test_an_unattended_file_claims_nothing():
    result = read(made(reviewed_by=None))
    assert result.PatientIdentityRemoved == "NO"
    assert result.BurnedInAnnotation == result.RecognizableVisualFeatures == "YES"
    assert "DeidentificationMethodCodeSequence" not in result
    assert "NOT REVIEWED" in str(result.DeidentificationMethod)


def test_a_review_that_leaves_a_face_does_not_claim_that_identity_is_removed():
    result = read(made(methods=(MethodCode.BASIC_PROFILE, MethodCode.CLEAN_PIXEL_DATA)))
    assert result.PatientIdentityRemoved == "NO"
    assert result.BurnedInAnnotation == "NO"
    assert result.RecognizableVisualFeatures == "YES"


@pytest.mark.parametrize("name", ["", "a\\b", "a\nb", " Theo", "x" * 41])
def test_a_reviewer_whose_name_cannot_be_written_is_refused(name):
    with pytest.raises(ClaimError):
        made(reviewed_by=name)


def test_a_review_without_the_basic_profile_and_a_short_salt_are_refused():
    with pytest.raises(ClaimError):
        made(methods=())
    with pytest.raises(ClaimError):
        made(salt=b"short")


def test_uids_follow_from_the_old_ones_and_the_salt():
    one, again = read(made()), read(made())
    other_salt = read(made(salt=b"another sixteen bytes"))
    sibling = read(made(photograph(SOPInstanceUID=OLD_UID + ".9")))
    assert one.StudyInstanceUID == again.StudyInstanceUID == sibling.StudyInstanceUID
    assert one.SOPInstanceUID != sibling.SOPInstanceUID
    assert one.StudyInstanceUID != other_salt.StudyInstanceUID
    assert one.PatientID == sibling.PatientID != other_salt.PatientID
    for uid in (one.StudyInstanceUID, one.SeriesInstanceUID, one.SOPInstanceUID):
        assert uid.is_valid
        assert uid.startswith("2.25.")
    assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID


def test_files_without_uids_or_identifiers_share_none():
    bare = [made(photograph(PatientID="", SOPInstanceUID="1.2", StudyInstanceUID="",
                            SeriesNumber=n)) for n in (1, 2)]  # fmt: skip
    one, two = map(read, bare)
    assert one.StudyInstanceUID != two.StudyInstanceUID
    assert one.PatientID != two.PatientID


def test_numbers_and_words_are_kept_only_in_the_form_they_should_have():
    result = read(made())
    assert (result.ImageLaterality, result.SeriesNumber) == ("L", 2)
    assert result["InstanceNumber"].is_empty  # 20240312 may be a date
    assert "ImageLaterality" not in read(made(full_of_canaries().replace(b"CS\2\0L ", b"CS\2\0PA")))


def region(code, meaning="CANARY"):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code, "SCT", meaning
    return [item]


def test_the_body_site_is_kept_by_its_code_in_our_own_words():
    result = read(made(photograph(AnatomicRegionSequence=region("89545001"))))
    assert result.AnatomicRegionSequence[0].CodeValue == "89545001"
    assert result.AnatomicRegionSequence[0].CodeMeaning == "Face"
    unknown = read(made(photograph(AnatomicRegionSequence=region("CANARY"))))
    assert "AnatomicRegionSequence" not in unknown


def test_a_damaged_body_site_is_our_own_error():
    whole = photograph(AnatomicRegionSequence=region("89545001"))
    at = whole.index(b"\x08\0\x18\x22SQ") + 8
    with pytest.raises(MalformedDicomError):
        made(whole[:at] + b"\x04\0\0\0ABCD" + whole[at + 4 :])


def test_several_frames_stay_several():
    source = photograph(dirty(), dirty(), sop_class=CAPTURES)
    assert len(read_picture(source).frames) == 2
    data = deidentify(source, [clean(), clean()], reviewed_by=None, methods=ALL, uid_salt=SALT)
    result = read(data)
    assert result.NumberOfFrames == 2
    assert len(list(generate_frames(result.PixelData, number_of_frames=2))) == 2
    for frames in ([clean()], [clean(), clean((32, 32))]):
        with pytest.raises(MalformedDicomError):
            deidentify(source, frames, reviewed_by=None, methods=ALL, uid_salt=SALT)


def test_a_file_of_native_pixels_becomes_one_of_clean_frames():
    result = read(made(native(np.zeros((32, 48, 3), np.uint8))))
    assert result.ConversionType == "WSD"
    assert result.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.50"


def test_deidentifying_twice_is_possible_and_claims_no_more():
    result = read(made(made(), reviewed_by=None))
    assert result.PatientIdentityRemoved == "NO"
    assert result.DeidentificationMethod[-1].startswith("NOT REVIEWED")


def test_every_rule_names_an_attribute_of_the_dictionary_once_for_each_kind():
    for kind in KINDS.values():
        keywords = [rule.keyword for rule in RULES if kind in rule.kinds]
        assert len(keywords) == len(set(keywords))
    for rule in RULES:
        assert dictionary_VR(rule.keyword)
        assert (rule.allow is not None) is (rule.action is Action.KEEP)
        assert rule.action is not Action.SET or rule.value
        # What the profile removes, empties or replaces is never kept.
        assert rule.action is not Action.KEEP or rule.profile == "-"


@pytest.mark.skipif(
    shutil.which("dciodvfy") is None, reason="needs dciodvfy (Debian: apt-get install dicom3tools)"
)
@pytest.mark.parametrize("sop_class", EACH_KIND)
def test_the_result_is_a_sound_object_of_its_kind(sop_class, tmp_path):
    sources = [(full_of_canaries(sop_class), 1), (photograph(sop_class=sop_class), 1)]
    if sop_class == CAPTURES:
        sources.append((photograph(dirty(), dirty(), sop_class=CAPTURES), 2))
    for source, count in sources:
        data = deidentify(source, [clean()] * count, reviewed_by="Theo", methods=ALL, uid_salt=SALT)
        assert dciodvfy_errors(data, tmp_path / "a.dcm") == []


def dciodvfy_errors(data, path):
    path.write_bytes(data)
    told = subprocess.run(["dciodvfy", "-new", path], capture_output=True, text=True, check=False)
    return [line for line in (told.stdout + told.stderr).splitlines() if "Error" in line]


def test_errors_are_ours():
    with pytest.raises(DicomError):
        made(b"not a DICOM file")
