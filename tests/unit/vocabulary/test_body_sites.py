"""The table of body sites against DICOM's own dictionaries, and the search over it."""

import json
from typing import Any

import pytest
from pydicom.sr import _cid_dict, _concepts_dict, _snomed_dict

from safelight.vocabulary.body_sites import (
    BODY_SITES,
    BodySite,
    Sidedness,
    UnknownBodySiteError,
    body_site,
    body_site_options,
    search_body_sites,
    sites_for_region,
)
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.laterality import Laterality

# SNOMED CT concepts finer than any DICOM context group. Meanings as published in national FHIR
# value sets of body sites (Belgian eHealth be-vs-body-site; Mongolian HL7 body sites).
BEYOND_DICOM = {
    "127949000": "Elbow region structure",
    "344001": "Ankle region structure",
    "83738005": "Index finger structure",
    "65531009": "Middle finger structure",
    "82002001": "Ring finger structure",
    "12406000": "Little finger structure",
    "78883009": "Great toe structure",
    "55078004": "Second toe structure",
    "78132007": "Third toe structure",
    "80349001": "Fourth toe structure",
    "39915008": "Fifth toe structure",
    "2402003": "Structure of dorsum of foot",
    "57999000": "Structure of sole of foot",
}

# pydicom leaves these dictionaries untyped.
CONCEPTS: dict[str, Any] = dict(_concepts_dict.concepts["SCT"])

SITES = sorted(BODY_SITES.values(), key=lambda site: site.code)
each_site = pytest.mark.parametrize("site", SITES, ids=lambda site: site.display)


def _codes_of_dicom():
    return {code for names in CONCEPTS.values() for code in names}


def _group(cid):
    names = _cid_dict.cid_concepts[cid]["SCT"]
    return {code: meaning for name in names for code, (meaning, _) in CONCEPTS[name].items()}


def _check_digit_holds(number):
    """Verhoeff's check, which every SNOMED CT identifier ends with."""
    multiply = [[(i + j) % 5 if i < 5 and j < 5 else 0 for j in range(10)] for i in range(10)]
    for i in range(10):
        for j in range(10):
            low = (i % 5 + j % 5) % 5 if i < 5 else (i % 5 - j % 5) % 5
            multiply[i][j] = low + (5 if (i < 5) != (j < 5) else 0)
    step = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    order = [tuple(range(10))]
    for _ in range(7):
        order.append(tuple(order[-1][step[i]] for i in range(10)))
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = multiply[check][order[place % 8][int(digit)]]
    return check == 0


def test_the_check_digit_notices_a_mistyped_code():
    assert _check_digit_holds("14975008")
    assert not _check_digit_holds("14975009")
    assert not _check_digit_holds("41975008")


@each_site
def test_every_code_is_well_formed_and_known(site):
    assert _check_digit_holds(site.code)
    assert (site.code in _codes_of_dicom()) != (site.code in BEYOND_DICOM)


@each_site
def test_every_dicom_region_is_in_the_context_group_it_names(site):
    assert _group(site.dicom.cid)[site.dicom.code] == site.dicom.meaning


@each_site
def test_every_retired_code_is_the_one_dicom_maps(site):
    assert _snomed_dict.mapping["SCT"].get(site.dicom.code) == site.dicom.srt


@each_site
def test_a_wider_dicom_region_is_used_only_where_the_groups_have_no_code(site):
    listed = any(site.code in _group(cid) for cid in (4, 4028, 4029, 4209))
    assert (site.dicom.code == site.code) == listed


@each_site
def test_every_site_is_found_first_by_its_own_name(site):
    assert search_body_sites(site.display)[0] == site


def test_names_are_unique():
    names = [site.display for site in SITES]
    assert len(set(names)) == len(names)


@each_site
def test_every_site_allows_the_sides_it_should(site):
    sided = {Laterality.LEFT, Laterality.RIGHT, Laterality.BILATERAL}
    assert all(site.allows(side) for side in sided) == (site.sidedness != Sidedness.MIDLINE)
    assert any(site.allows(side) for side in sided) == (site.sidedness != Sidedness.MIDLINE)
    assert site.allows(Laterality.NOT_APPLICABLE) == (site.sidedness != Sidedness.PAIRED)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tummy", "818981001"),
        ("Left thumb", "76505004"),
        ("THUMB right", "76505004"),
        ("umbilicus", "90290004"),
        ("big toe", "78883009"),
        ("hallux", "78883009"),
        ("axilla", "91470000"),
        ("fórearm", "14975008"),
        ("back of hand", "281642007"),
        ("popliteal", "84507004"),
        ("pinkie", "12406000"),
        ("occip", "79951008"),
    ],
)
def test_people_find_a_site_by_the_word_they_use(text, code):
    assert search_body_sites(text)[0].code == code


def test_a_name_comes_before_another_word_for_it():
    found = [site.display for site in search_body_sites("nipple")]
    assert found.index("Nipple") < found.index("Areola")


@pytest.mark.parametrize("text", ["", "   ", "left", "zzz", "!?", "thumb zzz"])
def test_nothing_sensible_finds_nothing(text):
    assert search_body_sites(text) == []


def test_an_unknown_code_is_refused_in_our_own_words():
    with pytest.raises(UnknownBodySiteError) as caught:
        body_site("1")
    assert isinstance(caught.value, SafelightError)
    assert caught.value.sentence.endswith(".")


def test_a_known_code_gives_its_site():
    assert body_site("14975008").display == "Forearm"


@pytest.mark.parametrize(
    ("code", "side", "label"),
    [
        ("70559009", Laterality.LEFT, "Left forearm, front"),
        ("76505004", Laterality.BILATERAL, "Thumb, both sides"),
        ("90290004", Laterality.NOT_APPLICABLE, "Navel"),
    ],
)
def test_a_label_says_site_and_side(code, side, label):
    assert body_site(code).label(side) == label


@pytest.mark.parametrize(
    "display",
    ["Breast", "Nipple", "Buttock", "Perineum", "Anus", "Penis", "Vulva", "External genitalia"],
)
def test_intimate_places_are_intimate_by_default(display):
    (site,) = (site for site in SITES if site.display == display)
    assert site.intimate_by_default


@pytest.mark.parametrize("code", ["14975008", "89545001", "818981001"])
def test_ordinary_places_are_not(code):
    assert not body_site(code).intimate_by_default


def test_a_region_names_the_sites_it_shows():
    shown = [site.display for site in sites_for_region("front-thigh")]
    assert {"Thigh", "Thigh, front", "Leg, whole"} <= set(shown)
    assert sites_for_region("nowhere") == []


def test_the_options_are_plain_json_and_complete():
    options = json.loads(json.dumps(body_site_options()))
    assert [option["code"] for option in options] == list(BODY_SITES)
    assert set(options[0]) == {"code", "display", "laterality", "regions", "search", "intimate"}


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        BODY_SITES["1"] = SITES[0]  # type: ignore[index]  # the point of the test
    with pytest.raises(AttributeError):
        SITES[0].display = "x"  # type: ignore[misc]  # the point of the test
    assert isinstance(SITES[0], BodySite)
