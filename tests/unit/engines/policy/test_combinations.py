"""Whole sets of agreements, each with the one answer expected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from tests.unit.engines.policy import tables
from tests.unit.engines.policy.questions import ALICE_LOOKS, YES_NO_UNKNOWN, permit

from safelight.engines.policy import (
    AgreementFacts,
    AgreementStatus,
    AskerFacts,
    Authority,
    CareFacts,
    Facts,
    PatientState,
    Provision,
    Reason,
    Request,
    SessionState,
    Training,
    decide,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role

CASES = yaml.safe_load((tables.VECTORS / "combinations.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_agreements_combine(case: dict[str, Any]) -> None:
    asked = {"purpose": "lecture", "audience": "lecture-hall", **case.get("request", {})}
    request = Request(
        Purpose(asked["purpose"]),
        Audience(asked["audience"]),
        Rendition.DISPLAY,
        asked.get("recipient"),
        asked.get("audience_size"),
    )
    decision = decide(request, facts_of(case, request))
    assert decision.ground == tables.ground_of(case.get("ground"))
    assert decision.reasons == tuple(map(Reason, case.get("reasons", ())))
    assert decision.permitted is (case["decision"] == "permit")


def facts_of(case: dict[str, Any], request: Request) -> Facts:
    agreements = None
    if case["agreements"] != "unknown":
        agreements = tuple(agreement_of(spec, request) for spec in case["agreements"])
    return replace(
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
        "authority": (*Authority, None),
    }
    stated = {f: tables.value_of(spec[f], values) for f, values in allowed.items() if f in spec}
    agreement = replace(
        permit(spec["id"], request),
        recipient=spec.get("recipient"),
        audience_size=spec.get("audience_size"),
    )
    return replace(agreement, **stated)
