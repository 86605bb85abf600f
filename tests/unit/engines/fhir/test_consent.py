"""An agreement becomes a Consent of the PCF shape that says no more than the patient did."""

import itertools
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from tests.unit.engines.fhir.examples import (
    ELBOW,
    FOREARM,
    PETRA,
    TEACHING,
    agreement,
    agreements,
    by_greta,
)
from tests.unit.engines.fhir.profile import (
    FORBIDDEN_IN_CONSENT,
    FORBIDDEN_IN_PROVISION,
    STATUSES,
    depth,
    faults_of_consent,
    moment,
    walk,
)

from safelight.engines.fhir import (
    AUDIENCE_SYSTEM,
    PURPOSE_SYSTEM,
    Agreement,
    ConsentStatus,
    FhirInputError,
    Image,
    consent_resource,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import NAMED, Purpose
from safelight.vocabulary.signers import SignerRole

VECTORS = Path(__file__).parents[3] / "vectors" / "fhir"


def written(one: Agreement) -> Any:
    return consent_resource(one)


def provision(**changes: Any) -> Any:
    return written(agreement(**changes))["provision"]


def test_petras_consent_is_the_published_example() -> None:
    example = (VECTORS / "consent.json").read_text()
    assert json.dumps(consent_resource(TEACHING), indent=2) + "\n" == example
    assert faults_of_consent(json.loads(example)) == []


@pytest.mark.parametrize("status", sorted(STATUSES))
@pytest.mark.parametrize("kind", ["permit", "deny"])
def test_every_status_purpose_and_audience_keeps_the_profile(status: str, kind: str) -> None:
    for purpose, audience in itertools.product(Purpose, Audience):
        consent = written(
            agreement(
                status=status,
                provision=kind,
                purpose=purpose,
                audience=audience,
                recipient_display="The Journal of Skin" if purpose in NAMED else "",
            )
        )
        assert faults_of_consent(consent) == [], (purpose, audience)
        assert (consent["status"], consent["provision"]["type"]) == (status, kind)
        codes = [(each["system"], each["code"]) for each in consent["provision"]["purpose"]]
        assert codes[0] == (PURPOSE_SYSTEM, purpose.value)
        group = consent["provision"]["actor"][0]["reference"]["identifier"]
        assert group["system"] == AUDIENCE_SYSTEM
        assert group["value"].split("/")[0] == audience.value


def test_the_states_are_those_of_the_standard() -> None:
    assert {status.value for status in ConsentStatus} == STATUSES


@given(agreements())
def test_whatever_was_agreed_keeps_the_profile_and_survives_json(one: Agreement) -> None:
    consent = written(one)
    assert faults_of_consent(consent) == []
    assert json.loads(json.dumps(consent)) == consent
    assert json.dumps(consent_resource(one)) == json.dumps(consent)


@given(agreements())
def test_no_forbidden_element_ever_appears(one: Agreement) -> None:
    consent = written(one)
    assert not FORBIDDEN_IN_CONSENT & set(consent)
    inside = [set(value) for _, value in walk(consent["provision"]) if isinstance(value, dict)]
    # `code` is also what a Coding calls its code: only the provision itself may not have one.
    assert not FORBIDDEN_IN_PROVISION & inside[0]
    assert not (FORBIDDEN_IN_PROVISION - {"code"}) & set().union(*inside)
    assert depth(consent) == 1


@given(agreements())
def test_the_values_that_went_in_come_out(one: Agreement) -> None:
    consent = written(one)
    assert moment(consent["dateTime"]) == one.decided_at
    assert moment(consent["dateTime"]).utcoffset() == one.decided_at.utcoffset()
    listed = [each["reference"]["reference"] for each in consent["provision"]["data"]]
    assert listed == [f"Media/{each.photograph}-{each.rendition}" for each in one.images]
    assert consent["patient"]["reference"] == f"Patient/{one.patient}"


def test_only_test_data_is_marked_as_such() -> None:
    marked = written(agreement(test_data=True))["meta"]["security"]
    assert [(each["system"], each["code"]) for each in marked] == [
        ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST")
    ]
    assert "security" not in written(agreement(test_data=False))["meta"]


def test_the_last_day_is_written_as_a_day_and_so_counts_whole() -> None:
    period = provision(starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 1))["period"]
    assert period == {"start": "2026-06-01", "end": "2026-06-01"}


def test_an_agreement_without_an_end_has_a_period_without_one() -> None:
    assert provision(ends_on=None)["period"] == {"start": "2026-06-01"}


def test_each_picture_is_a_media_of_its_rendition() -> None:
    references = [each["reference"]["reference"] for each in provision()["data"]]
    assert references == [f"Media/{FOREARM}-display", f"Media/{ELBOW}-redacted"]


def test_a_deny_without_pictures_is_about_all_of_them() -> None:
    assert "data" not in provision(provision="deny", images=())


def test_a_purpose_that_hl7_does_not_know_has_our_code_alone() -> None:
    codes = provision(purpose=Purpose.CONFERENCE)["purpose"]
    assert [each["code"] for each in codes] == ["conference"]


def test_a_named_recipient_is_one_actor_that_no_other_agreement_matches() -> None:
    named = {
        "purpose": Purpose.PRINT_PUBLICATION,
        "audience": Audience.READERSHIP,
        "recipient_display": "The Journal of Skin",
    }
    first = provision(**named)["actor"]
    other = provision(agreement_id=UUID(int=7), **named)["actor"]
    assert len(first) == 1
    display = first[0]["reference"]["display"]
    assert display == "The readers of one named publication: The Journal of Skin"
    values = [actor[0]["reference"]["identifier"]["value"] for actor in (first, other)]
    assert values[0] != values[1]
    assert "readership" not in values


def test_the_patient_decides_as_patient() -> None:
    assert written(agreement())["performer"] == [
        {"reference": f"Patient/{PETRA}", "type": "Patient"}
    ]


@pytest.mark.parametrize("role", [SignerRole.GUARDIAN, SignerRole.PROXY])
def test_somebody_else_decides_by_stated_authority_and_unnamed(role: SignerRole) -> None:
    (performer,) = written(by_greta(performer=role, performer_authority="court order 7"))[
        "performer"
    ]
    assert performer["type"] == "RelatedPerson"
    assert performer["display"].endswith(": court order 7")
    assert "Greta" not in json.dumps(performer)


UNKNOWN_ZONE_SECONDS = timezone(timedelta(minutes=19, seconds=32))

BAD = {
    "a time without offset": {"decided_at": datetime(2026, 6, 1, 10)},  # noqa: DTZ001 # that is the point
    "an offset with seconds": {"decided_at": datetime(2026, 6, 1, tzinfo=UNKNOWN_ZONE_SECONDS)},
    "local mean time": {"decided_at": datetime(1890, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))},
    "an offset beyond the date line": {
        "decided_at": datetime(2026, 6, 1, tzinfo=timezone(timedelta(hours=15)))
    },
    "a day for a time": {"decided_at": date(2026, 6, 1)},
    "a time for a day": {"starts_on": datetime(2026, 6, 1, tzinfo=UTC)},
    "an end before the start": {"ends_on": date(2026, 5, 31)},
    "an unknown status": {"status": "revoked"},
    "no status": {"status": ""},
    "an unknown provision": {"provision": "maybe"},
    "a purpose as a word": {"purpose": "lecture"},
    "an audience as a word": {"audience": "public"},
    "a patient as a word": {"patient": str(PETRA)},
    "no organization": {"organization_id": ""},
    "a slash in an id": {"organization_id": "a/b"},
    "an id that is too long": {"source_reference": "x" * 65},
    "a blank name": {"organization_name": "  "},
    "a control character": {"organization_name": "Harbour\x00Hospital"},
    "half a character": {"organization_name": "Harbour \ud800"},
    "a name of a megabyte": {"organization_name": "x" * (1024 * 1024 + 1)},
    "no policy": {"policy_uri": ""},
    "a policy without a scheme": {"policy_uri": "teaching/3"},
    "a policy with a space": {"policy_uri": "https://hospital.example/a b"},
    "no authority": {"performer": SignerRole.GUARDIAN, "performer_authority": ""},
    "a blank recipient": {"recipient_display": " "},
    "a permit of no picture": {"images": ()},
    "a picture twice": {"images": (Image(FOREARM, "display"), Image(FOREARM, "display"))},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD)
def test_what_cannot_be_written_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(FhirInputError):
        agreement(**changes)


@pytest.mark.parametrize("purpose", sorted(NAMED))
def test_a_named_use_without_its_name_is_never_permitted(purpose: Purpose) -> None:
    with pytest.raises(FhirInputError):
        agreement(purpose=purpose)
    assert faults_of_consent(written(agreement(purpose=purpose, provision="deny"))) == []


@pytest.mark.parametrize(
    ("photograph", "rendition"), [(FOREARM, "poster"), (str(FOREARM), "display"), (FOREARM, "")]
)
def test_a_picture_that_is_not_known_is_refused(photograph: Any, rendition: str) -> None:
    with pytest.raises(FhirInputError):
        Image(photograph, rendition)
