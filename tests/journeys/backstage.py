"""Behind the pages of a hospital that is open: a process of its own in the same home.

It does what no journey can wait for (a link runs out, a form is replaced), and tells what stands
in the rows. A cue is one line of JSON on its stdin, [verb, arguments], what comes of it one line
on its stdout; the verbs are those of cues.py. Run as `python -m tests.journeys.backstage`.
"""

import json
import subprocess
import sys
from typing import Any, Self

from tests.journeys.hospital import Hospital

from safelight.project.starting import require_ready, start_django

ENDS_WITHIN = 10


class Backstage:
    """Cues for one hospital, while it is entered."""

    def __init__(self, hospital: Hospital) -> None:
        self._environment = hospital.environment

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.backstage"],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_reason: object) -> None:
        self._process.communicate(timeout=ENDS_WITHIN)

    def cue(self, verb: str, **arguments: object) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([verb, arguments]) + "\n")
        stdin.flush()
        answer = stdout.readline()
        assert answer, f"nothing came of {verb}"
        return json.loads(answer)


def main() -> None:
    start_django()
    require_ready()
    from tests.journeys import cues  # noqa: PLC0415 - needs Django

    for line in sys.stdin:
        verb, arguments = json.loads(line)
        print(json.dumps(getattr(cues, verb)(**arguments)), flush=True)


if __name__ == "__main__":
    main()
