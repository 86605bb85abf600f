"""What patients see of their own pictures, and those who sign for them, however it is drawn."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.engines.policy.drawn import (
    A_SIGNER,
    FACTS,
    OWN_LOOK,
    PATIENT_FACTS,
    PATIENT_REQUESTS,
    PERMITTING,
    REQUESTS,
    thorough,
)

from safelight.engines.policy import (
    Decision,
    Facts,
    Obligation,
    PatientFacts,
    PhotographFacts,
    Reason,
    Request,
    SubjectOfCare,
    decide,
    decide_for_patient,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import PhotographState, Rendition, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole


@thorough
@given(PATIENT_REQUESTS, PATIENT_FACTS)
def test_a_patient_looks_as_the_subject_of_care_at_a_verified_picture_and_never_an_original(
    request_: Request, facts: PatientFacts
) -> None:
    decision = decide_for_patient(request_, facts)
    assume(decision.permitted)
    assert decision.ground == SubjectOfCare()
    assert decision.obligations == {Obligation.NO_STORE}
    assert (request_.purpose, request_.audience) == (Purpose.PATIENT_REQUEST, Audience.PATIENT)
    assert request_.rendition is not Rendition.ORIGINAL
    assert facts.photograph is not None
    assert facts.photograph.state is PhotographState.VERIFIED
    assert facts.is_identified is True


@thorough
@given(PATIENT_REQUESTS, PATIENT_FACTS, st.sampled_from([SignerRole.GUARDIAN, SignerRole.PROXY]))
def test_nobody_but_the_patient_ever_sees_a_forensic_picture_on_their_behalf(
    request_: Request, facts: PatientFacts, capacity: SignerRole
) -> None:
    forensic = PhotographFacts(PhotographState.VERIFIED, Sensitivity.FORENSIC, taken_by_asker=None)
    shown = replace(facts, capacity=capacity, photograph=forensic)
    assert not decide_for_patient(request_, shown).permitted


@thorough
@given(PATIENT_REQUESTS, PATIENT_FACTS)
def test_whoever_signs_for_a_patient_sees_nothing_that_the_patient_would_not(
    request_: Request, facts: PatientFacts
) -> None:
    in_person = replace(facts, capacity=SignerRole.PATIENT)
    assert decide_for_patient(request_, in_person) or not decide_for_patient(request_, facts)


@thorough
@given(PATIENT_REQUESTS, PATIENT_FACTS)
def test_leaving_a_picture_out_of_a_proposal_never_widens(
    request_: Request, facts: PatientFacts
) -> None:
    left_out = replace(facts, is_in_proposal=False)
    put_before = replace(facts, is_in_proposal=True)
    assert decide_for_patient(request_, put_before) or not decide_for_patient(request_, left_out)


@given(st.from_type(Request), st.from_type(PatientFacts))
def test_whatever_a_patient_asks_is_decided(request_: Request, facts: PatientFacts) -> None:
    assert isinstance(decide_for_patient(request_, facts), Decision)


@thorough
@given(PATIENT_REQUESTS, PATIENT_FACTS)
def test_a_patient_is_refused_with_reasons_in_order_and_none_twice(
    request_: Request, facts: PatientFacts
) -> None:
    reasons = decide_for_patient(request_, facts).reasons
    assert list(reasons) == [reason for reason in Reason if reason in reasons]


def test_forgetting_any_fact_about_a_signer_denies() -> None:
    assert decide_for_patient(OWN_LOOK, A_SIGNER).permitted
    photograph = A_SIGNER.photograph
    assert photograph is not None
    ways: list[Any] = [
        *({field.name: None} for field in dataclasses.fields(A_SIGNER)),
        {"photograph": replace(photograph, state=None)},
        {"photograph": replace(photograph, sensitivity=None)},
    ]
    for forgotten in ways:
        decision = decide_for_patient(OWN_LOOK, replace(A_SIGNER, **forgotten))
        assert decision.reasons == (Reason.FACT_UNKNOWN,)


@thorough
@given(REQUESTS, FACTS)
def test_staff_never_look_in_the_place_of_the_patient(request_: Request, facts: Facts) -> None:
    pretended = replace(request_, purpose=Purpose.PATIENT_REQUEST, audience=Audience.PATIENT)
    assert not decide(pretended, facts).permitted
    assert not isinstance(decide(request_, facts).ground, SubjectOfCare)


def test_the_look_of_a_patient_is_recorded_as_one_and_staff_cannot_ask_for_it() -> None:
    assert decide_for_patient(OWN_LOOK, A_SIGNER).act_reason(Purpose.TREATMENT) == "PATRQT"
    assert decide(OWN_LOOK, PERMITTING).reasons == (Reason.PURPOSE_OPENS_NOTHING,)
