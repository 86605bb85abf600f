"""Requests and facts as hypothesis draws them, and some that permit."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from tests.thoroughness import examples

from safelight.engines.policy import (
    AgreementFacts,
    AgreementStatus,
    AskerFacts,
    Authority,
    CareFacts,
    Facts,
    PatientFacts,
    PatientState,
    PhotographFacts,
    Provision,
    Request,
    SessionState,
    Training,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import PhotographState, Rendition, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole

T = TypeVar("T")


def mostly(good: T, others: Any) -> st.SearchStrategy[T]:
    """Draw `good` nine times in ten, so that many facts together still permit often enough."""
    rest = [*others]
    return st.sampled_from([good] * 9 * len(rest) + rest)


def often(facts: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """Draw something nine times in ten, and else what could not be found."""
    return st.integers(0, 9).flatmap(lambda n: facts if n else st.none())


YES_NO_UNKNOWN = (True, False, None)
RECIPIENTS = mostly(None, ("r1", "r2"))
SIZES = st.none() | st.integers(-1, 14)
REQUESTS = st.one_of(
    st.builds(
        Request,
        st.just(Purpose.TREATMENT),
        mostly(Audience.CARE_TEAM, Audience),
        st.sampled_from(Rendition),
        RECIPIENTS,
        SIZES,
    ),
    st.builds(
        Request,
        mostly(Purpose.LECTURE, Purpose),
        mostly(Audience.LECTURE_HALL, Audience),
        st.sampled_from(Rendition),
        RECIPIENTS,
        SIZES,
    ),
)
AGREEMENTS = st.builds(
    AgreementFacts,
    agreement_id=st.sampled_from("ABCDEF"),
    status=mostly(AgreementStatus.ACTIVE, (*AgreementStatus, None)),
    provision=mostly(Provision.PERMIT, (*Provision, None)),
    purpose=mostly(Purpose.LECTURE, (*Purpose, None)),
    audience=mostly(Audience.LECTURE_HALL, (*Audience, None)),
    covers_image=mostly(True, YES_NO_UNKNOWN),
    in_period=mostly(True, YES_NO_UNKNOWN),
    recipient=RECIPIENTS,
    audience_size=SIZES,
    authority=mostly(Authority.IN_FORCE, (*Authority, None)),
)
PHOTOGRAPHS = st.builds(
    PhotographFacts,
    state=mostly(PhotographState.VERIFIED, (*PhotographState, None)),
    sensitivity=mostly(Sensitivity.ORDINARY, (*Sensitivity, None)),
    taken_by_asker=st.sampled_from(YES_NO_UNKNOWN),
)
FACTS = st.builds(
    Facts,
    asker=st.builds(
        AskerFacts,
        role=mostly(Role.CLINICIAN, (*Role, None)),
        session=mostly(SessionState.USABLE, (*SessionState, None)),
        training=mostly(Training.CURRENT, Training),
    ),
    care=st.builds(
        CareFacts,
        relationship=mostly(Relationship.DEPARTMENT, (*Relationship, None)),
        break_glass=mostly(False, YES_NO_UNKNOWN),
        patient=mostly(PatientState.CURRENT, (*PatientState, None)),
    ),
    photograph=often(PHOTOGRAPHS),
    reason_stated=mostly(True, YES_NO_UNKNOWN),
    agreements=often(st.lists(AGREEMENTS, max_size=6).map(tuple)),
    social_media_enabled=st.sampled_from(YES_NO_UNKNOWN),
    reviewed=mostly(True, YES_NO_UNKNOWN),
)
PATIENT_REQUESTS = st.builds(
    Request,
    mostly(Purpose.PATIENT_REQUEST, Purpose),
    mostly(Audience.PATIENT, Audience),
    mostly(Rendition.DISPLAY, Rendition),
    RECIPIENTS,
    SIZES,
)
PATIENT_FACTS = st.builds(
    PatientFacts,
    session=mostly(SessionState.USABLE, (*SessionState, None)),
    capacity=st.sampled_from((*SignerRole, None)),
    patient=mostly(PatientState.CURRENT, (*PatientState, None)),
    photograph=often(PHOTOGRAPHS),
    is_in_proposal=st.sampled_from(YES_NO_UNKNOWN),
    is_identified=mostly(True, YES_NO_UNKNOWN),
)

# Facts that permit, to show what a single change takes away.
LECTURE = Request(Purpose.LECTURE, Audience.LECTURE_HALL, Rendition.DISPLAY)
TREATMENT = Request(Purpose.TREATMENT, Audience.CARE_TEAM, Rendition.DISPLAY)
OWN_LOOK = Request(Purpose.PATIENT_REQUEST, Audience.PATIENT, Rendition.DISPLAY)
A_PERMIT = AgreementFacts(
    agreement_id="A",
    status=AgreementStatus.ACTIVE,
    provision=Provision.PERMIT,
    purpose=Purpose.LECTURE,
    audience=Audience.LECTURE_HALL,
    covers_image=True,
    in_period=True,
)
PERMITTING = Facts(
    AskerFacts(Role.CLINICIAN, SessionState.USABLE, Training.CURRENT),
    CareFacts(Relationship.ENCOUNTER, break_glass=False, patient=PatientState.CURRENT),
    PhotographFacts(PhotographState.VERIFIED, Sensitivity.INTIMATE, taken_by_asker=False),
    reason_stated=True,
    agreements=(A_PERMIT,),
    reviewed=True,
)
A_SIGNER = PatientFacts(
    session=SessionState.USABLE,
    capacity=SignerRole.GUARDIAN,
    patient=PatientState.CURRENT,
    photograph=PhotographFacts(
        PhotographState.VERIFIED, Sensitivity.INTIMATE, taken_by_asker=False
    ),
    is_in_proposal=True,
    is_identified=True,
)

# Most facts deny, as they should, so a test about permits has to pass over many.
thorough = settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
