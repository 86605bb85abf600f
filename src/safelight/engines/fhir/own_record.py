"""Everything that is kept of one patient, as they take it along: FHIR R4 resources and a Bundle.

Pictures are named by where they lie in the same folder, so no Binary stands in the bundle and it
stays small. It is the patient's own, so it may say who they are.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID, uuid5

from safelight.engines.fhir.bundle import with_links
from safelight.engines.fhir.elements import Element, coding, concept, meta
from safelight.engines.fhir.errors import FhirInputError
from safelight.engines.fhir.picture_bundle import CONFIDENTIALITY, IMAGE, PHOTOGRAPH
from safelight.engines.fhir.primitives import day, instant, mime_type, string, uri
from safelight.vocabulary.body_sites import BodySite
from safelight.vocabulary.laterality import FHIR_LATERALITY, Laterality
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import ACT_REASON_SYSTEM, BREAK_GLASS_ACT_REASON
from safelight.vocabulary.snomed import FHIR_SYSTEM

# Fixed for ever: ids of bundles, body sites and audit events come from it.
_NAMESPACE: Final = UUID("c7a5b0f4-90a3-4b0e-9d0e-6f2f5b1a7c35")
_LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
_SUCCESS: Final = "0"
_SHA1_BYTES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose record it is. PHI. `others` are records that were merged into this one."""

    key: UUID
    sex: Literal["male", "female", "other", "unknown"] = "unknown"
    family: str = ""
    given: str = ""
    born_on: date | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    others: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form of a picture: where it lies beside the bundle, and what is in the file.

    `sha1` is the digest that FHIR R4 asks for (2.24.0.4). FhirInputError for a path that leads
    anywhere but down.
    """

    path: str
    title: str
    content_type: str
    size: int
    sha1: bytes

    def __post_init__(self) -> None:
        """Refuse what points out of the folder, and a digest that is none."""
        if self.path.startswith("/") or ".." in self.path or ":" in self.path:
            raise FhirInputError("A file lies in the folder of the bundle or below it.")
        if len(self.sha1) != _SHA1_BYTES:
            raise FhirInputError("A SHA-1 digest has 20 bytes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPicture:
    """A picture with every form that is given. FhirInputError without any."""

    key: UUID
    title: str
    taken_at: datetime
    received_at: datetime
    forms: tuple[Form, ...]
    sensitivity: Sensitivity = Sensitivity.ORDINARY
    site: BodySite | None = None
    laterality: Laterality = Laterality.NOT_APPLICABLE

    def __post_init__(self) -> None:
        """Refuse a picture of which nothing is there."""
        if not self.forms:
            raise FhirInputError("A picture without any form is not in the copy.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Somebody looked, or was given something to look at.

    `act_reason` is a code of HL7 v3 ActReason; "" where the record's own word is none of HL7's.
    """

    key: UUID
    kind: Literal["access", "disclose"]
    at: datetime
    who: str
    role: str = ""
    act_reason: str = ""
    pictures: tuple[UUID, ...] = ()


def person_resource(person: Person) -> Element:
    """A Patient (R4 8.1): as much as is kept of who they are."""
    name: Element = {"family": string(person.family)} if person.family else {}
    name |= {"given": [string(person.given)]} if person.given else {}
    identifiers = [{"system": uri(a), "value": string(b)} for a, b in person.identifiers]
    return {
        "resourceType": "Patient",
        "id": str(person.key),
        **({"identifier": identifiers} if identifiers else {}),
        **({"name": [name]} if name else {}),
        "gender": person.sex,
        **({"birthDate": day(person.born_on)} if person.born_on else {}),
    }


def picture_resources(picture: KeptPicture, person: UUID, institution: str) -> list[Element]:
    """A DocumentReference (R4 10.9) with a content for each form, and the site it shows (8.3)."""
    sites = [_site(picture, picture.site, person)] if picture.site else []
    is_ordinary = picture.sensitivity is Sensitivity.ORDINARY
    label = ("R", "restricted") if is_ordinary else ("V", "very restricted")
    related = [_reference("BodyStructure", site["id"]) for site in sites]
    document: Element = {
        "resourceType": "DocumentReference",
        "id": str(picture.key),
        "status": "current",
        "docStatus": "final",
        "type": concept(*PHOTOGRAPH),
        "category": [concept(*IMAGE)],
        "subject": _reference("Patient", person),
        "date": instant(picture.received_at),
        "custodian": {"type": "Organization", "display": string(institution)},
        "description": string(picture.title),
        "securityLabel": [concept(CONFIDENTIALITY, *label)],
        "content": [{"attachment": _attachment(form, picture)} for form in picture.forms],
        **({"context": {"related": related}} if related else {}),
    }
    return [document, *sites]


def access_event(access: Access, person: UUID, institution: str) -> Element:
    """An AuditEvent (R4 6.4) of type access or disclose (ISO 21089), by whom and for what."""
    is_hl7 = access.act_reason and access.act_reason.isupper() and access.act_reason.isascii()
    is_glass = access.act_reason == BREAK_GLASS_ACT_REASON
    agent: Element = {
        **({"role": [{"text": string(access.role)}]} if access.role else {}),
        "name": string(access.who),
        "requestor": True,
    }
    entities = [{"what": _reference("DocumentReference", item)} for item in access.pictures]
    return {
        "resourceType": "AuditEvent",
        "id": str(access.key),
        "type": coding(_LIFECYCLE, access.kind, access.kind.capitalize()),
        "action": "R",
        "recorded": instant(access.at),
        "outcome": _SUCCESS,
        **({"outcomeDesc": "break-glass"} if is_glass else {}),
        **({"purposeOfEvent": [concept(ACT_REASON_SYSTEM, access.act_reason)]} if is_hl7 else {}),
        "agent": [agent],
        "source": {"observer": {"type": "Organization", "display": string(institution)}},
        "entity": [{"what": _reference("Patient", person)}, *entities],
    }


def own_bundle(
    resources: Iterable[Mapping[str, object]],
    person: Person,
    *,
    assembled_at: datetime,
    test_data: bool = False,
) -> Element:
    """`resources` as a Bundle of type collection (R4 2.36).

    Every `fullUrl` is ``urn:uuid:`` and the id. References to what is in the bundle are written as
    those, and those to records that were merged into this one lead to it; others stay as they are.
    FhirInputError when a resource comes twice.
    """
    listed = [dict(each) for each in resources]
    urls = {f"{each['resourceType']}/{each['id']}": f"urn:uuid:{each['id']}" for each in listed}
    if len(set(urls.values())) < len(listed):
        raise FhirInputError("The same resource comes twice.")
    ours = f"Patient/{person.key}"
    if ours in urls:
        urls |= {f"Patient/{other}": urls[ours] for other in person.others}
    labels, timestamp = meta(test_data=test_data), instant(assembled_at)
    entries = [_entry(each, urls, labels) for each in listed]
    return {
        "resourceType": "Bundle",
        "id": str(uuid5(_NAMESPACE, " ".join([timestamp, *urls]))),
        **({"meta": labels} if labels else {}),
        "type": "collection",
        "timestamp": timestamp,
        **({"entry": entries} if entries else {}),
    }


def _entry(resource: Element, urls: Mapping[str, str], labels: Element) -> Element:
    kept = resource.get("meta")
    both = {**labels, **kept} if isinstance(kept, dict) else labels
    kind, key, *rest = ((name, value) for name, value in resource.items() if name != "meta")
    labelled = dict([kind, key]) | ({"meta": both} if both else {}) | dict(rest)
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": with_links(labelled, urls)}


def _reference(kind: str, key: object) -> Element:
    return {"reference": f"{kind}/{key}", "type": kind}


def _attachment(form: Form, picture: KeptPicture) -> Element:
    return {
        "contentType": mime_type(form.content_type),
        "url": string(form.path),
        "size": form.size,
        "hash": b64encode(form.sha1).decode("ascii"),
        "title": string(form.title),
        "creation": instant(picture.taken_at),
    }


def _site(picture: KeptPicture, site: BodySite, person: UUID) -> Element:
    side = FHIR_LATERALITY.get(picture.laterality)
    qualifier = (
        {"locationQualifier": [concept(FHIR_SYSTEM, side.code, side.meaning)]} if side else {}
    )
    return {
        "resourceType": "BodyStructure",
        "id": str(uuid5(picture.key, "site")),
        "location": {"coding": [coding(FHIR_SYSTEM, site.code)], "text": site.display},
        **qualifier,
        "patient": _reference("Patient", person),
    }
