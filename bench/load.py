"""Several clients at once, and what they met."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report import percentile

ROOT = Path(__file__).resolve().parent.parent
MOST = 1_000_000


class LoadError(RuntimeError):
    pass


@dataclass(frozen=True)
class Load:
    """What all clients together measured."""

    milliseconds: list[float]
    seconds: float
    received: int

    @property
    def count(self) -> int:
        return len(self.milliseconds)

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    def latency(self, share: float) -> float:
        return percentile(self.milliseconds, share)


def run(plans: list[dict[str, Any]], *, expect: int, seconds: float, most: int = MOST) -> Load:
    """One process for each plan, all started at one moment.

    Every answer must have the status `expect`: a figure about refusals would be worth nothing.
    """
    clients = [_start(plan | {"client": i, "seconds": seconds, "most": most})
               for i, plan in enumerate(plans)]  # fmt: skip
    try:
        for client in clients:
            _read(client)
        since = time.perf_counter()
        for client in clients:
            _say(client, "go")
        results = [json.loads(_read(client)) for client in clients]
        taken = time.perf_counter() - since
    finally:
        for client in clients:
            client.kill()
            client.wait()
    for result in results:
        if set(result["statuses"]) - {str(expect)}:
            raise LoadError(f"answers with {result['statuses']}, not {expect}")
    every = [one for result in results for one in result["milliseconds"]]
    return Load(every, taken, sum(result["received"] for result in results))


def _start(plan: dict[str, Any]) -> "subprocess.Popen[str]":
    client = subprocess.Popen(
        [sys.executable, "-m", "bench.client"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    _say(client, json.dumps(plan))
    return client


def _say(client: "subprocess.Popen[str]", line: str) -> None:
    assert client.stdin
    client.stdin.write(line + "\n")
    client.stdin.flush()


def _read(client: "subprocess.Popen[str]") -> str:
    assert client.stdout
    line = client.stdout.readline()
    if not line:
        raise LoadError("a client ended early")
    return line
