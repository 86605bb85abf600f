"""Show labelled pictures to the detectors and print what they find: `make evaluate`."""

import argparse
import os
import platform
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image
from tests.evaluation.faces import faces
from tests.evaluation.labelled import Labelled
from tests.evaluation.plates import empty_plates
from tests.evaluation.writing import codes, writing

from safelight.engines.recognition import Detection
from safelight.engines.recognition.searching import Search, _search
from safelight.vocabulary.identifiability import Identifying, Region

PAGE = Path(__file__).parents[2] / "docs" / "evaluation.md"
BETWEEN = re.compile(
    r"(?<=<!-- measured -->\n).*(?=\n<!-- end of what was measured -->)", re.DOTALL
)


@dataclass
class Row:
    """One kind of picture: how many things are there, and what each set of detectors made of it."""

    things: int = 0
    pictures: int = 0
    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)

    def count(self, case: Labelled, seen: Mapping[str, Sequence[Detection]]) -> None:
        self.things += len(case.places)
        self.pictures += 1
        for name, detections in seen.items():
            self.found[name] += case.found(detections)
            self.false[name] += case.false(detections)


class Sets:
    """The sets of detectors that are compared."""

    def __init__(self, model: Path | None) -> None:
        self._usual = Search()
        self._stronger = Search(model) if model else None
        self.names = ["first", "second", "both", *(["first with model"] if model else [])]

    def look(self, case: Labelled) -> Iterator[tuple[str, Sequence[Detection]]]:
        first = _search(case.pixels, self._usual._first)
        second = _search(case.pixels, self._usual._second)
        yield from (("first", first), ("second", second), ("both", (*first, *second)))
        if self._stronger:
            yield "first with model", self._stronger.propose(case.pixels)


def measure(cases: Iterator[Labelled], sets: Sets) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for number, case in enumerate(cases, 1):
        print(f"\r{number} pictures", end="", file=sys.stderr, flush=True)
        seen = dict(sets.look(case))
        for kind in case.kinds:
            rows.setdefault(kind, Row()).count(case, seen)
    return rows


def table(rows: dict[str, Row], names: Sequence[str]) -> str:
    head = "| what is there | pictures | things | " + " | ".join(f"found: {n}" for n in names)
    head += " | " + " | ".join(f"false: {n}" for n in names) + " |"
    lines = [head, "|---|" + "---:|" * (2 + 2 * len(names))]
    for kind, row in sorted(rows.items()):
        found = (
            f"{row.found[n]} ({row.found[n] / row.things:.0%})" if row.things else "" for n in names
        )
        false = (str(row.false[n]) for n in names)
        lines.append(
            f"| {' | '.join((kind, str(row.pictures), str(row.things), *found, *false))} |"
        )
    return "\n".join(lines)


def pictures_of(folder: Path) -> Iterator[Labelled]:
    """Pictures of one's own, one face in each; a detection anywhere near the middle counts."""
    for path in sorted(folder.iterdir()):
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB"), np.uint8)
        height, width = pixels.shape[:2]
        place = Region(width * 2 // 5, height // 5, width // 5, height // 5)
        yield Labelled(("face: own pictures",), pixels, Identifying.FACE, (place,))


PARTS: Mapping[str, Callable[[], Iterator[Labelled]]] = {
    "faces": faces,
    "writing": writing,
    "codes": codes,
    "nothing": empty_plates,
}


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--model", type=Path, help="a YuNet or CenterFace file, to compare with")
    parser.add_argument("--own", type=Path, help="a folder of portraits of your own, one face each")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=tuple(PARTS), help="some parts")
    parser.add_argument("--write", action="store_true", help="write the table into the document")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse(arguments)
    sets, began = Sets(args.model), time.monotonic()
    own = pictures_of(args.own) if args.own else iter(())
    cases = chain(*(PARTS[part]() for part in args.only), own)
    measured = table(measure(cases, sets), sets.names)
    print(measured)
    print(f"{time.monotonic() - began:.0f} s, {os.cpu_count()} cores, {platform.machine()}")
    if args.write:
        PAGE.write_text(BETWEEN.sub(lambda _: measured, PAGE.read_text()))


if __name__ == "__main__":
    main()
