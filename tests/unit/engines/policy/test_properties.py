"""What holds for every request and every set of facts, however they are drawn."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from safelight.engines.policy import (
    DEFAULT_DURATION,
    AgreementFacts,
    AgreementStatus,
    AskerFacts,
    BreakGlass,
    CareFacts,
    CareRelationship,
    CitedAgreement,
    ContradictoryDecisionError,
    Decision,
    Facts,
    Obligation,
    PatientState,
    PhotographFacts,
    Provision,
    Reason,
    Request,
    SessionState,
    Training,
    decide,
    in_force,
    may_be_told,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import PhotographState, Rendition, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import CLINICAL_ROLES, Role

T = TypeVar("T")


def mostly(good: T, others: Any) -> st.SearchStrategy[T]:
    """Draw `good` nine times in ten, so that many facts together still permit often enough."""
    rest = [*others]
    return st.sampled_from([good] * 9 * len(rest) + rest)


YES_NO_UNKNOWN = (True, False, None)
RECIPIENTS = mostly(None, ("r1", "r2"))
REQUESTS = st.one_of(
    st.builds(
        Request,
        st.just(Purpose.TREATMENT),
        mostly(Audience.CARE_TEAM, Audience),
        st.sampled_from(Rendition),
        RECIPIENTS,
    ),
    st.builds(
        Request,
        mostly(Purpose.LECTURE, Purpose),
        mostly(Audience.LECTURE_HALL, Audience),
        st.sampled_from(Rendition),
        RECIPIENTS,
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
    photograph=st.one_of(
        st.builds(
            PhotographFacts,
            state=mostly(PhotographState.VERIFIED, (*PhotographState, None)),
            sensitivity=mostly(Sensitivity.ORDINARY, (*Sensitivity, None)),
            taken_by_asker=st.sampled_from(YES_NO_UNKNOWN),
        ),
        st.none(),
    ),
    reason_stated=mostly(True, YES_NO_UNKNOWN),
    agreements=st.one_of(st.lists(AGREEMENTS, max_size=6).map(tuple), st.none()),
)

# Facts that permit, to show what a single change takes away.
LECTURE = Request(Purpose.LECTURE, Audience.LECTURE_HALL, Rendition.DISPLAY)
TREATMENT = Request(Purpose.TREATMENT, Audience.CARE_TEAM, Rendition.DISPLAY)
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
)

thorough = settings(max_examples=150, deadline=None)


@thorough
@given(REQUESTS, FACTS)
def test_without_care_or_agreement_everything_is_denied(request_: Request, facts: Facts) -> None:
    nothing = replace(
        facts,
        care=replace(facts.care, relationship=Relationship.NONE, break_glass=False),
        agreements=(),
    )
    assert not decide(request_, nothing).permitted


@thorough
@given(REQUESTS, FACTS)
def test_nothing_but_treatment_is_permitted_without_citing_an_agreement(
    request_: Request, facts: Facts
) -> None:
    decision = decide(request_, facts)
    assume(decision.permitted)
    if request_.purpose is Purpose.TREATMENT:
        assert isinstance(decision.ground, CareRelationship | BreakGlass)
        return
    assert isinstance(decision.ground, CitedAgreement)
    exactly = AgreementFacts(
        agreement_id=decision.ground.agreement_id,
        status=AgreementStatus.ACTIVE,
        provision=Provision.PERMIT,
        purpose=request_.purpose,
        audience=request_.audience,
        covers_image=True,
        in_period=True,
        recipient=request_.recipient,
    )
    assert exactly in (facts.agreements or ())


@thorough
@given(REQUESTS, FACTS)
def test_a_decision_either_has_a_ground_or_reasons_in_order(
    request_: Request, facts: Facts
) -> None:
    decision = decide(request_, facts)
    assert (decision.ground is not None) is decision.permitted is bool(decision)
    assert decision.permitted is not bool(decision.reasons)
    assert list(decision.reasons) == [r for r in Reason if r in decision.reasons]
    assert (Obligation.NO_STORE in decision.obligations) is decision.permitted


@thorough
@given(st.sampled_from([LECTURE, TREATMENT]), FACTS, AGREEMENTS)
def test_adding_a_deny_never_widens(request_: Request, facts: Facts, added: AgreementFacts) -> None:
    assume(facts.agreements is not None)
    deny = replace(added, provision=Provision.DENY)
    wider = replace(facts, agreements=((facts.agreements or ()) + (deny,)))
    assert decide(request_, facts).permitted or not decide(request_, wider).permitted


@thorough
@given(st.sampled_from([LECTURE, TREATMENT]), AGREEMENTS)
def test_adding_a_deny_to_what_is_permitted_takes_it_away_or_changes_nothing(
    request_: Request, added: AgreementFacts
) -> None:
    deny = replace(added, provision=Provision.DENY)
    before = decide(request_, PERMITTING)
    after = decide(request_, replace(PERMITTING, agreements=(deny, A_PERMIT)))
    assert before.permitted
    assert after == before or not after.permitted


@thorough
@given(REQUESTS, FACTS, st.data())
def test_removing_a_permit_never_widens(
    request_: Request, facts: Facts, data: st.DataObject
) -> None:
    permits = [a for a in facts.agreements or () if a.provision is Provision.PERMIT]
    assume(permits)
    gone = data.draw(st.sampled_from(permits))
    fewer = tuple(a for a in facts.agreements or () if a is not gone)
    assert decide(request_, facts).permitted or not decide(
        request_, replace(facts, agreements=fewer)
    )


@thorough
@given(REQUESTS, FACTS, st.randoms(use_true_random=False))
def test_the_order_of_agreements_does_not_matter(
    request_: Request, facts: Facts, random: Any
) -> None:
    shuffled = list(facts.agreements or ())
    random.shuffle(shuffled)
    same = replace(facts, agreements=None if facts.agreements is None else tuple(shuffled))
    assert decide(request_, same) == decide(request_, facts)


@thorough
@given(REQUESTS, FACTS)
def test_break_glass_never_helps_beyond_treatment_or_a_role_that_is_not_clinical(
    request_: Request, facts: Facts
) -> None:
    whole, broken = (replace(facts, care=replace(facts.care, break_glass=b)) for b in (False, True))
    before, after = decide(request_, whole), decide(request_, broken)
    if request_.purpose is Purpose.TREATMENT and facts.asker.role in CLINICAL_ROLES:
        assert after.permitted or not before.permitted
    else:
        assert after.permitted is before.permitted


@thorough
@given(REQUESTS, FACTS, st.sampled_from([SessionState.LOCKED, SessionState.ABSENT, None]))
def test_without_a_usable_session_nothing_is_permitted(
    request_: Request, facts: Facts, session: SessionState | None
) -> None:
    away = replace(facts, asker=replace(facts.asker, session=session))
    assert not decide(request_, away).permitted


@thorough
@given(REQUESTS, FACTS, st.sampled_from([Sensitivity.INTIMATE, Sensitivity.FORENSIC]))
def test_an_intimate_or_forensic_picture_never_opens_without_a_reason_in_any_size(
    request_: Request, facts: Facts, sensitivity: Sensitivity
) -> None:
    photograph = PhotographFacts(PhotographState.VERIFIED, sensitivity, taken_by_asker=True)
    silent = replace(facts, photograph=photograph, reason_stated=False)
    assert not decide(request_, silent).permitted
    spoken = decide(request_, replace(silent, reason_stated=True))
    assert (Obligation.RECORD_REASON in spoken.obligations) is spoken.permitted


@thorough
@given(REQUESTS, FACTS)
def test_a_smaller_rendition_is_no_easier_to_open(request_: Request, facts: Facts) -> None:
    answers = {decide(replace(request_, rendition=r), facts) for r in Rendition}
    assert len(answers) == 1


@pytest.mark.parametrize("request_", [LECTURE, TREATMENT], ids=lambda r: r.purpose)
def test_forgetting_any_fact_denies_or_changes_nothing(request_: Request) -> None:
    known = decide(request_, PERMITTING)
    assert known.permitted
    denied = 0
    for forgetful in every_way_to_forget(PERMITTING):
        decision = decide(request_, forgetful)
        assert decision == known or Reason.FACT_UNKNOWN in decision.reasons
        denied += not decision.permitted
    assert denied >= {Purpose.LECTURE: 11, Purpose.TREATMENT: 10}[request_.purpose]


def every_way_to_forget(facts: Facts) -> list[Facts]:
    unknown: dict[str, Any] = {"training": Training.UNKNOWN}
    ways = [
        replace(facts, photograph=None),
        replace(facts, reason_stated=None),
        replace(facts, agreements=None),
    ]
    for group in ("asker", "care", "photograph"):
        part = getattr(facts, group)
        for field in dataclasses.fields(part):
            forgotten = replace(part, **{field.name: unknown.get(field.name)})
            changed: Any = {group: forgotten}
            ways.append(replace(facts, **changed))
    for name in ("status", "provision", "purpose", "audience", "covers_image", "in_period"):
        blurred: Any = {name: None}
        ways.append(replace(facts, agreements=(replace(A_PERMIT, **blurred),)))
    return ways


def test_a_decision_that_contradicts_itself_cannot_be_made() -> None:
    ground = CareRelationship(Relationship.ASSIGNMENT)
    for contradiction in (
        lambda: Decision(None),
        lambda: Decision(ground, (Reason.SESSION_LOCKED,)),
        lambda: Decision(None, (Reason.SESSION_LOCKED,), frozenset({Obligation.NO_STORE})),
        lambda: CareRelationship(Relationship.NONE),
    ):
        with pytest.raises(ContradictoryDecisionError):
            contradiction()


def test_a_view_under_break_glass_is_recorded_as_btg_and_no_other() -> None:
    care = CareFacts(Relationship.NONE, break_glass=True, patient=PatientState.CURRENT)
    broken = decide(TREATMENT, replace(PERMITTING, care=care))
    assert broken.act_reason(Purpose.TREATMENT) == "BTG"
    assert decide(TREATMENT, PERMITTING).act_reason(Purpose.TREATMENT) == "TREAT"
    assert decide(LECTURE, PERMITTING).act_reason(Purpose.LECTURE) == "TRAIN"


@given(FACTS)
def test_only_whoever_took_a_picture_is_told_that_it_cannot_be_shown(facts: Facts) -> None:
    assume(facts.photograph is not None)
    assert facts.photograph is not None
    told = may_be_told(facts.asker, facts.photograph)
    assert told is (
        facts.photograph.state in {PhotographState.SEALED, PhotographState.UNREADABLE}
        and facts.photograph.taken_by_asker is True
        and facts.asker.role is Role.CLINICIAN
        and facts.asker.session is SessionState.USABLE
    )


@pytest.mark.parametrize("state", [PhotographState.SEALED, PhotographState.UNREADABLE])
def test_whoever_took_it_is_told_but_not_shown(state: PhotographState) -> None:
    photograph = PhotographFacts(state, Sensitivity.ORDINARY, taken_by_asker=True)
    assert may_be_told(PERMITTING.asker, photograph)
    assert not decide(TREATMENT, replace(PERMITTING, photograph=photograph)).permitted


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(0), True),
        (timedelta(minutes=59, seconds=59), True),
        (DEFAULT_DURATION, False),
        (timedelta(days=1), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_broken_glass_holds_an_hour_and_not_when_the_clock_goes_back(
    later: timedelta,
    expected: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    assert in_force(NOON, NOON + later) is expected


def test_times_without_a_zone_keep_no_glass_broken() -> None:
    naive = NOON.replace(tzinfo=None)
    assert not in_force(naive, naive)
    assert not in_force(NOON, naive)


def test_every_reason_says_what_and_how_to_mend_it_in_whole_sentences() -> None:
    for reason in Reason:
        assert reason.sentence.endswith(".")
        assert reason.mend.endswith(".")
    assert len({reason.sentence for reason in Reason}) == len(Reason)
