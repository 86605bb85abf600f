"""An agreement as FHIR R4 Consent in the shape of IHE Privacy Consent on FHIR (PCF)."""

from typing import Final

from safelight.engines.fhir.agreement import Agreement
from safelight.engines.fhir.elements import (
    AUDIENCE_SYSTEM,
    PURPOSE_SYSTEM,
    Element,
    coding,
    concept,
    image_reference,
    meta,
    patient_reference,
    performer_reference,
    reference,
)
from safelight.engines.fhir.primitives import day, instant
from safelight.vocabulary.purposes import ACT_REASON_SYSTEM

PROFILE: Final = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentIntermediate"
"""The PCF profile that allows single pictures (`provision.data`) without security labels."""

_SCOPE: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
_LOINC: Final = "http://loinc.org"
_PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"


def consent_resource(agreement: Agreement) -> Element:
    """The agreement as a Consent: FHIR R4 6.2, IHE PCF Intermediate Consent.

    One provision without nested ones: one purpose before one audience is one Consent, so that
    each can be withdrawn alone. The same agreement gives the same resource, byte for byte.
    """
    return {
        "resourceType": "Consent",
        "id": str(agreement.agreement_id),
        "meta": meta(profile=PROFILE, test_data=agreement.test_data),
        "identifier": [
            {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{agreement.agreement_id}"}
        ],
        "status": str(agreement.status),
        "scope": concept(_SCOPE, "patient-privacy"),
        "category": [concept(_LOINC, "59284-0")],
        "patient": patient_reference(agreement),
        "dateTime": instant(agreement.decided_at),
        "performer": [performer_reference(agreement)],
        "organization": [
            reference("Organization", agreement.organization_id, agreement.organization_name)
        ],
        "sourceReference": reference("DocumentReference", agreement.source_reference),
        "policy": [{"uri": agreement.policy_uri}],
        "provision": _provision(agreement),
    }


def audience_value(agreement: Agreement) -> str:
    """What identifies the audience as a Group: its code, or code and agreement for a named one.

    Who may see "the readers of one named publication" is told by this agreement alone, so the
    code of the audience must never match on its own there.
    """
    if agreement.recipient_display:
        return f"{agreement.audience}/{agreement.agreement_id}"
    return str(agreement.audience)


def _provision(agreement: Agreement) -> Element:
    provision: Element = {
        "type": agreement.provision,
        "period": _period(agreement),
        "actor": [_recipient(agreement)],
        "purpose": _purposes(agreement),
    }
    # FHIR has no empty lists. Only a deny can have none, and is about every picture then.
    if agreement.images:
        provision["data"] = [
            {"meaning": "instance", "reference": image_reference(image)}
            for image in agreement.images
        ]
    return provision


def _period(agreement: Agreement) -> Element:
    """Days without a time: FHIR R4 2.24.0.13 counts the whole of the last day in."""
    period: Element = {"start": day(agreement.starts_on)}
    return period | ({"end": day(agreement.ends_on)} if agreement.ends_on else {})


def _purposes(agreement: Agreement) -> list[Element]:
    """Our code first, which is the one to match; the HL7 code beside it is coarser."""
    purpose = agreement.purpose
    codings = [coding(PURPOSE_SYSTEM, str(purpose), purpose.display)]
    if purpose.act_reason:
        codings.append(coding(ACT_REASON_SYSTEM, purpose.act_reason))
    return codings


def _recipient(agreement: Agreement) -> Element:
    # One actor says audience and name together: two actors would mean either of them.
    display = agreement.audience.display
    if agreement.recipient_display:
        display = f"{display}: {agreement.recipient_display}"
    group = {"system": AUDIENCE_SYSTEM, "value": audience_value(agreement)}
    return {
        "role": concept(_PARTICIPATION, "IRCP"),
        "reference": {"type": "Group", "identifier": group, "display": display},
    }
