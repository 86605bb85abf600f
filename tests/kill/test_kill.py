"""SIGKILL at every step leaves a whole picture or none, nothing readable, and a restart mends it."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.kill.steps import TAKING, VERIFYING

ROOT = Path(__file__).resolve().parents[2]
STEPS = [f"taking: {name}" for name in TAKING] + [f"verifying: {name}" for name in VERIFYING]
# From here on the picture is in the record.
COMMITTED = {"taking: right after the commit", "taking: before the phone is told"}
SHOWN = {
    "verifying: before the upload's key is shredded",
    "verifying: with the upload's key shredded",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One process lets its forks die at all steps, since to start Python takes the longest."""
    place = tmp_path_factory.mktemp("kill")
    (place / "home").mkdir()
    paths = [str(place / "home"), str(place / "report.json")]
    command = [sys.executable, "-m", "tests.kill.driver", *paths]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    outcomes: dict[str, Any] = json.loads((place / "report.json").read_text())
    return outcomes


@pytest.mark.parametrize("step", STEPS)
def test_the_process_really_dies_there(report: dict[str, Any], step: str):
    assert report[step]["signal"] == signal.SIGKILL


@pytest.mark.parametrize("step", STEPS)
def test_a_whole_picture_or_none_is_left(report: dict[str, Any], step: str):
    left = report[step]["left"]
    is_in = step in COMMITTED or step.startswith("verifying")
    assert left["photographs"] == left["told"] == int(is_in)
    assert left["whole"]
    assert left["shown"] == int(step in SHOWN)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_readable_is_left(report: dict[str, Any], step: str):
    assert report[step]["left"]["readable"] == []
    assert report[step]["restarted"]["readable"] == []


@pytest.mark.parametrize("step", STEPS)
def test_after_a_restart_one_picture_is_verified_and_nothing_else_is_there(
    report: dict[str, Any], step: str
):
    assert report[step]["restarted"] == {
        "answer": "sealed",
        "states": ["verified"],
        "uploads": ["sealed"],
        "whole": True,
        "sealed_objects": 3,
        "blobs": 3,
        "quarantined": 0,
        "grants": 3,
        "intake_keys": 0,
        "sealed_events": 1,
        "verified_events": 1,
        "readable": [],
    }
