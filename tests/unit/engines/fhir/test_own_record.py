"""What a patient takes along says whose it is, where each picture lies, and who looked."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.unit.engines.fhir.examples import NOON, PETRA
from tests.unit.engines.fhir.profile import ACT_REASON, faults_of_bundle

from safelight.engines.fhir import (
    Access,
    FhirInputError,
    Form,
    KeptPicture,
    Person,
    access_event,
    own_bundle,
    person_resource,
    picture_resources,
)
from safelight.vocabulary.body_sites import BODY_SITES
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import Sensitivity

HOUSE = "Test Hospital"
FOREARM = next(site for site in BODY_SITES.values() if site.allows(Laterality.LEFT))
WHO = Person(
    key=PETRA,
    sex="female",
    family="Okonjo-Müller",
    given="Petra",
    born_on=date(1971, 3, 9),
    identifiers=(("urn:test:hospital-number", "H-204817"),),
)
FORM = Form(
    path="pictures/001-as-taken.jpg",
    title="As taken",
    content_type="image/jpeg",
    size=7,
    sha1=b"\x01" * 20,
)
PICTURE = KeptPicture(
    key=UUID(int=1),
    title="Forearm, left",
    taken_at=NOON,
    received_at=NOON,
    forms=(FORM, replace(FORM, path="pictures/001-covered.jpg", title="Covered")),
    site=FOREARM,
    laterality=Laterality.LEFT,
)
LOOK = Access(
    key=UUID(int=2),
    kind="access",
    at=NOON,
    who="Alice clinician",
    role="Clinician",
    act_reason="TREAT",
    pictures=(PICTURE.key,),
)


def bundle(*events: Access, person: Person = WHO, picture: KeptPicture = PICTURE) -> Any:
    resources = [person_resource(person), *picture_resources(picture, person.key, HOUSE)]
    resources += [access_event(item, person.key, HOUSE) for item in events]
    return own_bundle(resources, person, assembled_at=NOON, test_data=True)


def only(kind: str, found: Any) -> Any:
    [resource] = [e["resource"] for e in found["entry"] if e["resource"]["resourceType"] == kind]
    return resource


def test_a_bundle_keeps_the_rules_and_everything_in_it_hangs_together() -> None:
    found = bundle(LOOK, replace(LOOK, key=UUID(int=3), kind="disclose", role="", act_reason=""))
    assert faults_of_bundle(found) == []
    assert json.loads(json.dumps(found)) == found
    assert all(
        entry["resource"]["meta"]["security"][0]["code"] == "HTEST" for entry in found["entry"]
    )


def test_each_form_of_a_picture_is_a_content_that_lies_in_the_folder() -> None:
    document = only("DocumentReference", bundle())
    first, second = (item["attachment"] for item in document["content"])
    assert (first["url"], second["url"]) == (FORM.path, "pictures/001-covered.jpg")
    assert b64decode(first["hash"]) == FORM.sha1
    assert "data" not in first


def test_a_picture_that_nobody_labelled_shows_no_site() -> None:
    found = bundle(picture=replace(PICTURE, site=None))
    assert {e["resource"]["resourceType"] for e in found["entry"]} == {
        "Patient",
        "DocumentReference",
    }
    assert "context" not in only("DocumentReference", found)


@pytest.mark.parametrize("kind", [Sensitivity.INTIMATE, Sensitivity.FORENSIC])
def test_a_protected_picture_bears_the_stricter_label(kind: Sensitivity) -> None:
    document = only("DocumentReference", bundle(picture=replace(PICTURE, sensitivity=kind)))
    assert document["securityLabel"][0]["coding"][0]["code"] == "V"


def test_a_look_says_who_why_and_at_what() -> None:
    event = only("AuditEvent", bundle(LOOK))
    assert event["agent"] == [
        {"role": [{"text": "Clinician"}], "name": "Alice clinician", "requestor": True}
    ]
    assert event["purposeOfEvent"][0]["coding"][0] == {"system": ACT_REASON, "code": "TREAT"}
    assert event["entity"][1]["what"]["reference"] == f"urn:uuid:{PICTURE.key}"


def test_a_word_of_our_own_is_not_passed_off_as_one_of_hl7() -> None:
    event = only("AuditEvent", bundle(replace(LOOK, act_reason="print-publication")))
    assert "purposeOfEvent" not in event


def test_what_was_signed_under_a_merged_record_leads_to_the_one_that_is_kept() -> None:
    consent = {
        "resourceType": "Consent",
        "id": "c",
        "patient": {"reference": f"Patient/{UUID(int=9)}"},
    }
    person = replace(WHO, others=(UUID(int=9),))
    found = own_bundle([person_resource(person), consent], person, assembled_at=NOON)
    assert only("Consent", found)["patient"]["reference"] == f"urn:uuid:{PETRA}"


def test_nobody_needs_a_name() -> None:
    assert person_resource(Person(key=PETRA)) == {
        "resourceType": "Patient",
        "id": str(PETRA),
        "gender": "unknown",
    }


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.jpg", "a/../../x.jpg", "https://evil/x.jpg"])
def test_no_file_is_named_outside_the_folder(path: str) -> None:
    with pytest.raises(FhirInputError):
        replace(FORM, path=path)


def test_what_is_not_there_is_not_written() -> None:
    with pytest.raises(FhirInputError):
        replace(PICTURE, forms=())
    with pytest.raises(FhirInputError):
        replace(FORM, sha1=b"short")
    with pytest.raises(FhirInputError):
        bundle(LOOK, LOOK)
