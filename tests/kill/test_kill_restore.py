"""SIGKILL while a backup is taken or restored: none passes for whole, nothing withdrawn is served."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.kill.steps import BACKING_UP, RESTORING

ROOT = Path(__file__).resolve().parents[2]
TAKES = [f"taking: {name}" for name in BACKING_UP]
RESTORES = [f"restoring: {name}" for name in RESTORING]
ONE, LECTURE = "one-to-one-teaching", "lecture"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("kill-restore")
    (place / "home").mkdir()
    paths = [str(place / "home"), str(place / "report.json")]
    command = [sys.executable, "-m", "tests.kill.restore_driver", *paths]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    outcomes: dict[str, Any] = json.loads((place / "report.json").read_text())
    return outcomes


@pytest.mark.parametrize("step", TAKES + RESTORES)
def test_the_process_really_dies_there(report: dict[str, Any], step: str) -> None:
    assert report[step]["signal"] == signal.SIGKILL


@pytest.mark.parametrize("step", TAKES)
def test_no_half_backup_passes_for_whole(report: dict[str, Any], step: str) -> None:
    is_named = step == "taking: right after it has its name"
    assert report[step]["left"] == {
        "known": is_named,
        "whole": is_named,
        "partial": not is_named,
    }


@pytest.mark.parametrize("step", TAKES)
def test_the_next_backup_is_whole_and_removes_what_was_left(
    report: dict[str, Any], step: str
) -> None:
    again = report[step]["restarted"]
    assert (again["new"], again["is"], again["partial"]) == (1, True, 0)


@pytest.mark.parametrize("step", RESTORES)
def test_nothing_withdrawn_is_ever_served(report: dict[str, Any], step: str) -> None:
    """Either nothing is served at all, or what is served knows of the withdrawal."""
    left = report[step]["left"]
    assert left["served"] is not left["marker"]
    if left["served"]:
        assert left["keys"] == {ONE: False, LECTURE: True}
        assert left["status"] == {ONE: "inactive", LECTURE: "active"}


@pytest.mark.parametrize("step", RESTORES)
def test_going_on_ends_well(report: dict[str, Any], step: str) -> None:
    again = report[step]["restarted"]
    assert again["served"]
    assert again["keys"] == {ONE: False, LECTURE: True}
    assert again["status"] == {ONE: "inactive", LECTURE: "active"}
    assert again["told"] == (step != "restoring: before anything")
    assert again["waiting"] == 0
