"""`python -m tests.conformance.report`: what the suite says of another product, as a page.

Of Safelight the suite says it in tests: one that fails is the report.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.components import ORTHANC
from tests.conformance.orthanc import NOT_KNOWN, orthanc_in
from tests.conformance.product import Act, Product
from tests.conformance.trying import may_be_kept, seen_by_strangers, still_shown

PAGE = Path(__file__).parents[2] / "docs" / "comparison-withdrawal.md"
START, STOP = "<!-- measured: begin -->", "<!-- measured: end -->"
ACTS = {Act.WITHDRAW: "shown once it is deleted", Act.REVOKE: "shown to an account that is gone"}


def row(product: Product, name: str) -> list[str]:
    """For one way: after each act, what may be kept, who else is shown it."""
    ended = [_judged(still_shown(product.open(name), act)) for act in ACTS]
    way = product.open(name)
    return [*ended, ", ".join(may_be_kept(way)) or "no", ", ".join(seen_by_strangers(way)) or "no"]


def _judged(shown: dict[str, int]) -> str:
    return f"**still shown**, in {len(shown)} manners" if shown else "nothing"


def table(product: Product, version: str) -> str:
    heads = ["way", *ACTS.values(), "may be kept", "shown to other accounts"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    lines += [f"| {name} | {' | '.join(row(product, name))} |" for name in product.ways()]
    lines += ["", "What it does not know:", ""]
    lines += [f"* {act.value}: {why}." for act, why in NOT_KNOWN.items()]
    return "\n".join([f"Orthanc {version}, on {datetime.now(UTC):%Y-%m-%d}.", "", *lines])


def version_of(command: str) -> str:
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.split()[1]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.report", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"into docs/{PAGE.name}")
    wanted = parser.parse_args(arguments)
    command = ORTHANC.find()
    if not command:
        print(ORTHANC.left_out)
        return 1
    with tempfile.TemporaryDirectory() as home, orthanc_in(Path(home)) as product:
        made = table(product, version_of(command))
    print(made)
    if wanted.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
        PAGE.write_text(f"{before}{START}\n{made}\n{STOP}{rest.partition(STOP)[2]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
