"""The same facts as the copy, for other systems."""

import json

import pytest
from tests.cast import Cast
from tests.consenting import TEACHING, agreement_to, proposal_of, signed, visit_to
from tests.taking import take
from tests.unit.engines.fhir.profile import (
    faults_of_bundle,
    faults_of_consent,
    faults_of_json,
    faults_of_provenance,
)

from safelight.audit.models import Event
from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.services.ending import withdraw
from safelight.release.copies import RecordForm, record_for_signer
from safelight.vocabulary.events import EventTag

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

BASE = "https://safelight.test/"
ONE, LECTURE = TEACHING


def given(visit, form: RecordForm):
    return json.loads(record_for_signer(visit, BASE, form).content)


@pytest.mark.parametrize("ends", [False, True])
def test_the_fhir_of_what_was_signed_keeps_every_rule_of_the_profile(
    cast: Cast, *, ends: bool
) -> None:
    pictures = [take(cast.alice, cast.petra), take(cast.alice, cast.petra)]
    visit = signed(cast.alice, cast.petra, pictures, [ONE], no=[LECTURE], leave_out=pictures[1:])
    if ends:
        withdraw(visit, agreement_to(visit, ONE).id)
    bundle = given(visit, RecordForm.FHIR)
    assert [*faults_of_json(bundle), *faults_of_bundle(bundle)] == []
    resources = [entry["resource"] for entry in bundle["entry"]]
    consents = [item for item in resources if item["resourceType"] == "Consent"]
    provenances = [item for item in resources if item["resourceType"] == "Provenance"]
    assert [fault for item in consents for fault in faults_of_consent(item)] == []
    assert [fault for item in provenances for fault in faults_of_provenance(item)] == []
    assert {item["status"] for item in consents} == {"inactive" if ends else "active", "rejected"}
    assert len(provenances) == (3 if ends else 2)


def test_the_consent_record_tells_each_event(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE], no=[LECTURE])
    withdraw(visit, agreement_to(visit, ONE).id)
    text = json.dumps(given(visit, RecordForm.CONSENT_RECORD))
    for word in ("requested", "given", "refused", "withdrawn"):
        assert f'"{word}"' in text


@pytest.mark.parametrize("form", RecordForm)
def test_there_is_none_before_anything_was_signed_and_giving_it_is_an_event(
    cast: Cast, form: RecordForm
) -> None:
    picture = take(cast.alice, cast.petra)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    with pytest.raises(ProposalNotFoundError):
        record_for_signer(visit, BASE, form)
    done = signed(cast.alice, cast.petra, [picture], [ONE])
    record_for_signer(done, BASE, form)
    assert Event.objects.filter(tag=EventTag.CONSENT_COPY_GIVEN.value, actor=done.access).exists()
