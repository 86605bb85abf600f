"""The page for hospital IT names every element, code and system that the engine writes."""

from pathlib import Path

import pytest
from tests.unit.engines.fhir.profile import CONSENT_ELEMENTS, PROVISION_ELEMENTS, STATUSES

from safelight.engines.fhir import AUDIENCE_SYSTEM, PURPOSE_SYSTEM
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "fhir-consent.md").read_text()


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_is_told_with_its_hl7_code(purpose: Purpose) -> None:
    beside = f"`{purpose.act_reason}`" if purpose.act_reason else "none"
    assert f"| `{purpose}` | {purpose.display} | {beside} |" in PAGE


@pytest.mark.parametrize("audience", list(Audience))
def test_every_audience_is_told(audience: Audience) -> None:
    assert f"| `{audience}` | {audience.display} |" in PAGE


def test_every_status_rendition_and_system_is_told() -> None:
    words = {*STATUSES, *Rendition, PURPOSE_SYSTEM, AUDIENCE_SYSTEM}
    assert [word for word in sorted(words) if f"`{word}`" not in PAGE] == []


def test_every_element_is_told() -> None:
    inside = {f"provision.{name}" for name in PROVISION_ELEMENTS}
    elements = CONSENT_ELEMENTS - {"resourceType", "provision", "meta", "policy"} | inside
    assert [name for name in sorted(elements) if f"`{name}`" not in PAGE] == []
    assert all(f"`{name}`" in PAGE for name in ("meta.profile", "meta.security", "policy.uri"))
