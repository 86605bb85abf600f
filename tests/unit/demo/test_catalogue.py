"""The demo's pictures: enough of them, on real sites, in order, in every shade of skin."""

from itertools import pairwise
from typing import Any

import pytest
from pydicom.sr._concepts_dict import concepts

from safelight.project.demo.drawing import demo_series, draw

SERIES = demo_series()
SCT: Any = concepts["SCT"]  # pydicom types its tables as plain objects
SNOMED_CODES = {code for entry in SCT.values() for code in entry}


def visits():
    return [visit for series in SERIES for visit in series.visits]


def name(series):
    return f"{series.patient} {series.description}"


def test_there_are_a_few_dozen_pictures_of_about_ten_patients():
    assert 36 <= len(visits()) <= 48
    assert 8 <= len({series.patient for series in SERIES}) <= 10


@pytest.mark.parametrize("series", SERIES, ids=name)
def test_a_site_is_a_snomed_code_that_dicom_knows(series):
    assert series.site in SNOMED_CODES


@pytest.mark.parametrize("series", SERIES, ids=name)
def test_visits_come_oldest_first_and_none_lies_ahead(series):
    days = [visit.days for visit in series.visits]
    assert all(earlier > later for earlier, later in pairwise(days))
    assert days[-1] >= 0


@pytest.mark.parametrize("series", SERIES, ids=name)
def test_visits_of_a_series_are_framed_nearly_alike(series):
    cameras = [visit.spec.camera for visit in series.visits]
    for camera in cameras:
        assert camera.width == cameras[0].width
        assert abs(camera.turn - cameras[0].turn) < 2
        assert abs(camera.shift[0] - cameras[0].shift[0]) < 0.01 * camera.width


def test_findings_only_get_better():
    for series in SERIES:
        stages = [v.spec.lesion.stage for v in series.visits if hasattr(v.spec, "lesion")]
        assert stages == sorted(stages)


def test_no_two_pictures_are_alike():
    assert len({draw(visit.spec, (80, 60)).tobytes() for visit in visits()}) == len(visits())


def test_skin_runs_from_the_lightest_tones_to_the_darkest():
    assert {visit.spec.skin.tone for visit in visits()} >= {1, 2, 3, 4, 5, 6, 7, 8}


def test_a_patient_has_one_skin_tone():
    for patient in {series.patient for series in SERIES}:
        own = [series for series in SERIES if series.patient == patient]
        assert len({visit.spec.skin.tone for series in own for visit in series.visits}) == 1


def test_there_is_something_intimate_a_close_up_and_a_dermoscopic_view():
    assert "intimate" in {series.sensitivity for series in SERIES}
    assert {series.view for series in SERIES} == {"overview", "close-up", "dermoscopic"}
