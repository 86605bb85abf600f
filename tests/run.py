"""`make test`: lint, types, house rules, and every suite whose component is here.

Goes on after a failure, and says at the end what failed and what was left out. What hangs is a
failure too: a test ends after the limit in pyproject.toml, a whole suite after MOST_SECONDS.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.components import CHROMIUM, POSTGRESQL, REQUIRE_ALL, missing
from tests.postgresql import throwaway_server

PROGRAMS = Path(sys.executable).parent
MOST_SECONDS = 1500.0
LAST_WORDS_SECONDS = 5.0
WORKERS = str(min(4, os.cpu_count() or 1))

CHECKS: Mapping[str, Sequence[str]] = {
    "lint": ("ruff", "check", "--quiet", "src", "tests"),
    "format": ("ruff", "format", "--check", "--quiet", "src", "tests"),
    "types": ("mypy", "--no-error-summary"),
    "house": ("lint-imports",),
}
IN_PARALLEL = ("-n", WORKERS, "--dist", "loadfile")
# A journey waits for its hospital as often as it works, so one more than there are cores. Modules
# begin in the order in which they were collected: the longest first.
BROWSERS = str(min(5, 1 + (os.cpu_count() or 1)))
SIDE_BY_SIDE = ("-n", BROWSERS, "--dist", "loadfile", "--no-loadscope-reorder")


def main() -> int:
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if not passes("tests on SQLite", pytest("-m", "not browser", *IN_PARALLEL)):
        failed.append("tests on SQLite")
    if POSTGRESQL.find() and not passes_on_postgresql():
        failed.append(POSTGRESQL.suite)
    if CHROMIUM.find() and not passes(CHROMIUM.suite, pytest("-m", "browser", *SIDE_BY_SIDE)):
        failed.append(CHROMIUM.suite)
    return report(failed)


def pytest(*arguments: str) -> Sequence[str]:
    return ("pytest", "--quiet", *arguments)


def passes(
    name: str,
    command: Sequence[str],
    environ: Mapping[str, str] | None = None,
    within: float = MOST_SECONDS,
) -> bool:
    """Run one of the environment's programs for so many seconds at most; what it says is shown."""
    print(f"== {name}", flush=True)
    since = time.monotonic()
    program, *arguments = command
    # A group of its own, so that its end is the end of everything that it has started.
    running = subprocess.Popen(
        [PROGRAMS / program, *arguments],
        env={**os.environ, **(environ or {})},
        process_group=0,
    )
    word = "passed" if ends_well(running, name, within) else "FAILED"
    print(f"== {name} {word} in {time.monotonic() - since:.0f} s", flush=True)
    return word == "passed"


def ends_well(running: subprocess.Popen[bytes], name: str, within: float) -> bool:
    """Whether it passed. Nothing of its group is left, however it ended."""
    try:
        return running.wait(within) == 0
    except subprocess.TimeoutExpired:
        print(f"== {name} HANGS: not done after {within:.0f} s; it stands here:", flush=True)
        tell_group(running, signal.SIGABRT)  # pytest's processes say where they stand
        with suppress(subprocess.TimeoutExpired):
            running.wait(LAST_WORDS_SECONDS)
        return False
    except KeyboardInterrupt:
        tell_group(running, signal.SIGINT)
        running.wait(LAST_WORDS_SECONDS)
        raise
    finally:
        tell_group(running, signal.SIGKILL)
        running.wait()


def tell_group(running: subprocess.Popen[bytes], word: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(running.pid, word)


def passes_on_postgresql() -> bool:
    """Everything that touches a row once more; engines and vocabulary know no database."""
    with throwaway_server() as url:
        databases = {
            "SAFELIGHT_TEST_DATABASE_URL": f"{url}/record",
            "SAFELIGHT_TEST_KEYSTORE_URL": f"{url}/keystore",
        }
        command = pytest("-m", "not browser", "--ignore", "tests/unit", *IN_PARALLEL)
        return passes(POSTGRESQL.suite, command, databases)


def report(failed: Sequence[str]) -> int:
    absent = missing()
    print()
    for name in failed:
        print(f"failed: {name}")
    if not failed:
        print("All that was run has passed.")
    for component in absent:
        print(component.left_out)
    if absent and REQUIRE_ALL:
        print("SAFELIGHT_REQUIRE_ALL is set, so what was left out counts as failed.")
    return int(bool(failed) or (REQUIRE_ALL and bool(absent)))


if __name__ == "__main__":
    sys.exit(main())
