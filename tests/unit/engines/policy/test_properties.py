"""What holds for every request and every set of facts, however they are drawn."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.engines.policy.drawn import (
    A_PERMIT,
    AGREEMENTS,
    FACTS,
    LECTURE,
    PERMITTING,
    REQUESTS,
    SIZES,
    TREATMENT,
    thorough,
)

from safelight.engines.policy import (
    DEFAULT_DURATION,
    AgreementFacts,
    AgreementStatus,
    Authority,
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
from safelight.vocabulary.purposes import BY_AGREEMENT, Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import CLINICAL_ROLES, Role


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
    assert any(
        replace(agreement, audience_size=None, authority=Authority.IN_FORCE) == exactly
        and agreement.authority in {Authority.IN_FORCE, Authority.ENDED_BUT_CONTINUED}
        and is_large_enough(agreement.audience_size, request_.audience_size)
        for agreement in facts.agreements or ()
    )


def is_large_enough(bound: int | None, size: int | None) -> bool:
    return bound is None or (size is not None and size in range(1, bound + 1))


@given(st.from_type(Request), st.from_type(Facts))
def test_whatever_the_types_can_say_is_decided(request_: Request, facts: Facts) -> None:
    assert isinstance(decide(request_, facts), Decision)


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
    is_marked = Obligation.INVISIBLE_MARK in decision.obligations
    assert is_marked is (decision.permitted and request_.purpose in BY_AGREEMENT)


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
@given(st.sampled_from([LECTURE, TREATMENT]), FACTS, AGREEMENTS)
def test_a_permit_for_another_purpose_changes_nothing_for_this_one(
    request_: Request, facts: Facts, added: AgreementFacts
) -> None:
    assume(facts.agreements is not None)
    assume(added.purpose is not None)
    other = replace(added, provision=Provision.PERMIT)
    if other.purpose is request_.purpose:
        other = replace(other, purpose=Purpose.CONFERENCE)
    more = replace(facts, agreements=((facts.agreements or ()) + (other,)))
    assert decide(request_, more) == decide(request_, facts)


@thorough
@given(REQUESTS, FACTS, st.data())
def test_an_agreement_that_was_withdrawn_is_never_cited(
    request_: Request, facts: Facts, data: st.DataObject
) -> None:
    assume(facts.agreements)
    gone = data.draw(st.sampled_from(facts.agreements or ())).agreement_id
    withdrawn = tuple(
        replace(a, status=AgreementStatus.INACTIVE) if a.agreement_id == gone else a
        for a in facts.agreements or ()
    )
    after = decide(request_, replace(facts, agreements=withdrawn))
    assert after.ground != CitedAgreement(gone)


@thorough
@given(FACTS, AGREEMENTS, st.integers(1, 14), st.integers(1, 14))
def test_what_may_be_shown_to_many_may_be_shown_to_fewer(
    facts: Facts, agreement: AgreementFacts, one: int, other: int
) -> None:
    asked = replace(facts, agreements=(*(facts.agreements or ()), agreement))
    fewer, more = (replace(LECTURE, audience_size=size) for size in sorted((one, other)))
    assert decide(fewer, asked).permitted or not decide(more, asked).permitted


@thorough
@given(REQUESTS, FACTS, SIZES, st.sampled_from((*Authority, None)))
def test_no_bound_and_no_ended_authority_ever_lifts_a_deny(
    request_: Request, facts: Facts, size: int | None, authority: Authority | None
) -> None:
    denies = [a for a in facts.agreements or () if a.provision is not Provision.PERMIT]
    limited = tuple(replace(a, audience_size=size, authority=authority) for a in denies)
    before = decide(request_, replace(facts, agreements=tuple(denies)))
    assert decide(request_, replace(facts, agreements=limited)) == before


@thorough
@given(REQUESTS, FACTS, st.sampled_from([False, None]))
def test_social_media_shows_nothing_until_it_is_switched_on_and_that_opens_nothing_else(
    request_: Request,
    facts: Facts,
    off: bool | None,  # noqa: FBT001 - hypothesis draws it
) -> None:
    switched_on = replace(facts, social_media_enabled=True)
    switched_off = replace(facts, social_media_enabled=off)
    if request_.purpose is Purpose.SOCIAL_MEDIA:
        assert not decide(request_, switched_off).permitted
    else:
        assert decide(request_, switched_off) == decide(request_, switched_on)


def test_social_media_is_off_where_nobody_says_otherwise() -> None:
    request_ = Request(Purpose.SOCIAL_MEDIA, Audience.PUBLIC, Rendition.DISPLAY, "r1")
    agreement = replace(
        A_PERMIT, purpose=request_.purpose, audience=Audience.PUBLIC, recipient="r1"
    )
    said_nothing = replace(PERMITTING, agreements=(agreement,))
    assert decide(request_, said_nothing).reasons == (Reason.SOCIAL_MEDIA_OFF,)
    assert decide(request_, replace(said_nothing, social_media_enabled=True)).permitted


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
    approved = set(Rendition) - {Rendition.REDACTED_DRAFT}
    answers = {decide(replace(request_, rendition=r), facts) for r in approved}
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
    assert denied >= {Purpose.LECTURE: 12, Purpose.TREATMENT: 10}[request_.purpose]


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
    needed = (
        "status",
        "provision",
        "purpose",
        "audience",
        "covers_image",
        "in_period",
        "authority",
    )
    for name in needed:
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
