"""Signing and withdrawal are told with time, person and kind of signature."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.fhir.examples import (
    DECIDED,
    DRAWN,
    NOON,
    PABLO,
    PETRA,
    TEACHING,
    agreement,
    agreements,
    by_greta,
)
from tests.unit.engines.fhir.profile import (
    ACT_REASON,
    DATA_OPERATION,
    SIGNATURE_TYPES,
    STATUSES,
    faults_of_provenance,
    moment,
)

from safelight.engines.fhir import (
    Agreement,
    Attestation,
    ConsentStatus,
    FhirInputError,
    Signature,
    signature_provenance,
    withdrawal_provenance,
)
from safelight.vocabulary.signers import SignerRole

ALICE = UUID("a11ce000-0000-4000-8000-000000000001")
WITNESS = Attestation(name="Bob, ward 3", practitioner=ALICE, signature=DRAWN)
INTERPRETER = Attestation(
    name="Telephone interpreter 41", practitioner=None, signature=replace(DRAWN, data=b"")
)
SIGNER_KINDS = [
    "1.2.840.10065.1.12.1.7",
    "1.2.840.10065.1.12.1.11",
    "1.2.840.10065.1.12.1.12",
]


def signed(one: Agreement = TEACHING, **others: Any) -> Any:
    return signature_provenance(one, DRAWN, recorded=NOON, **others)


def kinds(provenance: Any) -> list[str]:
    return [each["type"][0]["code"] for each in provenance["signature"]]


def test_a_consent_signature_says_who_when_and_what() -> None:
    provenance = signed()
    assert faults_of_provenance(provenance) == []
    assert provenance["target"][0]["reference"] == f"Consent/{TEACHING.agreement_id}"
    (signature,) = provenance["signature"]
    assert signature["type"] == [
        {"system": SIGNATURE_TYPES, "code": SIGNER_KINDS[0], "display": "Consent Signature"}
    ]
    assert signature["who"]["reference"] == f"Patient/{PETRA}"
    assert moment(signature["when"]) == DECIDED
    assert (signature["targetFormat"], signature["sigFormat"]) == ("application/pdf", "image/png")
    assert b64decode(signature["data"], validate=True) == DRAWN.data


@pytest.mark.parametrize("witness", [None, WITNESS])
@pytest.mark.parametrize("interpreter", [None, INTERPRETER])
def test_witness_and_interpreter_sign_as_what_they_are(
    witness: Attestation | None, interpreter: Attestation | None
) -> None:
    provenance = signed(witness=witness, interpreter=interpreter)
    assert faults_of_provenance(provenance) == []
    present = [True, witness is not None, interpreter is not None]
    assert kinds(provenance) == [
        kind for kind, there in zip(SIGNER_KINDS, present, strict=True) if there
    ]


def test_staff_are_referred_to_and_outsiders_described() -> None:
    _, witness, interpreter = signed(witness=WITNESS, interpreter=INTERPRETER)["signature"]
    assert witness["who"]["reference"] == f"Practitioner/{ALICE}"
    assert interpreter["who"] == {"display": "Telephone interpreter 41"}
    assert "data" not in interpreter


def test_a_guardian_signs_on_behalf_of_the_child() -> None:
    provenance = signed(by_greta())
    assert faults_of_provenance(provenance) == []
    for part in (provenance["signature"][0], provenance["agent"][0]):
        assert part["who"]["type"] == "RelatedPerson"
        assert part["onBehalfOf"]["reference"] == f"Patient/{PABLO}"


def test_a_patient_signs_on_behalf_of_nobody() -> None:
    assert "onBehalfOf" not in signed()["signature"][0]


def test_the_signed_record_is_what_it_rests_on() -> None:
    (entity,) = signed()["entity"]
    assert (entity["role"], entity["what"]["reference"]) == (
        "source",
        "DocumentReference/signed-0f8fad5b",
    )


BAD: dict[str, Signature] = {
    "empty": replace(DRAWN, data=b""),
    "a time without offset": replace(DRAWN, when=datetime(2026, 6, 1)),  # noqa: DTZ001 # that is the point
    "no target format": replace(DRAWN, target_format=""),
    "no signature format": replace(DRAWN, signature_format="png"),
}


@pytest.mark.parametrize("signature", BAD.values(), ids=BAD)
def test_a_bad_signature_is_refused(signature: Signature) -> None:
    with pytest.raises(FhirInputError):
        signature_provenance(TEACHING, signature, recorded=NOON)


def test_a_nameless_witness_is_refused() -> None:
    with pytest.raises(FhirInputError):
        signed(witness=replace(WITNESS, name=" "))


def test_a_signing_is_recorded_at_a_time_with_its_offset() -> None:
    with pytest.raises(FhirInputError):
        signature_provenance(TEACHING, DRAWN, recorded=datetime(2026, 6, 1))  # noqa: DTZ001 # that is the point


def test_a_withdrawal_says_that_the_patient_asked_for_it() -> None:
    withdrawn = agreement(status=ConsentStatus.INACTIVE)
    provenance: Any = withdrawal_provenance(withdrawn, recorded=NOON)
    assert faults_of_provenance(provenance) == []
    assert provenance["target"][0]["reference"] == f"Consent/{TEACHING.agreement_id}"
    codes = [
        (each["coding"][0]["system"], each["coding"][0]["code"])
        for each in (provenance["activity"], *provenance["reason"])
    ]
    assert codes == [(DATA_OPERATION, "UPDATE"), (ACT_REASON, "PATRQT")]
    assert [agent["who"]["reference"] for agent in provenance["agent"]] == [f"Patient/{PETRA}"]
    assert moment(provenance["recorded"]) == NOON
    assert "signature" not in provenance


def test_a_child_grown_up_withdraws_what_the_guardian_signed() -> None:
    provenance: Any = withdrawal_provenance(by_greta(status="inactive"), recorded=NOON)
    (agent,) = provenance["agent"]
    assert agent["who"]["reference"] == f"Patient/{PABLO}"
    assert "onBehalfOf" not in agent


def test_a_guardian_withdraws_on_behalf_of_the_child_and_by_authority() -> None:
    withdrawn = by_greta(status="inactive")
    provenance: Any = withdrawal_provenance(
        withdrawn, recorded=NOON, by=SignerRole.GUARDIAN, authority="mother"
    )
    assert faults_of_provenance(provenance) == []
    (agent,) = provenance["agent"]
    assert agent["who"] == {"type": "RelatedPerson", "display": "A guardian, for a child: mother"}
    assert agent["onBehalfOf"]["reference"] == f"Patient/{PABLO}"
    with pytest.raises(FhirInputError):
        withdrawal_provenance(withdrawn, recorded=NOON, by=SignerRole.GUARDIAN)


@pytest.mark.parametrize("status", sorted(STATUSES - {"inactive"}))
def test_only_what_is_inactive_was_withdrawn(status: str) -> None:
    with pytest.raises(FhirInputError):
        withdrawal_provenance(agreement(status=status), recorded=NOON)


def test_signing_and_withdrawal_are_two_resources_of_the_same_consent() -> None:
    withdrawn = agreement(status="inactive")
    assert signed(withdrawn)["id"] != withdrawal_provenance(withdrawn, recorded=NOON)["id"]
    assert signed(withdrawn)["id"] == signed(TEACHING)["id"]


def test_only_test_data_is_marked_as_such() -> None:
    assert signed(agreement(test_data=True))["meta"]["security"][0]["code"] == "HTEST"
    assert "meta" not in signed(agreement(test_data=False))


@given(agreements(), st.binary(min_size=1, max_size=50))
def test_whatever_was_signed_is_well_formed_and_survives_json(one: Agreement, data: bytes) -> None:
    signature = replace(DRAWN, data=data)
    provenance: Any = signature_provenance(one, signature, recorded=NOON, witness=WITNESS)
    assert faults_of_provenance(provenance) == []
    assert json.loads(json.dumps(provenance)) == provenance
    assert b64decode(provenance["signature"][0]["data"]) == data
