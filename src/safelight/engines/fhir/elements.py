"""Elements that several resources share: codings, references, and the mark of test data."""

from typing import Final
from uuid import UUID

from safelight.engines.fhir.agreement import Agreement, Image
from safelight.engines.fhir.primitives import resource_id, string
from safelight.vocabulary.purposes import ACT_REASON_SYSTEM
from safelight.vocabulary.signers import SignerRole

Element = dict[str, object]
"""A JSON object of FHIR: keys in the order of the standard, never an empty list or null."""

# Arcs below 2.25 are made from a UUID and need no registration (ITU-T X.667), and DICOM can name
# the same code systems by the same numbers.
PURPOSE_SYSTEM: Final = "urn:oid:2.25.118861845333463122844389895185218858995"
"""Our own code system of purposes; its codes are the values of `vocabulary.purposes.Purpose`."""

AUDIENCE_SYSTEM: Final = "urn:oid:2.25.207060314739393571957030577114649074766"
"""Identifies the Group that an audience is; values as `consent.audience_value` makes them."""


def coding(system: str, code: str, display: str = "") -> Element:
    """A Coding (R4 2.24.0.8)."""
    element: Element = {"system": system, "code": code}
    return element | ({"display": display} if display else {})


def concept(system: str, code: str, display: str = "") -> Element:
    """A CodeableConcept (R4 2.24.0.7) of one Coding."""
    return {"coding": [coding(system, code, display)]}


def reference(kind: str, key: object, display: str = "") -> Element:
    """A literal Reference (R4 2.3.0) relative to the server that holds the resource."""
    element: Element = {"reference": f"{kind}/{resource_id(key)}", "type": kind}
    return element | ({"display": string(display)} if display else {})


def consent_reference(agreement_id: UUID) -> Element:
    """The Consent that an agreement is written as."""
    return reference("Consent", agreement_id)


def patient_reference(agreement: Agreement) -> Element:
    """The patient, by the pseudonymous id alone: no name and no hospital number."""
    return reference("Patient", agreement.patient)


def decider_reference(agreement: Agreement, role: SignerRole, authority: str) -> Element:
    """Who decides. Somebody else than the patient is described by role and authority, not named."""
    if role is SignerRole.PATIENT:
        return patient_reference(agreement)
    return {"type": "RelatedPerson", "display": f"{role.display}: {string(authority)}"}


def performer_reference(agreement: Agreement) -> Element:
    """Who decided the agreement."""
    return decider_reference(agreement, agreement.performer, agreement.performer_authority)


def image_reference(image: Image) -> Element:
    """One rendition of one photograph as a Media (R4 9.11), which holds exactly one content."""
    return reference("Media", f"{image.photograph}-{image.rendition}")


def meta(*, profile: str = "", test_data: bool) -> Element:
    """Resource.meta (R4 2.27.2): the profile claimed, and HTEST where no patient is real."""
    element: Element = {"profile": [profile]} if profile else {}
    if test_data:
        element["security"] = [coding(ACT_REASON_SYSTEM, "HTEST", "test health data")]
    return element
