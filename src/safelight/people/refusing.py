"""Somebody was kept out of a patient's record: said once, in one way, wherever it happens."""

from uuid import UUID

from safelight.audit.services import Entry, record_durably
from safelight.engines.policy import Decision
from safelight.people.asker import Asker
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.purposes import Purpose


def record_refused_access(asker: Asker, patient: UUID, decision: Decision) -> None:
    """The event with every reason, durable on return. Not within an open transaction."""
    record_durably(
        Entry(
            tag=EventTag.PATIENT_ACCESS_REFUSED,
            actor=asker.staff,
            subject=patient,
            purpose=Purpose.TREATMENT.act_reason or "",
            outcome=Outcome.DENIED,
            details={"reasons": [reason.value for reason in decision.reasons]},
        )
    )
