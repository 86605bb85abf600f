"""What hangs is ended, is a failure, and says what it was."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.closing import DidNotCloseError, closing_in_time
from tests.run import passes

ENDS_WITHIN = 10.0
HANGS = "import time; time.sleep(600)"
# Its own child holds the file open, and would go on without it.
WITH_A_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {HANGS!r}])
open(sys.argv[1], "w").write(str(child.pid))
child.wait()
"""
A_TEST = "import time\n\ndef test_that_waits_for_ever():\n    time.sleep(600)\n"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Something that goes by the browser's name and does not end by itself."""
    sleep = shutil.which("sleep")
    assert sleep is not None
    shutil.copy(sleep, tmp_path / "chromium")
    with subprocess.Popen([tmp_path / "chromium", "600"]) as process:
        yield process
        process.kill()


@pytest.fixture
def neighbour() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", HANGS]) as process:
        yield process
        process.kill()


def test_a_browser_that_does_not_close_is_killed_and_nothing_else(
    browser: subprocess.Popen[bytes], neighbour: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(DidNotCloseError, match="did not close"), closing_in_time(0.2):
        browser.wait(ENDS_WITHIN)

    assert neighbour.poll() is None


def test_what_closes_in_time_is_left_alone(browser: subprocess.Popen[bytes]) -> None:
    with closing_in_time(ENDS_WITHIN):
        pass

    assert browser.poll() is None


def test_a_suite_that_hangs_fails_with_all_that_it_started(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noted = tmp_path / "child"

    assert not passes("the sleepers", ("python", "-c", WITH_A_CHILD, str(noted)), within=2)

    assert "the sleepers HANGS" in capfd.readouterr().out
    assert is_gone(int(noted.read_text()))


def test_a_suite_that_hangs_says_in_which_test(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_slow.py").write_text(A_TEST)
    alone = ("-c", "/dev/null", "--rootdir", str(tmp_path), "-p", "no:django", "-n", "1")

    assert not passes("the slow", ("pytest", *alone, str(tmp_path)), within=8)

    assert "test_that_waits_for_ever" in capfd.readouterr().err


def is_gone(process: int) -> bool:
    ends = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < ends:
        stat = Path(f"/proc/{process}/stat")
        if not stat.exists() or " Z " in stat.read_text():
            return True
        time.sleep(0.05)
    return False
