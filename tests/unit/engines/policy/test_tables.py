from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engines.policy import tables
from tests.unit.engines.policy.tables import Dimensions, Point, Table

from safelight.engines.policy import (
    AgreementFacts,
    AgreementStatus,
    AskerFacts,
    CareFacts,
    Decision,
    Facts,
    PatientState,
    PhotographFacts,
    Provision,
    Reason,
    Request,
    SessionState,
    Training,
    decide,
    decide_break_glass,
    may_capture,
    may_view_timeline,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import (
    BreakGlassReason,
    PhotographState,
    Rendition,
    Sensitivity,
)
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role

YES_NO_UNKNOWN = (True, False, None)
ASKER: Dimensions = {
    "role": (*Role, None),
    "session": (*SessionState, None),
    "training": tuple(Training),
}
CARE: Dimensions = {
    "relationship": (*Relationship, None),
    "break_glass": YES_NO_UNKNOWN,
    "patient": (*PatientState, None),
}
PHOTOGRAPH: Dimensions = {
    "rendition": tuple(Rendition),
    "state": (*PhotographState, None),
    "sensitivity": (*Sensitivity, None),
    "reason_stated": YES_NO_UNKNOWN,
    "taken_by_asker": YES_NO_UNKNOWN,
}
TEXTS = {
    "10 visible characters": "Night duty.",
    "10 visible characters among blanks": " I\tc o v e r  f o r\nA. ",
    "9 visible characters": "Nightduty",
    "empty": "",
    "blanks": " \t\n" * 10,
    "invisible characters": "\u200b\u2060\u0000" * 10,
}
# What the request names, and what the agreement names.
RECIPIENTS = {
    "nobody named": (None, None),
    "the same": ("r1", "r1"),
    "only in the request": ("r1", None),
    "only in the agreement": (None, "r1"),
    "different": ("r1", "r2"),
}
MATCHES = ("same", "other", None)


def asker_at(point: Point) -> AskerFacts:
    return AskerFacts(point["role"], point["session"], point["training"])


def care_at(point: Point) -> CareFacts:
    return CareFacts(point["relationship"], point["break_glass"], point["patient"])


def facts_at(point: Point, agreements: tuple[AgreementFacts, ...] = ()) -> Facts:
    return Facts(
        asker_at(point),
        care_at(point),
        PhotographFacts(point["state"], point["sensitivity"], point["taken_by_asker"]),
        point["reason_stated"],
        agreements,
    )


def for_treatment(point: Point) -> Decision:
    return decide(
        Request(Purpose.TREATMENT, point["audience"], point["rendition"]), facts_at(point)
    )


def for_capture(point: Point) -> Decision:
    asker = asker_at(point)
    return may_capture(asker, care_at(point))


def for_timeline(point: Point) -> Decision:
    asker = asker_at(point)
    return may_view_timeline(asker, care_at(point))


def for_break_glass(point: Point) -> Decision:
    asker = asker_at(point)
    return decide_break_glass(asker, point["patient"], point["reason"], TEXTS[point["text"]])


def beyond_treatment(point: Point) -> Decision:
    recipient = "r1" if point["recipient_named"] else None
    request = Request(point["purpose"], Audience.LECTURE_HALL, point["rendition"], recipient)
    return decide(request, facts_at(point, (permit("A", request),)))


def with_one_agreement(point: Point) -> Decision:
    audience = (
        Audience.CARE_TEAM if point["purpose"] is Purpose.TREATMENT else Audience.LECTURE_HALL
    )
    asked_for, agreed_with = RECIPIENTS[point["recipients"]]
    request = Request(point["purpose"], audience, Rendition.DISPLAY, asked_for)
    other = Purpose.LECTURE if point["purpose"] is Purpose.CONFERENCE else Purpose.CONFERENCE
    agreement = AgreementFacts(
        agreement_id="A",
        status=point["status"],
        provision=point["provision"],
        purpose={"same": request.purpose, "other": other}.get(point["agreement_purpose"]),
        audience={"same": audience, "other": Audience.PUBLIC}.get(point["agreement_audience"]),
        covers_image=point["covers_image"],
        in_period=point["in_period"],
        recipient=agreed_with,
    )
    return decide(request, dataclasses.replace(ALICE_LOOKS, agreements=(agreement,)))


def permit(agreement_id: str, request: Request) -> AgreementFacts:
    return AgreementFacts(
        agreement_id=agreement_id,
        status=AgreementStatus.ACTIVE,
        provision=Provision.PERMIT,
        purpose=request.purpose,
        audience=request.audience,
        covers_image=True,
        in_period=True,
        recipient=request.recipient,
    )


ALICE_LOOKS = Facts(
    AskerFacts(Role.CLINICIAN, SessionState.USABLE, Training.CURRENT),
    CareFacts(Relationship.DEPARTMENT, break_glass=False, patient=PatientState.CURRENT),
    PhotographFacts(PhotographState.VERIFIED, Sensitivity.ORDINARY, taken_by_asker=False),
)
ON_TREATMENT = tables.read(
    "treatment.yaml",
    {"purpose": (Purpose.TREATMENT,), "audience": tuple(Audience), **ASKER, **CARE, **PHOTOGRAPH},
)
ON_CARE = tables.read("care.yaml", {**ASKER, **CARE})
ON_BREAK_GLASS = tables.read(
    "break-glass.yaml",
    {
        **ASKER,
        "patient": CARE["patient"],
        "reason": (*BreakGlassReason, None),
        "text": tuple(TEXTS),
    },
)
BEYOND_TREATMENT = tuple(p for p in Purpose if p is not Purpose.TREATMENT)
ON_USE = tables.read(
    "beyond-treatment.yaml",
    {
        "purpose": BEYOND_TREATMENT,
        "recipient_named": (True, False),
        **ASKER,
        **CARE,
        **PHOTOGRAPH,
    },
)
ON_ONE_AGREEMENT = tables.read(
    "one-agreement.yaml",
    {
        "purpose": tuple(Purpose),
        "provision": (*Provision, None),
        "status": (*AgreementStatus, None),
        "agreement_purpose": MATCHES,
        "agreement_audience": MATCHES,
        "recipients": tuple(RECIPIENTS),
        "covers_image": YES_NO_UNKNOWN,
        "in_period": YES_NO_UNKNOWN,
    },
)
EVERY_TABLE = pytest.mark.parametrize(
    ("table", "ask"),
    [
        pytest.param(ON_TREATMENT, for_treatment, id="treatment"),
        pytest.param(ON_CARE, for_capture, id="capture"),
        pytest.param(ON_CARE, for_timeline, id="timeline"),
        pytest.param(ON_BREAK_GLASS, for_break_glass, id="break-glass"),
        pytest.param(ON_USE, beyond_treatment, id="beyond-treatment"),
        pytest.param(ON_ONE_AGREEMENT, with_one_agreement, id="one-agreement"),
    ],
)
Ask = Callable[[Point], Decision]


@EVERY_TABLE
def test_the_policy_agrees_with_the_table_at_every_point(table: Table, ask: Ask) -> None:
    for point in table.swept():
        tables.assert_agrees(table.speaking(point), ask(point), point)


@EVERY_TABLE
def test_the_policy_agrees_with_the_table_where_facts_are_unknown(table: Table, ask: Ask) -> None:
    for point in table.corners():
        tables.assert_agrees(table.speaking(point), ask(point), point)


@EVERY_TABLE
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_policy_agrees_with_the_table_anywhere(
    table: Table, ask: Ask, data: st.DataObject
) -> None:
    point = {
        fact: data.draw(st.sampled_from(v), label=fact) for fact, v in table.dimensions.items()
    }
    tables.assert_agrees(table.speaking(point), ask(point), point)


@EVERY_TABLE
def test_every_word_is_named_by_a_row(table: Table, ask: Ask) -> None:
    named = {(fact, value) for row in table.rows for fact, values in row.given for value in values}
    named |= set(table.otherwise.items())
    words = {
        (fact, value)
        for fact, values in table.dimensions.items()
        for value in values
        if isinstance(value, Enum | str) and fact not in table.indifferent
    }
    assert words - named == set()


@EVERY_TABLE
def test_a_fact_the_table_calls_indifferent_is_in_no_row_that_denies(
    table: Table, ask: Ask
) -> None:
    mentioned = {fact for row in table.denials for fact, _ in row.given}
    assert mentioned & table.indifferent == set()
    assert mentioned | {
        f for row in table.permits for f, _ in row.given
    } | table.indifferent == set(table.dimensions) - {
        f for f, values in table.dimensions.items() if len(values) == 1
    }


@EVERY_TABLE
def test_every_row_decides_something_that_no_other_row_decides(table: Table, ask: Ask) -> None:
    needed = set()
    for point in table.corners():
        speaking = table.speaking(point)
        reasons = {reason for row in speaking for reason in row.reasons}
        for row in speaking:
            others = {r for other in speaking if other is not row for r in other.reasons}
            if len(speaking) == 1 or others != reasons:
                needed.add(row.name)
    assert {row.name for row in table.rows} - needed == set()


def test_every_reason_is_given_by_a_table() -> None:
    every = (ON_TREATMENT, ON_CARE, ON_BREAK_GLASS, ON_USE, ON_ONE_AGREEMENT)
    given_somewhere = {r for table in every for row in table.rows for r in row.reasons}
    assert given_somewhere == set(Reason)


CASES = yaml.safe_load((tables.VECTORS / "combinations.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_agreements_combine(case: dict[str, Any]) -> None:
    asked = {"purpose": "lecture", "audience": "lecture-hall", **case.get("request", {})}
    request = Request(
        Purpose(asked["purpose"]),
        Audience(asked["audience"]),
        Rendition.DISPLAY,
        asked.get("recipient"),
    )
    decision = decide(request, facts_of(case, request))
    assert decision.ground == tables.ground_of(case.get("ground"))
    assert decision.reasons == tuple(map(Reason, case.get("reasons", ())))
    assert decision.permitted is (case["decision"] == "permit")


def facts_of(case: dict[str, Any], request: Request) -> Facts:
    agreements = None
    if case["agreements"] != "unknown":
        agreements = tuple(agreement_of(spec, request) for spec in case["agreements"])
    return dataclasses.replace(
        ALICE_LOOKS,
        asker=AskerFacts(Role(case.get("role", "teacher")), SessionState.USABLE, Training.CURRENT),
        care=CareFacts(Relationship.NONE, break_glass=False, patient=PatientState.CURRENT),
        agreements=agreements,
    )


def agreement_of(spec: dict[str, Any], request: Request) -> AgreementFacts:
    allowed: dict[str, tuple[Any, ...]] = {
        "provision": (*Provision, None),
        "status": (*AgreementStatus, None),
        "purpose": (*Purpose, None),
        "audience": (*Audience, None),
        "covers_image": YES_NO_UNKNOWN,
        "in_period": YES_NO_UNKNOWN,
    }
    stated = {f: tables.value_of(spec[f], values) for f, values in allowed.items() if f in spec}
    agreement = dataclasses.replace(permit(spec["id"], request), recipient=spec.get("recipient"))
    return dataclasses.replace(agreement, **stated)
