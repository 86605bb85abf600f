"""DICOM photographs made here, with canaries in every attribute that can hold words."""

import io

import numpy as np
from PIL import Image
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)
from tests.unit.engines.imaging.corpus import full_exif, gradient, jpeg

PHOTOGRAPH = "1.2.840.10008.5.1.4.1.1.77.1.4"
DERMOSCOPY = "1.2.840.10008.5.1.4.1.1.77.1.7"
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
CAPTURES = "1.2.840.10008.5.1.4.1.1.7.4"
CANARY = "CANARY"
OLD_UID = "1.2.3.4.5.6.7.8"
WORDS = {"AE": 16, "LO": 64, "LT": 100, "PN": 64, "SH": 16, "ST": 100, "UC": 100, "UR": 100,
         "UT": 100, "CS": 16}  # fmt: skip
NUMBERS = {"DA": "19610203", "DT": "19610203040506", "TM": "040506.123", "AS": "061Y"}
PIXELS = {"PixelData", "FloatPixelData", "DoubleFloatPixelData"}
CALLED = "Mallory"


def clean(size=(48, 32), mode="RGB"):
    """A frame as the caller hands it in: baseline, nothing beside the pixels."""
    out = io.BytesIO()
    gradient(mode, size).save(out, "JPEG", quality=85)
    return out.getvalue()


def dirty():
    """A frame as cameras leave it: EXIF with a canary, and bytes after the end."""
    return jpeg(exif=full_exif()) + b"CANARY after the end"


def base(sop_class=PHOTOGRAPH):
    made = Dataset()
    made.SOPClassUID = sop_class
    made.SOPInstanceUID, made.StudyInstanceUID = OLD_UID + ".1", OLD_UID + ".2"
    made.SeriesInstanceUID = OLD_UID + ".3"
    made.PatientName, made.PatientID = "CANARY^Petra", "CANARY-4711"
    made.PatientBirthDate, made.StudyDate, made.StudyTime = "19610203", "20240312", "101112"
    made.Rows, made.Columns, made.SamplesPerPixel = 32, 48, 3
    made.PhotometricInterpretation, made.PlanarConfiguration = "YBR_FULL_422", 0
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation = 7, 0
    made.ImageLaterality, made.SeriesNumber, made.InstanceNumber = "L", 2, 20240312
    return made


def add_private(made):
    block = made.private_block(0x0029, "CANARY MAKER", create=True)
    block.add_new(1, "LO", "CANARY private")
    block.add_new(2, "OB", b"CANARY private bytes")


def add_overlay(made):
    made.add_new(0x50003000, "OW", b"CANARY curve")
    made.add_new(0x60003000, "OW", b"CANARY overlay")


def add_every_attribute(made):
    """Every attribute of the dictionary that holds words, dates, UIDs or bytes, with a canary."""
    for tag, (vr, _, _, _, keyword) in DicomDictionary.items():
        if tag >> 16 <= 2 or keyword in made or not keyword or keyword in PIXELS:
            continue
        if vr in WORDS and keyword != "SpecificCharacterSet":
            made.add_new(tag, vr, CANARY)
        elif vr in NUMBERS:
            made.add_new(tag, vr, NUMBERS[vr])
        elif vr == "UI":
            made.add_new(tag, vr, OLD_UID)
        elif vr in {"OB", "UN"}:
            made.add_new(tag, vr, b"CANARY bytes")
        elif vr == "SQ":
            made.add_new(tag, vr, Sequence([nested()]))


def nested():
    item = Dataset()
    item.PatientName, item.CodeMeaning, item.ReferencedSOPInstanceUID = CANARY, CANARY, OLD_UID
    return item


def file_of(made, syntax=JPEGBaseline8Bit, trailing=b""):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.TransferSyntaxUID = UID(syntax)
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    meta.SourceApplicationEntityTitle = CANARY
    meta.PrivateInformationCreatorUID = UID(OLD_UID)
    meta.PrivateInformation = b"CANARY meta "
    made.file_meta, made.preamble = meta, b"CANARY in the preamble".ljust(128, b"*")
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue() + trailing


def photograph(*frames, sop_class=PHOTOGRAPH, **changes):
    made = base(sop_class)
    for keyword, value in changes.items():
        setattr(made, keyword, value)
    frames = frames or (dirty(),)
    if len(frames) > 1:
        made.NumberOfFrames = len(frames)
    made.PixelData = encapsulate(list(frames))
    made["PixelData"].is_undefined_length = True
    return file_of(made)


def full_of_canaries(sop_class=PHOTOGRAPH):
    made = base(sop_class)
    add_every_attribute(made)
    add_private(made)
    add_overlay(made)
    made.SpecificCharacterSet = "ISO_IR 192"
    made.PixelData = encapsulate([dirty()])
    made["PixelData"].is_undefined_length = True
    return file_of(made, trailing=b"CANARY trailing")


def native(array, colour="RGB", *, implicit=False, **changes):
    made = base(CAPTURE)
    made.Rows, made.Columns = array.shape[:2]
    made.SamplesPerPixel = 1 if array.ndim == 2 else 3
    made.PhotometricInterpretation = colour
    for keyword, value in changes.items():
        setattr(made, keyword, value)
    data = array.tobytes()
    made.PixelData = data + b"\0" * (len(data) % 2)
    made["PixelData"].VR = "OW"
    return file_of(made, ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian)


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture)))
