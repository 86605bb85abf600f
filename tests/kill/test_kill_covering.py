"""SIGKILL while a picture is covered, approved, confirmed: the form before or the form after, whole."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.kill.steps import APPROVING, CONFIRMING, SAVING, SENDING_BACK

ROOT = Path(__file__).resolve().parents[2]
APPROVES = [f"approving: {name}" for name in APPROVING]
REPLACES = [f"replacing: {name}" for name in APPROVING]
SAVES = [f"saving: {name}" for name in SAVING]
CONFIRMS = [f"confirming: {name}" for name in CONFIRMING]
SENDS_BACK = [f"sending back: {name}" for name in SENDING_BACK]
STEPS = [*APPROVES, *REPLACES, *SAVES, *CONFIRMS, *SENDS_BACK]
# From here on it is done.
DONE = (
    "right after the commit",
    "with one agreement tidied",
    "with every agreement tidied",
    "with the keys of the result before dropped",
    "with the result before gone",
)
# What Theo gets in both sizes, and what is hidden in it.
AS_TAKEN: dict[str, list[str]] = {"display": [], "thumbnail": []}
FACE = {"redacted": ["face"], "redacted-thumbnail": ["face"]}
FACE_AND_RING = {"redacted": ["face", "ring"], "redacted-thumbnail": ["face", "ring"]}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("kill-covering")
    (place / "home").mkdir()
    paths = [str(place / "home"), str(place / "report.json")]
    command = [sys.executable, "-m", "tests.kill.covering_driver", *paths]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    outcomes: dict[str, Any] = json.loads((place / "report.json").read_text())
    return outcomes


def is_done(step: str) -> bool:
    return step.endswith(DONE)


def given(seen: dict[str, list[str] | None]) -> dict[str, list[str]]:
    return {rendition: hidden for rendition, hidden in seen.items() if hidden is not None}


@pytest.mark.parametrize("step", STEPS)
def test_the_process_really_dies_there(report: dict[str, Any], step: str) -> None:
    assert report[step]["signal"] == signal.SIGKILL


@pytest.mark.parametrize("step", STEPS)
def test_no_version_is_half(report: dict[str, Any], step: str) -> None:
    """Its pixels hide what its sealed plan says, and the picture's renditions are those of it."""
    for when in ("left", "restarted"):
        assert report[step][when]["half"] == []
        assert report[step][when]["names"]


@pytest.mark.parametrize("step", APPROVES)
def test_a_teacher_gets_the_form_before_or_the_form_after(
    report: dict[str, Any], step: str
) -> None:
    left, restarted = report[step]["left"], report[step]["restarted"]
    assert left["states"] == (["approved"] if is_done(step) else ["draft"])
    assert left["told"]["approved"] == int(is_done(step))
    assert given(left["teacher"]) == (FACE if is_done(step) else AS_TAKEN)
    assert restarted["states"] == ["approved"]
    assert restarted["told"]["approved"] == 1
    assert given(restarted["teacher"]) == FACE


@pytest.mark.parametrize("step", REPLACES)
def test_of_a_replaced_form_a_teacher_gets_the_one_or_the_other(
    report: dict[str, Any], step: str
) -> None:
    left, restarted = report[step]["left"], report[step]["restarted"]
    assert left["states"] == (["replaced", "approved"] if is_done(step) else ["approved", "draft"])
    assert given(left["teacher"]) == (FACE_AND_RING if is_done(step) else FACE)
    assert restarted["states"] == ["replaced", "approved"]
    assert restarted["told"]["approved"] == 2
    assert given(restarted["teacher"]) == FACE_AND_RING


@pytest.mark.parametrize("step", SAVES)
def test_a_result_that_was_being_saved_touches_nothing_in_use(
    report: dict[str, Any], step: str
) -> None:
    for when in ("left", "restarted"):
        assert report[step][when]["states"] == ["approved", "draft"]
        assert given(report[step][when]["teacher"]) == FACE
    assert report[step]["left"]["told"]["prepared"] == 2 + is_done(step)


@pytest.mark.parametrize("step", CONFIRMS)
def test_a_journal_gets_it_when_a_second_person_has_confirmed_and_not_before(
    report: dict[str, Any], step: str
) -> None:
    left, restarted = report[step]["left"], report[step]["restarted"]
    assert left["told"]["confirmed"] == int(is_done(step))
    assert given(left["journal"]) == (FACE if is_done(step) else {})
    assert restarted["told"]["confirmed"] == 1
    assert given(restarted["journal"]) == FACE


@pytest.mark.parametrize("step", SENDS_BACK)
def test_what_was_sent_back_is_given_to_nobody(report: dict[str, Any], step: str) -> None:
    left, restarted = report[step]["left"], report[step]["restarted"]
    assert given(left["teacher"]) == ({} if is_done(step) else FACE)
    assert restarted["told"]["sent-back"] == 1
    assert given(restarted["teacher"]) == given(restarted["journal"]) == {}


@pytest.mark.parametrize("step", [item for item in STEPS if item not in CONFIRMS])
def test_a_journal_never_gets_what_one_person_approved(report: dict[str, Any], step: str) -> None:
    for when in ("left", "restarted"):
        assert given(report[step][when]["journal"]) == {}


@pytest.mark.parametrize("step", STEPS)
def test_what_is_agreed_to_has_its_keys_and_nothing_is_lost(
    report: dict[str, Any], step: str
) -> None:
    for when in ("left", "restarted"):
        assert report[step][when]["without_keys"] == []
        assert report[step][when]["lost"] == []


@pytest.mark.parametrize("step", STEPS)
def test_after_a_sweep_agreements_open_what_they_list_and_nothing_else(
    report: dict[str, Any], step: str
) -> None:
    restarted = report[step]["restarted"]
    assert restarted["tidy"] == [True, True]
    assert restarted["swept"] == [0, 0]


@pytest.mark.parametrize("step", STEPS)
def test_after_a_restart_nothing_is_left_over_and_each_version_hides_more(
    report: dict[str, Any], step: str
) -> None:
    restarted = report[step]["restarted"]
    assert restarted["blobs"]
    assert restarted["grows"]
    assert restarted["problems"] == []
