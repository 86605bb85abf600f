"""What was signed, told to other systems: FHIR R4 as IHE PCF has it, and a record for the patient."""

import json
from uuid import UUID, uuid4

import pytest
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    visit_to,
)
from tests.taking import take
from tests.unit.engines.fhir.profile import Json, faults_of_bundle

from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.exports import consent_records, fhir_bundle
from safelight.consent.services.ending import enter_in_error, withdraw
from safelight.consent.services.proposing import People
from safelight.consent.visits import Visit
from safelight.vocabulary.purposes import BY_AGREEMENT, Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING
SITE = "https://photos.example.org/"
OTHERS = BY_AGREEMENT - {Purpose.SOCIAL_MEDIA}


@pytest.fixture
def visit(cast: Cast) -> Visit:
    pictures = [take(cast.alice, cast.petra), take(cast.alice, cast.petra)]
    return signed(cast.alice, cast.petra, pictures, [ONE], no=[LECTURE], leave_out=pictures[1:])


def bundle(proposal: UUID) -> Json:
    """As it goes over the wire."""
    read: Json = json.loads(json.dumps(fhir_bundle(proposal, SITE)))
    return read


def resources(whole: Json, kind: str) -> list[Json]:
    return [
        entry["resource"] for entry in whole["entry"] if entry["resource"]["resourceType"] == kind
    ]


def consent_to(whole: Json, visit: Visit, purpose: Purpose) -> Json:
    wanted = str(agreement_to(visit, purpose).id)
    return next(item for item in resources(whole, "Consent") if wanted in json.dumps(item))


def test_a_signed_proposal_keeps_every_rule_of_the_profile(visit: Visit) -> None:
    assert faults_of_bundle(bundle(visit.proposal)) == []


def test_every_use_that_can_be_asked_keeps_the_rules(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], sorted(OTHERS))
    whole = bundle(visit.proposal)
    assert faults_of_bundle(whole) == []
    assert len(resources(whole, "Consent")) == len(OTHERS)


def test_a_yes_permits_and_lists_the_pictures_a_no_denies(visit: Visit) -> None:
    whole = bundle(visit.proposal)
    yes, no = (consent_to(whole, visit, purpose) for purpose in TEACHING)
    assert (yes["status"], yes["provision"]["type"]) == ("active", "permit")
    assert (no["status"], no["provision"]["type"]) == ("rejected", "deny")
    listed = {image.photograph_id for image in agreement_to(visit, ONE).images.all()}
    assert len(listed) == 1
    assert str(listed.pop()) in json.dumps(yes["provision"]["data"])
    assert "data" not in no["provision"]


def test_a_withdrawal_appears_with_its_provenance(visit: Visit) -> None:
    before = len(resources(bundle(visit.proposal), "Provenance"))
    withdraw(visit, agreement_to(visit, ONE).id)
    whole = bundle(visit.proposal)
    assert faults_of_bundle(whole) == []
    assert consent_to(whole, visit, ONE)["status"] == "inactive"
    assert len(resources(whole, "Provenance")) == before + 1


def test_a_mistake_is_told_as_such(cast: Cast, visit: Visit) -> None:
    enter_in_error(cast.alice, agreement_to(visit, ONE).id)
    whole = bundle(visit.proposal)
    assert faults_of_bundle(whole) == []
    assert consent_to(whole, visit, ONE)["status"] == "entered-in-error"


def test_interpreter_and_witness_keep_the_rules_too(cast: Cast) -> None:
    people = People(signer="Petra Okonjo-Müller", interpreter="Rhea", witness="Bob")
    picture = take(cast.alice, cast.petra)
    visit = visit_to(
        cast.alice, proposal_of(cast.alice, cast.petra, [picture], people=people, language="ar")
    )
    look_at_all(visit)
    answer_all(visit, [ONE])
    sign_now(visit)
    whole = bundle(visit.proposal)
    assert faults_of_bundle(whole) == []
    assert "Rhea" in json.dumps(whole)


def test_nothing_is_exported_before_it_is_signed(cast: Cast) -> None:
    proposal = proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    for unsigned in (proposal, uuid4()):
        with pytest.raises(ProposalNotFoundError):
            fhir_bundle(unsigned, SITE)
        with pytest.raises(ProposalNotFoundError):
            consent_records(unsigned, SITE)


def told(record: dict[str, object]) -> str:
    """The whole as text, for what stands in it."""
    return json.dumps(record)


def test_the_patient_has_a_record_of_each_use(visit: Visit) -> None:
    records = consent_records(visit.proposal, SITE)
    assert len(records) == len(TEACHING)
    for purpose in TEACHING:
        (record,) = [item for item in records if str(agreement_to(visit, purpose).id) in told(item)]
        assert "+1 555 010 0199" in told(record)
        assert SITE.rstrip("/") in told(record)


def test_the_record_tells_what_became_of_it(cast: Cast, visit: Visit) -> None:
    before = told({"all": consent_records(visit.proposal, SITE)})
    withdraw(visit, agreement_to(visit, ONE).id)
    after = told({"all": consent_records(visit.proposal, SITE)})
    assert "withdrawn" in after.lower()
    assert before.lower().count("withdrawn") < after.lower().count("withdrawn")
