"""SIGKILL while a patient takes everything back: dark from the commit on, and carried out whatever dies.

Whoever asks is a process that began after the other one died, and asks by every byte route.
"""

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.judging import UNDER_LOCK
from tests.conformance.safelight import WAYS
from tests.kill.steps import TAKING_ALL_BACK

ROOT = Path(__file__).resolve().parents[2]
STEPS = list(TAKING_ALL_BACK)
NOT_YET = STEPS[: STEPS.index("right after the commit")]
COMMITTED = STEPS[STEPS.index("right after the commit") :]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("kill-recall")
    (place / "home").mkdir()
    paths = [str(place / "home"), str(place / "report.json")]
    command = [sys.executable, "-m", "tests.kill.recall_driver", *paths]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    outcomes: dict[str, Any] = json.loads((place / "report.json").read_text())
    return outcomes


@pytest.mark.parametrize("step", STEPS)
def test_the_process_really_dies_there(report: dict[str, Any], step: str) -> None:
    assert report[step]["signal"] == signal.SIGKILL


def test_every_byte_route_shows_its_picture_to_a_new_process_before(report: dict[str, Any]) -> None:
    """Otherwise that none does afterwards would say nothing."""
    expected = [name for name in WAYS if name.partition(" ")[0] not in UNDER_LOCK]
    assert report["before"]["shown"] == expected
    assert report["before"]["in_force"] > 2
    assert report["before"]["here"] > len(expected)
    assert report["before"]["copies"] == 2


@pytest.mark.parametrize("step", NOT_YET)
def test_before_the_commit_nothing_is_taken_back(report: dict[str, Any], step: str) -> None:
    left, before = report[step]["left"], report["before"]
    assert (left["withdrawals"], left["told"]) == (0, 0)
    assert (left["in_force"], left["here"]) == (before["in_force"], before["here"])


@pytest.mark.parametrize("step", COMMITTED)
def test_from_the_commit_on_no_byte_route_shows_anything_and_all_of_it_is_told(
    report: dict[str, Any], step: str
) -> None:
    left = report[step]["left"]
    assert (left["withdrawals"], left["told"]) == (1, 1)
    assert (left["in_force"], left["here"]) == (0, 0)
    assert left["shown"] == []


@pytest.mark.parametrize("step", STEPS)
def test_the_worker_carries_it_to_its_end(report: dict[str, Any], step: str) -> None:
    after, before = report[step]["restarted"], report["before"]
    assert (after["open_lines"], after["closed"], after["again"]) == (0, 1, 0)
    assert Counter(after["lines"]) == {
        "agreement erased": before["in_force"],
        "copy acknowledged": 2,
        "deck revoked": 5,
        "health-link revoked": 2,
        "lecture revoked": 3,
        "picture erased": before["here"] - 1,
        "picture sealed": 1,
        "publication revoked": 1,
        "question revoked": 2,
        "share revoked": 2,
    }
    assert Counter(after["states"]) == {"erased": before["here"] - 1, "legal-custody": 1}


@pytest.mark.parametrize("step", STEPS)
def test_no_byte_route_shows_anything_when_it_is_carried_out(
    report: dict[str, Any], step: str
) -> None:
    assert report[step]["restarted"]["shown"] == []


@pytest.mark.parametrize("step", STEPS)
def test_no_key_and_no_byte_is_left_but_what_the_law_keeps(
    report: dict[str, Any], step: str
) -> None:
    after = report[step]["restarted"]
    assert after["keys"] == 0
    assert after["held_by"] == ["legal"]
    assert after["forms"] == ["original"]
    assert (after["objects"], after["blobs"], after["custody"]) == (1, 1, 1)
    assert after["copies"] == 0


@pytest.mark.parametrize("step", STEPS)
def test_the_record_is_whole(report: dict[str, Any], step: str) -> None:
    assert report[step]["restarted"]["problems"] == []
