"""The patient's own look, or that of whoever signs for them: see it, then sign it."""

from typing import Final

from safelight.engines.policy import objections
from safelight.engines.policy.decision import SUBJECT_OF_CARE, Decision, Obligation, conclude
from safelight.engines.policy.facts import PatientFacts, Request
from safelight.engines.policy.objections import Objections
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

_NO_STORE: Final = frozenset({Obligation.NO_STORE})
_FOR_THE_PATIENT: Final = frozenset({SignerRole.GUARDIAN, SignerRole.PROXY})


def decide_for_patient(request: Request, facts: PatientFacts) -> Decision:
    """Decide whether a patient, or who signs for them, may see a photograph of the patient.

    Pure and total, as `decide`. A photograph in the proposal may be seen by its signer; any other
    one of the record by the patient in person alone, unless it is forensic. Patients state no
    reason, and no agreement of theirs stands between them and their pictures.
    """
    against = _to_request(request)
    against += objections.to_session(facts.session) + _to_identity(facts.is_identified)
    against += objections.to_patient(facts.patient)
    against += objections.to_photograph(facts.photograph, reason_stated=True)
    against += _to_signer(facts)
    return conclude(SUBJECT_OF_CARE, against, _NO_STORE)


def _to_request(request: Request) -> Objections:
    against = objections.NONE
    if (request.purpose, request.audience) != (Purpose.PATIENT_REQUEST, Audience.PATIENT):
        against += (Reason.NOT_THE_PATIENTS_OWN_LOOK,)
    if request.rendition is Rendition.ORIGINAL:
        against += (Reason.ORIGINAL_NOT_FOR_PATIENT,)
    if request.rendition is Rendition.REDACTED_DRAFT:
        against += (Reason.FORM_NOT_APPROVED,)
    return against


def _to_identity(is_identified: bool | None) -> Objections:  # noqa: FBT001 - a fact, not a flag
    if is_identified is None:
        return objections.UNKNOWN
    return objections.NONE if is_identified else (Reason.NOT_IDENTIFIED,)


def _to_signer(facts: PatientFacts) -> Objections:
    """Object to a photograph that this signer has no part in."""
    if facts.photograph is None or facts.capacity is None or facts.is_in_proposal is None:
        return objections.UNKNOWN
    for_patient = facts.capacity in _FOR_THE_PATIENT
    forensic = facts.photograph.sensitivity is Sensitivity.FORENSIC
    against = objections.NONE
    if forensic and for_patient:
        # INVARIANT: it may show what a guardian did, so no proposal opens it to one.
        against += (Reason.FORENSIC_FOR_PATIENT_ONLY,)
    if not facts.is_in_proposal and (forensic or for_patient):
        against += (Reason.NOT_IN_PROPOSAL,)
    return against
