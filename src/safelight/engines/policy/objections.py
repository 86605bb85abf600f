"""What can stand against one group of facts alone. Tables: what is not listed is unknown."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from safelight.engines.policy.facts import (
    AskerFacts,
    PatientState,
    PhotographFacts,
    Request,
    SessionState,
    Training,
)
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.photograph import (
    REASON_REQUIRED,
    PhotographState,
    Rendition,
    Sensitivity,
)
from safelight.vocabulary.purposes import NAMED, Purpose
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
    PhotographState.WITHDRAWN: (Reason.PICTURE_TAKEN_BACK,),
    PhotographState.LEGAL_CUSTODY: (Reason.PICTURE_TAKEN_BACK,),
    PhotographState.ERASED: (Reason.PICTURE_TAKEN_BACK,),
}
_SOCIAL_MEDIA: Mapping[bool | None, Objections] = {
    True: NONE,
    False: (Reason.SOCIAL_MEDIA_OFF,),
    None: UNKNOWN,
}
_REVIEWED: Mapping[bool | None, Objections] = {
    True: NONE,
    False: (Reason.NOT_REVIEWED,),
    None: UNKNOWN,
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


def to_rendition(rendition: Rendition) -> Objections:
    """Object to what nobody has approved.

    INVARIANT: a draft is for whoever prepares it, whatever an agreement or a reference says.
    """
    return (Reason.FORM_NOT_APPROVED,) if rendition is Rendition.REDACTED_DRAFT else NONE


def to_use(
    request: Request,
    social_media_enabled: bool | None,  # noqa: FBT001 - a fact, not a flag
    *,
    reviewed: bool | None,
) -> Objections:
    """Object to a use that no agreement could permit."""
    against = NONE
    if request.purpose in NAMED and request.recipient is None:
        against += (Reason.RECIPIENT_NOT_NAMED,)
    if request.purpose is Purpose.SOCIAL_MEDIA:
        against += _SOCIAL_MEDIA[social_media_enabled]
    return against + _REVIEWED[reviewed]


def unless(fact: bool | None, reason: Reason) -> Objections:  # noqa: FBT001 - a fact, not a flag
    """Object with `reason` unless the fact holds; an unknown one is an objection of its own."""
    if fact is None:
        return UNKNOWN
    return NONE if fact else (reason,)


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
