"""How an agreement came to be signed, and how it was withdrawn: FHIR R4 Provenance (6.3)."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from safelight.engines.fhir.agreement import Agreement, ConsentStatus
from safelight.engines.fhir.elements import (
    Element,
    coding,
    concept,
    consent_reference,
    decider_reference,
    meta,
    patient_reference,
    performer_reference,
    reference,
)
from safelight.engines.fhir.errors import FhirInputError
from safelight.engines.fhir.primitives import instant, mime_type, string
from safelight.vocabulary.purposes import ACT_REASON_SYSTEM
from safelight.vocabulary.signers import SignerRole

_SIGNATURE_TYPE: Final = "urn:iso-astm:E1762-95:2013"
_CONSENT_SIGNATURE: Final = ("1.2.840.10065.1.12.1.7", "Consent Signature")
_WITNESS_SIGNATURE: Final = ("1.2.840.10065.1.12.1.11", "Consent Witness Signature")
_INTERPRETER_SIGNATURE: Final = ("1.2.840.10065.1.12.1.12", "Interpreter Signature")

_PARTICIPANT: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_OPERATION: Final = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature as it was made.

    `target_format` is the MIME type of what was signed, `signature_format` that of `data`: a drawn
    line is ``image/png``, a typed name ``text/plain``.
    """

    when: datetime
    target_format: str
    signature_format: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """The signature of a witness or an interpreter.

    `name` is how they are called in the signed record. `practitioner` is the id of a member of
    staff, None for somebody from outside. `data` may be empty for one who signed no line.
    """

    name: str
    practitioner: UUID | None
    signature: Signature


def signature_provenance(
    agreement: Agreement,
    signature: Signature,
    *,
    recorded: datetime,
    witness: Attestation | None = None,
    interpreter: Attestation | None = None,
) -> Element:
    """That the agreement was signed: FHIR R4 Provenance (6.3), Signature (2.24.0.12), ASTM E1762.

    The first signature is that of whoever decided, patient or not; `onBehalfOf` names the patient
    where it is somebody else. FhirInputError when that signature is empty or a value is bad.
    """
    if not signature.data:
        raise FhirInputError("The signature is empty.")
    signer = performer_reference(agreement)
    on_behalf_of = _on_behalf_of(agreement, agreement.performer)
    signatures = [_signature(_CONSENT_SIGNATURE, signature, signer, on_behalf_of)]
    for kind, attestation in (
        (_WITNESS_SIGNATURE, witness),
        (_INTERPRETER_SIGNATURE, interpreter),
    ):
        if attestation:
            signatures.append(_signature(kind, attestation.signature, _who(attestation), {}))
    return _provenance(agreement, recorded, "signature") | {
        "agent": [{"type": concept(_PARTICIPANT, "attester"), "who": signer, **on_behalf_of}],
        "entity": [
            {"role": "source", "what": reference("DocumentReference", agreement.source_reference)}
        ],
        "signature": signatures,
    }


def withdrawal_provenance(
    agreement: Agreement,
    *,
    recorded: datetime,
    by: SignerRole = SignerRole.PATIENT,
    authority: str = "",
) -> Element:
    """That the agreement was withdrawn: FHIR R4 Provenance (6.3) for Consent.status `inactive`.

    R4 Consent has no status of its own for a withdrawal and nowhere to say its reason; the
    activity (v3-DataOperation UPDATE) and reason (v3-ActReason PATRQT) stand here. `agreement` is
    as it is since; FhirInputError unless it is inactive. `by` need not be who signed: a child grows
    up. Somebody else than the patient states an `authority`.
    """
    if agreement.status != ConsentStatus.INACTIVE:
        raise FhirInputError("Only an inactive agreement was withdrawn.")
    return _provenance(agreement, recorded, "withdrawal") | {
        "reason": [concept(ACT_REASON_SYSTEM, "PATRQT", "patient requested")],
        "activity": concept(_OPERATION, "UPDATE", "revise"),
        "agent": [
            {
                "type": concept(_PARTICIPANT, "author"),
                "who": decider_reference(agreement, by, authority),
                **_on_behalf_of(agreement, by),
            }
        ],
    }


def _provenance(agreement: Agreement, recorded: datetime, event: str) -> Element:
    """What both have. The id comes from agreement and event, of which there is one each."""
    labels = meta(test_data=agreement.test_data)
    return {
        "resourceType": "Provenance",
        "id": str(uuid5(agreement.agreement_id, event)),
        **({"meta": labels} if labels else {}),
        "target": [consent_reference(agreement.agreement_id)],
        "recorded": instant(recorded),
    }


def _on_behalf_of(agreement: Agreement, role: SignerRole) -> Element:
    if role is SignerRole.PATIENT:
        return {}
    return {"onBehalfOf": patient_reference(agreement)}


def _who(attestation: Attestation) -> Element:
    if attestation.practitioner is None:
        return {"display": string(attestation.name)}
    return reference("Practitioner", attestation.practitioner, string(attestation.name))


def _signature(
    kind: tuple[str, str], signature: Signature, who: Element, on_behalf_of: Element
) -> Element:
    element: Element = {
        "type": [coding(_SIGNATURE_TYPE, *kind)],
        "when": instant(signature.when),
        "who": who,
        **on_behalf_of,
        "targetFormat": mime_type(signature.target_format),
    }
    if signature.data:
        element["sigFormat"] = mime_type(signature.signature_format)
        element["data"] = b64encode(signature.data).decode("ascii")
    return element
