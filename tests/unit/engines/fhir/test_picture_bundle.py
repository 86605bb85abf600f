"""A copy of pictures for a recipient's own system says where on the body, and not whose."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.fhir.examples import NOON, PETRA
from tests.unit.engines.fhir.profile import faults_of_bundle

from safelight.engines.fhir import FhirInputError, Picture, Subject, picture_bundle
from safelight.vocabulary.body_sites import BODY_SITES, body_site
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import ImageView, Sensitivity

VECTORS = Path(__file__).parents[3] / "vectors" / "fhir"
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
FOREARM = next(site for site in BODY_SITES.values() if site.allows(Laterality.LEFT))
HEAD = body_site("69536005")

SUBJECT = Subject(pseudonym=PETRA, sex="female", years=(40, 49))
PICTURE = Picture(
    key=UUID(int=1),
    data=JPEG,
    site=FOREARM,
    laterality=Laterality.LEFT,
    view=ImageView.CLOSE_UP,
    taken_on=date(2026, 6, 1),
)


def bundle(*pictures: Picture, subject: Subject = SUBJECT, test_data: bool = False) -> Any:
    return picture_bundle(
        pictures or (PICTURE,),
        subject,
        institution="Harbour Hospital",
        exported_at=NOON,
        test_data=test_data,
    )


def resources(whole: Any, kind: str) -> list[Any]:
    found = [entry["resource"] for entry in whole["entry"]]
    return [each for each in found if each["resourceType"] == kind]


# Elements and codes of R4, written from the standard and not from the engine.
ALLOWED = {
    "Patient": {"gender"},
    "DocumentReference": {
        "masterIdentifier", "status", "docStatus", "type", "category", "subject", "date",
        "custodian", "description", "securityLabel", "content", "context",
    },
    "BodyStructure": {"location", "locationQualifier", "patient"},
    "Binary": {"contentType", "securityContext", "data"},
}  # fmt: skip
REQUIRED = {
    "Patient": set[str](),
    "DocumentReference": {"status", "content", "type", "category", "subject", "date"},
    "BodyStructure": {"patient"},
    "Binary": {"contentType", "data"},
}


def test_every_resource_has_the_elements_of_its_kind() -> None:
    for entry in bundle()["entry"]:
        resource = entry["resource"]
        kind, has = resource["resourceType"], set(resource) - {"resourceType", "id", "meta"}
        assert REQUIRED[kind] <= has <= ALLOWED[kind]


def test_a_copy_is_a_bundle_that_keeps_every_rule() -> None:
    whole = bundle(PICTURE, replace(PICTURE, key=UUID(int=2)))

    assert faults_of_bundle(whole) == []
    assert json.loads(json.dumps(whole)) == whole


def test_the_published_example_is_what_is_written() -> None:
    example = VECTORS / "pictures.json"

    assert json.dumps(bundle(test_data=True), indent=2) + "\n" == example.read_text()


def test_each_picture_is_a_document_with_its_bytes() -> None:
    other = replace(PICTURE, key=UUID(int=2), data=JPEG + b"2")
    whole = bundle(PICTURE, other)
    by_url = {entry["fullUrl"]: entry["resource"] for entry in whole["entry"]}

    documents = resources(whole, "DocumentReference")
    attachments = [document["content"][0]["attachment"] for document in documents]
    assert [len(document["content"]) for document in documents] == [1, 1]
    kept = [b64decode(by_url[attachment["url"]]["data"]) for attachment in attachments]
    assert kept == [PICTURE.data, other.data]
    assert [attachment["size"] for attachment in attachments] == [len(data) for data in kept]
    assert attachments[0]["creation"] == "2026-06-01"


def test_the_codes_are_those_of_the_standards() -> None:
    document = resources(bundle(), "DocumentReference")[0]

    assert (document["status"], document["docStatus"]) == ("current", "final")
    assert document["type"]["coding"] == [{"system": "http://loinc.org", "code": "72170-4"}]
    assert document["category"][0]["coding"][0]["code"] == "image"
    assert document["context"]["event"][0]["coding"][0]["code"] == "XC"
    assert document["securityLabel"][0]["coding"][0]["code"] == "R"


def test_a_dermoscopic_picture_says_so_and_an_intimate_one_is_labelled_stricter() -> None:
    picture = replace(PICTURE, view=ImageView.DERMOSCOPIC, sensitivity=Sensitivity.INTIMATE)
    document = resources(bundle(picture), "DocumentReference")[0]

    assert document["context"]["event"][0]["coding"][0]["code"] == "DMS"
    assert document["securityLabel"][0]["coding"][0]["code"] == "V"


def test_the_site_and_its_side_are_coded() -> None:
    whole = bundle()
    site = resources(whole, "BodyStructure")[0]
    document = resources(whole, "DocumentReference")[0]

    assert document["context"]["related"][0]["reference"] == f"urn:uuid:{site['id']}"
    snomed = "http://snomed.info/sct"
    assert site["location"]["coding"] == [{"system": snomed, "code": FOREARM.code}]
    assert site["locationQualifier"][0]["coding"][0]["code"] == "419161000"


def test_no_side_is_said_where_there_is_none() -> None:
    picture = replace(PICTURE, site=HEAD, laterality=Laterality.NOT_APPLICABLE)

    assert "locationQualifier" not in resources(bundle(picture), "BodyStructure")[0]


def test_the_patient_is_a_pseudonym_with_sex_and_age_band_and_nothing_else() -> None:
    whole = bundle()

    assert resources(whole, "Patient") == [
        {"resourceType": "Patient", "id": str(PETRA), "gender": "female"}
    ]
    subject = resources(whole, "DocumentReference")[0]["subject"]
    assert subject["display"] == "Female, 40 to 49 years"


def test_what_is_not_told_is_not_there() -> None:
    whole = bundle(replace(PICTURE, taken_on=None), subject=Subject(pseudonym=PETRA))
    document = resources(whole, "DocumentReference")[0]

    assert "display" not in document["subject"]
    assert "creation" not in document["content"][0]["attachment"]
    assert resources(whole, "Patient")[0]["gender"] == "unknown"


def test_test_data_is_marked_on_every_resource() -> None:
    whole = bundle(test_data=True)
    marked = [whole, *(entry["resource"] for entry in whole["entry"])]

    assert {each["meta"]["security"][0]["code"] for each in marked} == {"HTEST"}


def test_the_same_copy_is_the_same_file() -> None:
    assert json.dumps(bundle()) == json.dumps(bundle())


def no_copy(**changes: Any) -> None:
    replace(PICTURE, **changes)


REFUSED: dict[str, Any] = {
    "a side that the site has not": {"site": body_site("38266002")},
    "no bytes": {"data": b""},
    "another format": {"content_type": "image/svg+xml"},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_no_picture_has(changes: dict[str, Any]) -> None:
    with pytest.raises(FhirInputError):
        no_copy(**changes)


@pytest.mark.parametrize("years", [(49, 40), (40, 40), (-1, 5), (90, 200)])
def test_no_age_band_is(years: tuple[int, int]) -> None:
    with pytest.raises(FhirInputError):
        Subject(pseudonym=PETRA, years=years)


def test_a_copy_has_pictures_each_once_and_a_time() -> None:
    with pytest.raises(FhirInputError):
        picture_bundle((), SUBJECT, institution="Harbour Hospital", exported_at=NOON)
    with pytest.raises(FhirInputError):
        bundle(PICTURE, PICTURE)
    with pytest.raises(FhirInputError):
        picture_bundle(
            (PICTURE,),
            SUBJECT,
            institution="Harbour Hospital",
            exported_at=datetime(2026, 6, 1),  # noqa: DTZ001 # that is the point
        )


@given(
    st.lists(st.uuids(), min_size=1, max_size=3, unique=True),
    st.sampled_from(list(BODY_SITES.values())),
    st.sampled_from(ImageView),
    st.sampled_from(Sensitivity),
    st.data(),
)
def test_whatever_a_picture_shows_it_can_be_copied(
    keys: list[UUID], site: Any, view: ImageView, sensitivity: Sensitivity, data: Any
) -> None:
    side = data.draw(st.sampled_from(sorted(site.lateralities)))
    pictures = [
        Picture(key=key, data=JPEG, site=site, laterality=side, view=view, sensitivity=sensitivity)
        for key in keys
    ]
    assert faults_of_bundle(bundle(*pictures)) == []
