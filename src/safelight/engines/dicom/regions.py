"""Where on the body: kept if it is one of the sites that Safelight knows, in our own words.

The profile does not list the anatomic region, and a teaching file needs it. Its meaning is free
text, though, so only the code is believed.
"""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from safelight.engines.dicom.errors import MalformedDicomError
from safelight.engines.dicom.reading import text_of
from safelight.vocabulary.body_sites import BODY_SITES

MEANINGS = {site.dicom.code: site.dicom.meaning for site in BODY_SITES.values()}
SCHEME = "SCT"


def anatomic_region(dataset: Dataset) -> Dataset | None:
    """An item of Anatomic Region Sequence (0008,2218), or None. Raises `MalformedDicomError`."""
    if "AnatomicRegionSequence" not in dataset:
        return None
    try:
        return _known(dataset["AnatomicRegionSequence"].value)
    except Exception as error:  # the library raises anything on hostile bytes
        raise MalformedDicomError from error


def _known(items: Sequence) -> Dataset | None:
    if len(items) != 1 or text_of(items[0], "CodingSchemeDesignator") != SCHEME:
        return None
    meaning = MEANINGS.get(text_of(items[0], "CodeValue") or "")
    if meaning is None:
        return None
    item = Dataset()
    item.CodeValue = text_of(items[0], "CodeValue")
    item.CodingSchemeDesignator = SCHEME
    item.CodeMeaning = meaning
    return item
