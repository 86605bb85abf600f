"""A new DICOM file for clean frames: built from nothing, with what the table lets through.

The Basic Application Confidentiality Profile of PS3.15 Annex E, with the options Clean Pixel Data
and Clean Recognizable Visual Features where the caller has seen to them. Nothing is taken out of
the old file; a few values are taken over from it.
"""

import io
from collections.abc import Sequence
from typing import Final

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGBaseline8Bit

from safelight.engines.dicom.attributes import Action, Rule, rules_for
from safelight.engines.dicom.claims import Claim, write_claim
from safelight.engines.dicom.errors import MalformedDicomError
from safelight.engines.dicom.pseudonyms import Names, Pseudonyms
from safelight.engines.dicom.reading import Source, read_source
from safelight.engines.dicom.regions import anatomic_region
from safelight.engines.dicom.stream import Frame, read_frame
from safelight.vocabulary.identifiability import MethodCode

IMPLEMENTATION: Final = UID("2.25.304693486513215437264718590731958304213")
IMPLEMENTATION_NAME: Final = "SAFELIGHT"
UTF_8: Final = "ISO_IR 192"
PAGE_NUMBER_VECTOR: Final = 0x00182001


def deidentify(
    data: bytes,
    pictures: Sequence[bytes],
    *,
    reviewed_by: str | None,
    methods: Sequence[MethodCode],
    uid_salt: bytes,
) -> bytes:
    """A de-identified file with `pictures` for frames: baseline JPEG, covered and clean already.

    `reviewed_by` names who looked at these very pictures and approved them, by a name that may be
    read by whoever gets the file; None if nobody did. `methods` are those that were applied *and*
    whose result was looked at again. Only with both does the file claim that identity was removed;
    else it says that it was not reviewed, and claims nothing.

    `uid_salt`, of at least 16 bytes, decides the new UIDs: equal salts keep a series together.
    Raises `MalformedDicomError`, `UnsupportedDicomError`, `UncleanFrameError` or `ClaimError`.
    """
    source = read_source(data)
    claim = Claim(reviewed_by, frozenset(methods))
    return build(source, pictures, claim, Pseudonyms(uid_salt))


def build(source: Source, pictures: Sequence[bytes], claim: Claim, names: Names) -> bytes:
    """The file for frames that are clean, with these claims, and named anew by `names`.

    Raises `MalformedDicomError` or `UncleanFrameError`, and what `names` raises.
    """
    frames = [read_frame(picture) for picture in pictures]
    if len(frames) != source.number("NumberOfFrames", 1) or not _alike(frames):
        raise MalformedDicomError("The pictures do not fit the frames of this DICOM file.")
    made = Dataset()
    made.SpecificCharacterSet = UTF_8
    made.SOPClassUID = source.text("SOPClassUID")
    _write_attributes(made, source, names)
    if region := anatomic_region(source.dataset):
        made.AnatomicRegionSequence = [region]
    _write_pixels(made, source.kind, frames)
    write_claim(made, claim)
    return _file(made)


def _alike(frames: Sequence[Frame]) -> bool:
    return len({(frame.rows, frame.columns, frame.samples) for frame in frames}) == 1


def _write_attributes(made: Dataset, source: Source, names: Names) -> None:
    for rule in rules_for(source.kind):
        value = _value(rule, source, names)
        if value is not None:
            setattr(made, rule.keyword, value.split("\\") if "\\" in value else value or None)
    if "ImageLaterality" in made:  # then a laterality of the series must not be said
        del made.Laterality


def _value(rule: Rule, source: Source, names: Names) -> str | None:
    """The text to write; empty to write no value; None to leave the attribute out."""
    if rule.action is Action.KEEP:
        return rule.kept(source.text(rule.keyword))
    # A file that lacks a UID or an identifier shares it with no other.
    old = source.bytes_of(rule.keyword) or source.digest + rule.keyword.encode()
    if rule.action is Action.UID:
        return names.uid(old)
    if rule.action is Action.PSEUDONYM:
        return names.word(old)
    return "" if rule.action is Action.EMPTY else rule.value


def _write_pixels(made: Dataset, kind: str, frames: Sequence[Frame]) -> None:
    first = frames[0]
    made.SamplesPerPixel = first.samples
    made.PhotometricInterpretation = "MONOCHROME2" if first.samples == 1 else "YBR_FULL_422"
    if first.samples > 1:
        made.PlanarConfiguration = 0
    made.Rows, made.Columns = first.rows, first.columns
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation = 7, 0
    made.LossyImageCompression = "01"
    made.LossyImageCompressionRatio = f"{_ratio(frames):.2f}"
    made.LossyImageCompressionMethod = "ISO_10918_1"
    if kind == "captures" or len(frames) > 1:
        made.NumberOfFrames = len(frames)
    if len(frames) > 1:
        made.FrameIncrementPointer = PAGE_NUMBER_VECTOR
        made.PageNumberVector = list(range(1, len(frames) + 1))
    made.PixelData = encapsulate([frame.data for frame in frames])
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True


def _ratio(frames: Sequence[Frame]) -> float:
    pixels = sum(frame.rows * frame.columns * frame.samples for frame in frames)
    return pixels / sum(len(frame.data) for frame in frames)


def _file(made: Dataset) -> bytes:
    """The dataset behind an empty preamble and the least of file meta information (PS3.10)."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    meta.TransferSyntaxUID = JPEGBaseline8Bit
    meta.ImplementationClassUID = IMPLEMENTATION
    meta.ImplementationVersionName = IMPLEMENTATION_NAME
    made.file_meta = meta
    made.preamble = bytes(128)
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue()
