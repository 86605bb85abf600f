"""Reads the decision tables and says what they expect at a point."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from safelight.engines.policy import BreakGlass, CareRelationship, CitedAgreement, Decision, Reason
from safelight.vocabulary.relationships import Relationship

VECTORS = Path(__file__).parents[3] / "vectors" / "policy"

Point = dict[str, Any]
Dimensions = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Row:
    name: str
    given: tuple[tuple[str, frozenset[Any]], ...]
    ground: object
    reasons: frozenset[Reason]

    def speaks_at(self, point: Point) -> bool:
        return all(point[fact] in values for fact, values in self.given)


@dataclass(frozen=True, repr=False)
class Table:
    dimensions: Dimensions
    otherwise: Point
    indifferent: frozenset[str]
    sweep: Dimensions
    permits: tuple[Row, ...]
    denials: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.permits + self.denials

    def speaking(self, point: Point) -> list[Row]:
        denying = [row for row in self.denials if row.speaks_at(point)]
        return denying or [row for row in self.permits if row.speaks_at(point)]

    def swept(self) -> Iterator[Point]:
        """Every point of the product of the known values, or of those the table sweeps."""
        for values in itertools.product(*(self.sweep[fact] for fact in self.dimensions)):
            yield dict(zip(self.dimensions, values, strict=True))

    def corners(self) -> Iterator[Point]:
        """Every pair of any two values, unknown ones too, the rest as in `otherwise`."""
        for one, two in itertools.combinations(self.dimensions, 2):
            for a, b in itertools.product(self.dimensions[one], self.dimensions[two]):
                yield {**self.otherwise, one: a, two: b}


def assert_agrees(rows: list[Row], decision: Decision, point: Point) -> None:
    expected = {reason for row in rows for reason in row.reasons}
    where = f"at {point}: {[row.name for row in rows]}"
    if expected:
        assert set(decision.reasons) == expected, where
        assert not decision.permitted, where
    else:
        assert len(rows) == 1, f"not exactly one row permits {where}"
        assert decision.ground == rows[0].ground, where


def value_of(text: Any, allowed: tuple[Any, ...]) -> Any:
    for value in allowed:
        if value == text and isinstance(value, bool) is isinstance(text, bool):
            return value
    if text == "unknown" and None in allowed:
        return None
    raise AssertionError(f"{text!r} is none of {allowed}")


def ground_of(spec: Any) -> object:
    if spec is None:
        return None
    if spec == "break-glass":
        return BreakGlass()
    if "agreement" in spec:
        return CitedAgreement(spec["agreement"])
    return CareRelationship(Relationship(spec["relationship"]))


def read(name: str, dimensions: Dimensions) -> Table:
    source = yaml.safe_load((VECTORS / name).read_text(encoding="utf-8"))
    known = {
        fact: tuple(v for v in values if v is not None and v != "unknown")
        for fact, values in dimensions.items()
    }
    for fact, texts in source["sweep"].items():
        known[fact] = tuple(value_of(text, dimensions[fact]) for text in texts)
    rows = [(spec["decision"], _row(spec, dimensions)) for spec in source["rows"]]
    return Table(
        dimensions=dimensions,
        otherwise={f: value_of(source["otherwise"][f], v) for f, v in dimensions.items()},
        indifferent=frozenset(source["any"]),
        sweep=known,
        permits=tuple(row for decision, row in rows if decision == "permit"),
        denials=tuple(row for decision, row in rows if decision == "deny"),
    )


def _row(spec: Any, dimensions: Dimensions) -> Row:
    given = []
    for fact, texts in spec["given"].items():
        listed = texts if isinstance(texts, list) else [texts]
        given.append((fact, frozenset(value_of(text, dimensions[fact]) for text in listed)))
    reasons = frozenset(map(Reason, spec["reasons"]))
    assert bool(reasons) is (spec["decision"] == "deny"), spec["name"]
    assert ("ground" in spec) is (spec["decision"] == "permit"), spec["name"]
    return Row(spec["name"], tuple(given), ground_of(spec.get("ground")), reasons)
