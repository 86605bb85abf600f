"""The files that pydicom brings along: made by many programs, some of them broken on purpose."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom import dcmread

from safelight.engines.dicom import DicomError, deidentify, is_dicom, read_picture
from safelight.engines.imaging import ImagingError, RedactionPlan, redact, scrub

# Of pydicom, about files that are broken on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:Expected explicit VR")

FILES = sorted(Path(pydicom.__file__).parent.joinpath("data").rglob("*.dcm"))


def taken():
    """The names of those that Safelight takes, with their bytes."""
    found = {}
    for path in FILES:
        data = path.read_bytes()
        if not is_dicom(data):
            continue
        try:
            found[path.name] = (data, read_picture(data))
        except DicomError:
            continue
    return found


TAKEN = taken()
# JPEG Extended of 12 bits, which cannot be decoded here; scrubbing says so.
BEYOND = {"JPEG-lossy.dcm", "JPGExtended.dcm"}
SOUND = sorted(TAKEN.keys() - BEYOND)


def test_most_secondary_captures_are_taken():
    assert len(SOUND) > 20


@pytest.mark.parametrize("name", sorted(BEYOND))
def test_a_stream_of_twelve_bits_is_refused(name):
    with pytest.raises(ImagingError):
        scrub(TAKEN[name][1].frames[0])


@pytest.mark.parametrize("name", SOUND)
def test_the_picture_is_the_one_that_other_programs_show(name):
    data, picture = TAKEN[name]
    (frame,) = picture.frames
    ours = np.asarray(Image.open(io.BytesIO(scrub(frame).data)).convert("RGB")).astype(int)
    theirs = dcmread(io.BytesIO(data)).pixel_array.astype(int)
    if theirs.max() > 255:
        theirs //= 257
    shown = theirs if theirs.ndim == 3 else np.repeat(theirs[..., None], 3, axis=2)
    assert ours.shape == shown.shape
    assert np.abs(ours - shown).mean() < 3


@pytest.mark.parametrize("name", SOUND)
def test_nothing_of_the_patient_is_left(name):
    data, picture = TAKEN[name]
    clean = scrub(picture.frames[0])
    made = redact(clean.data, clean.orientation, RedactionPlan(), longest=65_500)
    result = deidentify(data, [made.display], reviewed_by=None, methods=(), uid_salt=bytes(16))
    before, after = dcmread(io.BytesIO(data)), dcmread(io.BytesIO(result))
    assert after.pixel_array.shape[:2] == (after.Rows, after.Columns)
    for keyword in ("PatientName", "StudyInstanceUID", "SOPInstanceUID", "InstitutionName"):
        value = str(before.get(keyword, "")).encode("utf-8", "replace")
        assert not value or value not in result
