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

import cv2
import numpy as np
from PIL import Image
from tests.evaluation.faces import faces
from tests.evaluation.labelled import Labelled
from tests.evaluation.plates import empty_plates
from tests.evaluation.writing import codes, writing

from safelight.connectors.scanning.models import installed_face_model
from safelight.engines.recognition import Detection
from safelight.engines.recognition.searching import Pass, Search, look_by_look, together
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
    """The sets of detectors that are compared. Each detector looks once, for all sets it is in."""

    def __init__(self, model: Path | None) -> None:
        usual = Search()
        self._sets = {"first": usual.proposing, "second": usual.checking}
        self._sets["both"] = (*usual.proposing, *usual.checking)
        if model:
            self._sets["first with model"] = self._with_model(usual, model)
        self._all = tuple(
            {id(step): step for steps in self._sets.values() for step in steps}.values()
        )
        self.names = list(self._sets)

    def _with_model(self, usual: Search, model: Path) -> tuple[Pass, ...]:
        """The usual passes where they are the same, which is everywhere but for faces."""
        same = {(step.detector.name, step.pixels): step for step in usual.proposing}
        return tuple(
            step if step.detector.name == "face model" else same[step.detector.name, step.pixels]
            for step in Search(model).proposing
        )

    def look(self, case: Labelled) -> Iterator[tuple[str, Sequence[Detection]]]:
        looks = look_by_look(case.pixels, self._all)
        seen = {id(step): found for step, found in zip(self._all, looks, strict=True)}
        for name, steps in self._sets.items():
            yield name, together(chain.from_iterable(seen[id(step)] for step in steps))


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
    parser.add_argument(
        "--model",
        type=Path,
        default=installed_face_model(),
        help="a YuNet or CenterFace file, to compare with [the one that is installed]",
    )
    parser.add_argument("--own", type=Path, help="a folder of portraits of your own, one face each")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=tuple(PARTS), help="some parts")
    parser.add_argument("--write", action="store_true", help="write the table into the document")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse(arguments)
    cv2.setNumThreads(1)  # as in the child
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
