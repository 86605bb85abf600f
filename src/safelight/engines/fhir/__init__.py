"""Agreements in the words of hospital systems: FHIR R4 (4.0.1), JSON out, nothing read in.

`consent_resource` writes a Consent in the shape of IHE Privacy Consent on FHIR,
`signature_provenance` and `withdrawal_provenance` what was done with it, `consent_bundle` all of
it as one file; field by field: docs/reference/fhir-consent.md. `picture_bundle` writes a copy of
pictures for a recipient's own system; `own_bundle` what a
patient takes along of everything. Pure: no network, no clock.
"""

from safelight.engines.fhir.agreement import Agreement, ConsentStatus, Image
from safelight.engines.fhir.bundle import consent_bundle
from safelight.engines.fhir.consent import PROFILE, audience_value, consent_resource
from safelight.engines.fhir.elements import AUDIENCE_SYSTEM, PURPOSE_SYSTEM, Element
from safelight.engines.fhir.errors import FhirInputError
from safelight.engines.fhir.own_record import (
    Access,
    Form,
    KeptPicture,
    Person,
    access_event,
    own_bundle,
    person_resource,
    picture_resources,
)
from safelight.engines.fhir.picture_bundle import Picture, Subject, picture_bundle
from safelight.engines.fhir.provenance import (
    Attestation,
    Signature,
    signature_provenance,
    withdrawal_provenance,
)

__all__ = [
    "AUDIENCE_SYSTEM",
    "PROFILE",
    "PURPOSE_SYSTEM",
    "Access",
    "Agreement",
    "Attestation",
    "ConsentStatus",
    "Element",
    "FhirInputError",
    "Form",
    "Image",
    "KeptPicture",
    "Person",
    "Picture",
    "Signature",
    "Subject",
    "access_event",
    "audience_value",
    "consent_bundle",
    "consent_resource",
    "own_bundle",
    "person_resource",
    "picture_bundle",
    "picture_resources",
    "signature_provenance",
    "withdrawal_provenance",
]
