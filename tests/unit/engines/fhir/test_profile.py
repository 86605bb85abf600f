"""The checker itself: each rule it stands for is broken once, and it must notice."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.engines.fhir.examples import TEACHING
from tests.unit.engines.fhir.profile import depth, faults_of_consent

from safelight.engines.fhir import consent_resource

Change = Callable[[Any], Any]

BREAKS: dict[str, Change] = {
    "revoked": lambda c: c.update(status="revoked"),
    "another scope": lambda c: c["scope"]["coding"][0].update(code="treatment"),
    "another category": lambda c: c["category"][0]["coding"][0].update(code="64292-6"),
    "no performer": lambda c: c.update(performer=[]),
    "two organizations": lambda c: c["organization"].append({"display": "another"}),
    "an attachment": lambda c: c.update(sourceAttachment={"title": "paper"}),
    "no policy": lambda c: c.update(policy=[]),
    "an authority": lambda c: c["policy"][0].update(authority="https://hospital.example"),
    "a verification": lambda c: c.update(verification=[{"verified": True}]),
    "a date": lambda c: c.update(dateTime="2026-06-01"),
    "no offset": lambda c: c.update(dateTime="2026-06-01T10:15:30"),
    "a timed end": lambda c: c["provision"]["period"].update(end="2028-05-31T00:00:00Z"),
    "an end before": lambda c: c["provision"]["period"].update(end="2020-01-01"),
    "another role": lambda c: c["provision"]["actor"][0]["role"]["coding"][0].update(code="CST"),
    "two actors": lambda c: c["provision"]["actor"].append(c["provision"]["actor"][0]),
    "HL7 first": lambda c: c["provision"]["purpose"].reverse(),
    "a wider HL7 code": lambda c: c["provision"]["purpose"][1].update(code="HOPERAT"),
    "related data": lambda c: c["provision"]["data"][0].update(meaning="related"),
    "no pictures": lambda c: c["provision"].pop("data"),
    "an empty list": lambda c: c["provision"].update(data=[]),
    "a class": lambda c: c["provision"].update({"class": [{"code": "Media"}]}),
    "a code": lambda c: c["provision"].update(code=[{"text": "photograph"}]),
    "an action": lambda c: c["provision"].update(action=[{"text": "access"}]),
    "a label": lambda c: c["provision"].update(securityLabel=[{"code": "R"}]),
    "a nested one": lambda c: c["provision"].update(provision=[{"type": "deny"}]),
    "a null": lambda c: c.update(language=None),
    "no profile": lambda c: c["meta"].update(profile=["https://hospital.example/other"]),
}


@pytest.mark.parametrize("spoil", BREAKS.values(), ids=BREAKS)
def test_a_broken_consent_is_noticed(spoil: Change) -> None:
    consent: Any = copy.deepcopy(consent_resource(TEACHING))
    assert faults_of_consent(consent) == []
    spoil(consent)
    assert faults_of_consent(consent) != []


def test_depth_counts_nested_provisions() -> None:
    inner = {"type": "deny", "provision": [{"type": "permit"}]}
    assert depth({"provision": {"type": "permit", "provision": [inner]}}) == 3
    assert depth(json.loads('{"provision": {"type": "permit"}}')) == 1
