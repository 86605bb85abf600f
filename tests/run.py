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
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.components import CHROMIUM, POSTGRESQL, REQUIRE_ALL, missing
from tests.postgresql import throwaway_server

PROGRAMS = Path(sys.executable).parent
TESTS = Path(__file__).parent
MOST_SECONDS = 1500.0
LAST_WORDS_SECONDS = 5.0
WORKERS = str(min(6, os.cpu_count() or 1))

CHECKS: Mapping[str, Sequence[str]] = {
    "lint": ("ruff", "check", "--quiet", "src", "tests"),
    "format": ("ruff", "format", "--check", "--quiet", "src", "tests"),
    "house": ("lint-imports",),
}
TYPES = ("mypy", "--no-error-summary")
# Modules begin in the order in which they were collected: the longest first (see conftest.py).
BY_MODULE = ("--dist", "loadfile", "--no-loadscope-reorder")
IN_PARALLEL = ("-n", WORKERS, *BY_MODULE)
# A journey waits for its hospital as often as it works, so one more than there are cores.
BROWSERS = str(min(6, 1 + (os.cpu_count() or 1)))
SIDE_BY_SIDE = ("-n", BROWSERS, *BY_MODULE)
# What runs on SQLite only, and why a second database would show nothing more.
ON_SQLITE_ONLY: Mapping[str, str] = {
    "tests/unit": "engines, vocabulary and rules know no database",
    "tests/house": "reads the source",
    "tests/connectors": "connectors see ports, never rows",
    "tests/kill": "its processes have SQLite files of their own",
    "tests/conformance": "the whole site by its addresses; pages and rooms have tests of their own",
    "tests/web": "pages speak to services and selectors, never to rows (an import contract)",
    "tests/attacks/test_forgery.py": "the same, by other sites and old cookies",
}


def main() -> int:
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    with ThreadPoolExecutor(1) as beside:
        # Half a minute of one core's work, for which the other core's need not wait.
        types = beside.submit(passes, "types", TYPES)
        if not passes("tests on SQLite", pytest("-m", "not browser", *IN_PARALLEL)):
            failed.append("tests on SQLite")
    if not types.result():
        failed.append("types")
    if POSTGRESQL.find() and not passes_on_postgresql():
        failed.append(POSTGRESQL.suite)
    browser = pytest("-m", "browser", *SIDE_BY_SIDE, *with_browsers())
    if CHROMIUM.find() and not passes(CHROMIUM.suite, browser):
        failed.append(CHROMIUM.suite)
    return report(failed)


def pytest(*arguments: str) -> Sequence[str]:
    return ("pytest", "--quiet", *arguments)


def with_browsers() -> list[str]:
    """The files that name the mark: to read all others takes each worker ten seconds."""
    named = (path for path in TESTS.rglob("test_*.py") if "mark.browser" in path.read_text())
    return [str(path.relative_to(TESTS.parent)) for path in sorted(named)]


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
    """Everything that touches a row once more, but for ON_SQLITE_ONLY."""
    with throwaway_server() as url:
        databases = {
            "SAFELIGHT_TEST_DATABASE_URL": f"{url}/record",
            "SAFELIGHT_TEST_KEYSTORE_URL": f"{url}/keystore",
        }
        left_out = [f"--ignore={place}" for place in ON_SQLITE_ONLY]
        command = pytest("-m", "not browser", *left_out, *IN_PARALLEL)
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
    required = [component for component in absent if component.required]
    if required and REQUIRE_ALL:
        print("SAFELIGHT_REQUIRE_ALL is set, so what was left out counts as failed.")
    return int(bool(failed) or (REQUIRE_ALL and bool(required)))


if __name__ == "__main__":
    sys.exit(main())
