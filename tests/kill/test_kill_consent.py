"""SIGKILL while a patient signs or takes back: all of it or nothing, and no key that is not due."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.kill.steps import SIGNING, WITHDRAWING

ROOT = Path(__file__).resolve().parents[2]
SIGNS = [f"signing: {name}" for name in SIGNING]
WITHDRAWS = [f"withdrawing: {name}" for name in WITHDRAWING]
# From here on it is done.
COMMITTED = {
    "signing: right after the commit",
    "signing: with one older key settled",
    "signing: with every older key settled",
    "withdrawing: right after the commit",
    "withdrawing: before the key is shredded",
    "withdrawing: with the key shredded",
}
ONE, LECTURE = "one-to-one-teaching", "lecture"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("kill-consent")
    (place / "home").mkdir()
    paths = [str(place / "home"), str(place / "report.json")]
    command = [sys.executable, "-m", "tests.kill.consent_driver", *paths]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    outcomes: dict[str, Any] = json.loads((place / "report.json").read_text())
    return outcomes


@pytest.mark.parametrize("step", SIGNS + WITHDRAWS)
def test_the_process_really_dies_there(report: dict[str, Any], step: str) -> None:
    assert report[step]["signal"] == signal.SIGKILL


@pytest.mark.parametrize("step", SIGNS)
def test_nothing_is_half_signed(report: dict[str, Any], step: str) -> None:
    left = report[step]["left"]
    is_signed = step in COMMITTED
    assert not left["half"]
    assert left["signed"] is is_signed
    assert left["told"] == 2 + is_signed
    assert left["differences"] == [[]] * (2 + is_signed)


@pytest.mark.parametrize("step", SIGNS + WITHDRAWS)
def test_what_is_in_force_has_its_key_and_grants(report: dict[str, Any], step: str) -> None:
    assert report[step]["left"]["without_grants"] == []


@pytest.mark.parametrize("step", SIGNS)
def test_the_gate_opens_what_was_agreed_before_as_after(report: dict[str, Any], step: str) -> None:
    """By the older word or by the newer one: both say yes."""
    opens = {ONE: [True, True], LECTURE: [True, False]}
    assert report[step]["left"]["opens"] == opens
    assert report[step]["restarted"]["opens"] == opens


@pytest.mark.parametrize("step", WITHDRAWS)
def test_withdrawn_is_refused_as_soon_as_it_is_written(report: dict[str, Any], step: str) -> None:
    left = report[step]["left"]
    is_withdrawn = step in COMMITTED
    assert left["withdrawn"] == int(is_withdrawn)
    assert left["opens"] == {ONE: [True, True], LECTURE: [not is_withdrawn, False]}


@pytest.mark.parametrize("step", SIGNS + WITHDRAWS)
def test_after_a_sweep_no_key_is_there_that_no_row_in_force_lists(
    report: dict[str, Any], step: str
) -> None:
    restarted = report[step]["restarted"]
    assert restarted["tidy_before"]
    assert restarted["tidy"]
    assert restarted["swept"] == 0


@pytest.mark.parametrize("step", SIGNS)
def test_it_can_be_signed_after_all(report: dict[str, Any], step: str) -> None:
    restarted = report[step]["restarted"]
    assert restarted["signed"]
    assert restarted["told"] == 3
    assert restarted["differences"] == [[]] * 3
    assert restarted["keys"] == 3, "two new ones, and the older one that still lists a picture"
    assert restarted["problems"] == []


@pytest.mark.parametrize("step", WITHDRAWS)
def test_it_can_be_taken_back_after_all(report: dict[str, Any], step: str) -> None:
    restarted = report[step]["restarted"]
    assert restarted["withdrawn"] == 1
    assert restarted["opens"] == {ONE: [True, True], LECTURE: [False, False]}
    assert restarted["keys"] == 1
    assert restarted["problems"] == []
