"""Pictures that leave as a copy, in one file: FHIR R4 Bundle of DocumentReference and Binary.

For a recipient with a system of their own. As little of the patient as the use needs: a
pseudonym, and sex and age band where they matter. No name, no number, no free text.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID, uuid5

from safelight.engines.fhir.elements import Element, coding, concept, meta
from safelight.engines.fhir.errors import FhirInputError
from safelight.engines.fhir.primitives import day, instant, mime_type, string
from safelight.vocabulary.body_sites import BodySite
from safelight.vocabulary.laterality import FHIR_LATERALITY, Laterality
from safelight.vocabulary.photograph import ImageView, Sensitivity
from safelight.vocabulary.snomed import FHIR_SYSTEM

# Fixed for ever: ids of bundles and of body sites come from it.
_NAMESPACE = UUID("5b0f3f0e-5ff1-4c3b-9a55-1a0a3c1f6c1e")

PHOTOGRAPH: Final = ("http://loinc.org", "72170-4")  # Photographic image
IMAGE: Final = ("http://terminology.hl7.org/CodeSystem/media-type", "image", "Image")
_MODALITIES: Final = "http://dicom.nema.org/resources/ontology/DCM"
CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

OLDEST: Final = 120
_PICTURE_TYPES: Final = frozenset({"image/jpeg", "image/png"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom the pictures show, as far as the recipient needs to know.

    `pseudonym` is made for this copy alone, so that two copies cannot be put together by it.
    `years` is the first and the last age of a band, such as (40, 49). FhirInputError for bands
    that are none.
    """

    pseudonym: UUID
    sex: Literal["male", "female", "other", "unknown"] = "unknown"
    years: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Refuse a code or a band that is none."""
        first, last = self.years or (0, 1)
        if (
            self.sex not in {"male", "female", "other", "unknown"}
            or not 0 <= first < last <= OLDEST
        ):
            raise FhirInputError("A sex or an age band is not one that can be written.")

    @property
    def display(self) -> str:
        """Such as "Female, 40 to 49 years", or nothing when nothing is said."""
        sex = "" if self.sex == "unknown" else self.sex.capitalize()
        age = f"{self.years[0]} to {self.years[1]} years" if self.years else ""
        return ", ".join(part for part in (sex, age) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture in the form that leaves.

    `key` is made for this copy, as the subject's pseudonym is. `data` is a JPEG or PNG as the gate
    streamed it, mark and all. `taken_on` is left out where the day would tell too much.
    FhirInputError for a side that the site does not have.
    """

    key: UUID
    data: bytes = field(repr=False)
    content_type: str = "image/jpeg"
    site: BodySite
    laterality: Laterality = Laterality.NOT_APPLICABLE
    view: ImageView
    sensitivity: Sensitivity = Sensitivity.ORDINARY
    taken_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse what has no place in the resources."""
        if not self.site.allows(self.laterality):
            raise FhirInputError("The body site does not have this side.")
        if not self.data or self.content_type not in _PICTURE_TYPES:
            raise FhirInputError("A picture is a JPEG or a PNG that is not empty.")

    @property
    def binary_key(self) -> UUID:
        """The id of the Binary."""
        return uuid5(self.key, "binary")

    @property
    def site_key(self) -> UUID:
        """The id of the BodyStructure."""
        return uuid5(self.key, "site")


def picture_bundle(
    pictures: Sequence[Picture],
    subject: Subject,
    *,
    institution: str,
    exported_at: datetime,
    test_data: bool = False,
) -> Element:
    """`pictures` of `subject` as a Bundle of type collection: FHIR R4 2.36, 10.9, 2.40, 8.3.

    One DocumentReference for each picture (several contents would be several forms of one), its
    Binary, and its BodyStructure, as R4 has no body site of a document. Every `fullUrl` is
    ``urn:uuid:`` and the id; all references lead inside. Bytes are in base64, a third more.
    FhirInputError without pictures, or when one comes twice.
    """
    if not pictures or len({picture.key for picture in pictures}) < len(pictures):
        raise FhirInputError("A copy holds at least one picture, and each once.")
    timestamp = instant(exported_at)
    labels = meta(test_data=test_data)
    resources = [_patient(subject)]
    for picture in pictures:
        resources += [
            _document(picture, subject, string(institution), timestamp),
            _site(picture, subject),
            _binary(picture),
        ]
    name = " ".join([timestamp, *(str(picture.key) for picture in pictures)])
    return {
        "resourceType": "Bundle",
        "id": str(uuid5(_NAMESPACE, name)),
        **({"meta": labels} if labels else {}),
        "type": "collection",
        "timestamp": timestamp,
        "entry": [_entry(resource, labels) for resource in resources],
    }


def _entry(resource: Element, labels: Element) -> Element:
    """The labels stand on each resource too, which may be taken out of the bundle."""
    kind, key, *rest = resource.items()
    labelled = dict([kind, key]) | ({"meta": labels} if labels else {}) | dict(rest)
    return {"fullUrl": _inside(resource["id"]), "resource": labelled}


def _inside(key: object) -> str:
    return f"urn:uuid:{key}"


def _patient(subject: Subject) -> Element:
    """A Patient (R4 8.1) of a pseudonym and a sex. An age band has no element there."""
    return {
        "resourceType": "Patient",
        "id": str(subject.pseudonym),
        "gender": subject.sex,
    }


def _subject(subject: Subject) -> Element:
    display = {"display": subject.display} if subject.display else {}
    return {"reference": _inside(subject.pseudonym), "type": "Patient", **display}


def _document(picture: Picture, subject: Subject, institution: str, timestamp: str) -> Element:
    """A DocumentReference (R4 10.9): what the picture shows, and where its bytes are."""
    code = "R" if picture.sensitivity is Sensitivity.ORDINARY else "V"
    words = {"R": "restricted", "V": "very restricted"}
    identifier = {"system": "urn:ietf:rfc:3986", "value": _inside(picture.key)}
    return {
        "resourceType": "DocumentReference",
        "id": str(picture.key),
        "masterIdentifier": identifier,
        "status": "current",
        "docStatus": "final",
        "type": concept(*PHOTOGRAPH),
        "category": [concept(*IMAGE)],
        "subject": _subject(subject),
        "date": timestamp,
        "custodian": {"type": "Organization", "display": institution},
        "description": _description(picture),
        "securityLabel": [concept(CONFIDENTIALITY, code, words[code])],
        "content": [{"attachment": _attachment(picture)}],
        "context": _context(picture),
    }


def _description(picture: Picture) -> str:
    """From coded words alone, so that no name can be in it."""
    return f"{picture.site.label(picture.laterality)}: {picture.view.display}"


def _attachment(picture: Picture) -> Element:
    attachment: Element = {
        "contentType": mime_type(picture.content_type),
        "url": _inside(picture.binary_key),
        "size": len(picture.data),
    }
    return attachment | ({"creation": day(picture.taken_on)} if picture.taken_on else {})


def _context(picture: Picture) -> Element:
    """How it was taken, in DICOM's words as XDS-I has it, and the site that it shows."""
    is_dermoscopic = picture.view is ImageView.DERMOSCOPIC
    modality = ("DMS", "Dermoscopy") if is_dermoscopic else ("XC", "External-camera Photography")
    return {
        "event": [concept(_MODALITIES, *modality)],
        "related": [{"reference": _inside(picture.site_key), "type": "BodyStructure"}],
    }


def _site(picture: Picture, subject: Subject) -> Element:
    """A BodyStructure (R4 8.3): the site, and the side where there is one."""
    side = FHIR_LATERALITY.get(picture.laterality)
    qualifier = (
        {"locationQualifier": [concept(FHIR_SYSTEM, side.code, side.meaning)]} if side else {}
    )
    location = {"coding": [coding(FHIR_SYSTEM, picture.site.code)], "text": picture.site.display}
    return {
        "resourceType": "BodyStructure",
        "id": str(picture.site_key),
        "location": location,
        **qualifier,
        "patient": {"reference": _inside(subject.pseudonym), "type": "Patient"},
    }


def _binary(picture: Picture) -> Element:
    """A Binary (R4 2.40). Who may see it follows from the document that it belongs to."""
    return {
        "resourceType": "Binary",
        "id": str(picture.binary_key),
        "contentType": mime_type(picture.content_type),
        "securityContext": {"reference": _inside(picture.key), "type": "DocumentReference"},
        "data": b64encode(picture.data).decode("ascii"),
    }
