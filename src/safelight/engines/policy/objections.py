"""What can stand against one group of facts alone. Tables: what is not listed is unknown."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from safelight.engines.policy.facts import (
    AskerFacts,
    PatientState,
    PhotographFacts,
    SessionState,
    Training,
)
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.photograph import REASON_REQUIRED, PhotographState, Sensitivity
from safelight.vocabulary.roles import Role

Objections: TypeAlias = tuple[Reason, ...]

NONE: Final[Objections] = ()
UNKNOWN: Final[Objections] = (Reason.FACT_UNKNOWN,)

_SESSION: Mapping[SessionState | None, Objections] = {
    SessionState.USABLE: NONE,
    SessionState.LOCKED: (Reason.SESSION_LOCKED,),
    SessionState.ABSENT: (Reason.SESSION_ABSENT,),
}
_TRAINING: Mapping[Training, Objections] = {
    Training.CURRENT: NONE,
    Training.NOT_REQUIRED: NONE,
    Training.LAPSED: (Reason.TRAINING_LAPSED,),
}
_PATIENT: Mapping[PatientState | None, Objections] = {
    PatientState.CURRENT: NONE,
    PatientState.MERGED: (Reason.PATIENT_MERGED,),
}
_STATE: Mapping[PhotographState | None, Objections] = {
    PhotographState.VERIFIED: NONE,
    PhotographState.SEALED: (Reason.NOT_VERIFIED,),
    PhotographState.UNREADABLE: (Reason.UNREADABLE,),
    PhotographState.ENTERED_IN_ERROR: (Reason.ENTERED_IN_ERROR,),
}


def to_asker(asker: AskerFacts, roles: frozenset[Role], otherwise: Reason) -> Objections:
    """Object to an asker who is away, untrained, or in none of `roles` (with `otherwise`)."""
    training = _TRAINING.get(asker.training, UNKNOWN)
    return to_session(asker.session) + _to_role(asker.role, roles, otherwise) + training


def to_session(session: SessionState | None) -> Objections:
    """Object to a session that nobody can use now."""
    return _SESSION.get(session, UNKNOWN)


def to_patient(patient: PatientState | None) -> Objections:
    """Object to a record that was merged away."""
    return _PATIENT.get(patient, UNKNOWN)


def to_photograph(photograph: PhotographFacts | None, *, reason_stated: bool | None) -> Objections:
    """Object to a photograph that nobody may see, or not without a stated reason."""
    if photograph is None:
        return UNKNOWN
    state = _STATE.get(photograph.state, UNKNOWN)
    return state + _to_sensitivity(photograph.sensitivity, reason_stated=reason_stated)


def _to_role(role: Role | None, roles: frozenset[Role], otherwise: Reason) -> Objections:
    if role in roles:
        return NONE
    return UNKNOWN if role is None else (otherwise,)


def _to_sensitivity(sensitivity: Sensitivity | None, *, reason_stated: bool | None) -> Objections:
    if sensitivity is Sensitivity.ORDINARY or (reason_stated and sensitivity in REASON_REQUIRED):
        return NONE
    if sensitivity is None or reason_stated is None:
        return UNKNOWN
    return (Reason.REASON_NOT_STATED,)
