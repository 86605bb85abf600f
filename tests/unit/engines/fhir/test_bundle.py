"""All agreements of one patient in one file, the same file every time."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.fhir.examples import (
    DRAWN,
    NOON,
    PABLO,
    PETRA,
    TEACHING,
    agreement,
    agreements,
)
from tests.unit.engines.fhir.profile import (
    faults_of_bundle,
    faults_of_consent,
    faults_of_provenance,
)

from safelight.engines.fhir import (
    Agreement,
    Element,
    FhirInputError,
    consent_bundle,
    signature_provenance,
    withdrawal_provenance,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import Purpose

VECTORS = Path(__file__).parents[3] / "vectors" / "fhir"

LECTURE = agreement(
    agreement_id=UUID("0f8fad5b-d9cb-469f-a165-70867728950f"),
    status="rejected",
    provision="deny",
    purpose=Purpose.LECTURE,
    audience=Audience.LECTURE_HALL,
)
WITHDRAWN = agreement(status="inactive")
SIGNED = signature_provenance(WITHDRAWN, DRAWN, recorded=NOON)
TAKEN_BACK = withdrawal_provenance(WITHDRAWN, recorded=NOON)


def bundle(*ones: Agreement, provenances: tuple[Element, ...] = ()) -> Any:
    return consent_bundle(ones, provenances, assembled_at=NOON)


def test_petras_bundle_is_the_published_example() -> None:
    written = bundle(WITHDRAWN, LECTURE, provenances=(SIGNED, TAKEN_BACK))
    example = (VECTORS / "bundle.json").read_text()
    assert json.dumps(written, indent=2) + "\n" == example
    assert faults_of_bundle(json.loads(example)) == []


def test_the_order_of_what_is_given_makes_no_difference() -> None:
    one = bundle(WITHDRAWN, LECTURE, provenances=(SIGNED, TAKEN_BACK))
    other = bundle(LECTURE, WITHDRAWN, provenances=(TAKEN_BACK, SIGNED))
    assert json.dumps(one) == json.dumps(other)


def test_a_provenance_leads_to_its_consent_inside_the_bundle() -> None:
    entries = bundle(WITHDRAWN, provenances=(SIGNED,))["entry"]
    consent, provenance = entries
    assert provenance["resource"]["target"][0]["reference"] == consent["fullUrl"]
    assert SIGNED["target"] == [
        {"reference": f"Consent/{WITHDRAWN.agreement_id}", "type": "Consent"}
    ]


def test_a_bundle_at_another_time_or_of_other_things_has_another_id() -> None:
    later = consent_bundle([TEACHING], assembled_at=NOON.replace(hour=13))
    ids = {bundle(TEACHING)["id"], bundle(LECTURE)["id"], bundle()["id"], later["id"]}
    assert len(ids) == 4


def test_a_patient_without_agreements_gets_a_bundle_without_entries() -> None:
    assert "entry" not in bundle()
    assert faults_of_bundle(bundle()) == []


def test_a_bundle_is_marked_when_anything_in_it_is_test_data() -> None:
    real = agreement(test_data=False)
    assert "meta" not in bundle(real)
    assert bundle(real, LECTURE)["meta"]["security"][0]["code"] == "HTEST"


def test_two_patients_never_share_a_bundle() -> None:
    with pytest.raises(FhirInputError):
        bundle(TEACHING, agreement(agreement_id=UUID(int=1), patient=PABLO))


def test_an_agreement_comes_once() -> None:
    with pytest.raises(FhirInputError):
        bundle(TEACHING, WITHDRAWN)


def test_a_provenance_comes_once() -> None:
    with pytest.raises(FhirInputError):
        bundle(WITHDRAWN, provenances=(SIGNED, SIGNED))


STRANGE: dict[str, Element] = {
    "about another consent": withdrawal_provenance(
        agreement(agreement_id=UUID(int=9), status="inactive"), recorded=NOON
    ),
    "about nothing": {**SIGNED, "target": []},
    "about somebody": {**SIGNED, "target": [{"reference": f"Patient/{PETRA}"}]},
    "about a word": {**SIGNED, "target": "Consent"},
    "not a provenance": {**SIGNED, "resourceType": "AuditEvent"},
    "without id": {key: value for key, value in SIGNED.items() if key != "id"},
    "empty": {},
}


@pytest.mark.parametrize("provenance", STRANGE.values(), ids=STRANGE)
def test_what_does_not_belong_to_the_bundle_is_refused(provenance: Element) -> None:
    with pytest.raises(FhirInputError):
        bundle(WITHDRAWN, provenances=(provenance,))


def test_a_bundle_is_assembled_at_a_time_with_its_offset() -> None:
    with pytest.raises(FhirInputError):
        consent_bundle([TEACHING], assembled_at=datetime(2026, 6, 1))  # noqa: DTZ001 # that is the point


@given(st.lists(agreements(PETRA), max_size=4, unique_by=lambda one: one.agreement_id))
def test_whatever_a_patient_agreed_to_fits_in_a_bundle(ones: list[Agreement]) -> None:
    provenances = [signature_provenance(one, DRAWN, recorded=NOON) for one in ones]
    whole: Any = consent_bundle(ones, provenances, assembled_at=NOON)
    assert faults_of_bundle(whole) == []
    assert json.loads(json.dumps(whole)) == whole
    resources = [entry["resource"] for entry in whole.get("entry", [])]
    assert len(resources) == 2 * len(ones)
    for resource in resources:
        check = faults_of_consent if resource["resourceType"] == "Consent" else faults_of_provenance
        assert check(resource) == []
