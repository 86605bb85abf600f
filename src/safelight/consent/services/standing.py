"""Who on the staff may ask a patient: whoever treats them. A refusal is recorded and looks like *missing*."""

from uuid import UUID

from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.models import Proposal
from safelight.engines.policy import may_capture
from safelight.patients.errors import PatientNotFoundError
from safelight.patients.models import Patient
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker, care_facts
from safelight.people.refusing import record_refused_access


def require_treating(asker: Asker, patient: UUID) -> UUID:
    """The record that holds the patient now; ProposalNotFoundError if the asker may not work in it."""
    try:
        current = surviving_patient(patient)
    except PatientNotFoundError as error:
        raise ProposalNotFoundError from error
    decision = may_capture(asker.facts, care_facts(asker, current))
    if not decision:
        record_refused_access(asker, current, decision)
        raise ProposalNotFoundError
    return current


def require_proposal(asker: Asker, proposal: UUID) -> None:
    """ProposalNotFoundError if it is not the asker's to see. Call it before a transaction opens."""
    patient = Proposal.objects.filter(id=proposal).values_list("patient", flat=True).first()
    if patient is None:
        raise ProposalNotFoundError
    require_treating(asker, patient)


def lock_proposal(proposal: UUID) -> Proposal:
    """The row, nobody else's until the open transaction ends."""
    row = Proposal.objects.select_for_update().filter(id=proposal).first()
    if row is None:
        raise ProposalNotFoundError
    return row


def lock_patient(patient: UUID) -> None:
    """Nobody takes anything back for this patient until the open transaction ends.

    After the proposal's lock, never before it.
    """
    Patient.objects.select_for_update(no_key=True).get(id=surviving_patient(patient))
