"""Who asks, in what role, from which session. Every selector and verb takes one."""

from dataclasses import dataclass
from uuid import UUID

from safelight.engines.policy import AskerFacts, CareFacts, PatientState, SessionState, Training
from safelight.patients.models import Patient
from safelight.people.relationships import open_break_glass, relationship
from safelight.vocabulary.roles import CLINICAL_ROLES, Role


@dataclass(frozen=True)
class Asker:
    """A signed-in member of staff. `session_key` is the digest, never the cookie."""

    staff: UUID
    role: Role
    display_name: str
    session_key: str
    session: SessionState

    @property
    def is_clinical(self) -> bool:
        return self.role in CLINICAL_ROLES

    @property
    def is_usable(self) -> bool:
        return self.session is SessionState.USABLE

    @property
    def facts(self) -> AskerFacts:
        # Training becomes a gate when the institution keeps courses; until then none is asked for.
        return AskerFacts(role=self.role, session=self.session, training=Training.NOT_REQUIRED)


def care_facts(asker: Asker, patient: UUID) -> CareFacts:
    """What ties the asker to the patient now; an unknown patient stays unknown."""
    row = Patient.objects.filter(id=patient).values_list("merged_into", flat=True)
    merged = list(row)
    if not merged:
        return CareFacts(relationship=None, break_glass=None, patient=None)
    return CareFacts(
        relationship=relationship(asker.staff, patient),
        break_glass=open_break_glass(asker.staff, patient) is not None,
        patient=PatientState.CURRENT if merged[0] is None else PatientState.MERGED,
    )
