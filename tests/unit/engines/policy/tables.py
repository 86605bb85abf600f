"""Reads the decision tables and says what they expect at a point."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from safelight.engines.policy import (
    BreakGlass,
    CareRelationship,
    CitedAgreement,
    Consultation,
    Decision,
    LegalOpening,
    Reason,
    SubjectOfCare,
)
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

    def speaks_where(self, fact: str, value: Any) -> bool:
        return all(value in values for named, values in self.given if named == fact)


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
        mask = -1
        for fact, masks in self._masks.items():
            mask &= masks[point[fact]]
        if mask not in self._found:
            rows = [row for number, row in enumerate(self.rows) if mask >> number & 1]
            self._found[mask] = [row for row in rows if row.reasons] or rows
        return self._found[mask]

    @cached_property
    def _masks(self) -> dict[str, dict[Any, int]]:
        """For each value of each fact the rows that can speak there, one bit for each row.

        Tables of hundreds of thousands of points are looked up in; a bit for each row is quick.
        """
        return {
            fact: {
                value: sum(row.speaks_where(fact, value) << n for n, row in enumerate(self.rows))
                for value in values
            }
            for fact, values in self.dimensions.items()
        }

    @cached_property
    def _found(self) -> dict[int, list[Row]]:
        return {}

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
    if expected:
        assert set(decision.reasons) == expected, _where(rows, point)
        assert not decision.permitted, _where(rows, point)
    else:
        assert len(rows) == 1, f"not exactly one row permits {_where(rows, point)}"
        assert decision.ground == rows[0].ground, _where(rows, point)


def _where(rows: list[Row], point: Point) -> str:
    return f"at {point}: {[row.name for row in rows]}"


def value_of(text: Any, allowed: tuple[Any, ...]) -> Any:
    for value in allowed:
        if value == text and isinstance(value, bool) is isinstance(text, bool):
            return value
    if text == "unknown" and None in allowed:
        return None
    raise AssertionError(f"{text!r} is none of {allowed}")


GROUNDS: Mapping[Any, object] = {
    None: None,
    "break-glass": BreakGlass(),
    "subject-of-care": SubjectOfCare(),
    "consultation": Consultation("R"),
    "legal-opening": LegalOpening("O"),
}


def ground_of(spec: Any) -> object:
    if not isinstance(spec, dict):
        return GROUNDS[spec]
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
    rows = [(spec["decision"], row) for spec in source["rows"] for row in _rows(spec, dimensions)]
    return Table(
        dimensions=dimensions,
        otherwise={f: value_of(source["otherwise"][f], v) for f, v in dimensions.items()},
        indifferent=frozenset(source["any"]),
        sweep=known,
        permits=tuple(row for decision, row in rows if decision == "permit"),
        denials=tuple(row for decision, row in rows if decision == "deny"),
    )


def _rows(spec: Any, dimensions: Dimensions) -> list[Row]:
    given = spec.get("given", {})
    if "pair" not in spec:
        return [_row(spec, given, dimensions)]
    one, other = spec["pair"]["one"], spec["pair"]["other"]
    either_way = ({"a": one, "b": other}, {"a": other, "b": one})
    return [_row(spec, {**given, **pair}, dimensions) for pair in either_way]


def _row(spec: Any, conditions: Mapping[str, Any], dimensions: Dimensions) -> Row:
    given = [
        (fact, frozenset(value_of(text, dimensions[fact]) for text in _flat(texts)))
        for fact, texts in conditions.items()
    ]
    reasons = frozenset(map(Reason, spec["reasons"]))
    assert bool(reasons) is (spec["decision"] == "deny"), spec["name"]
    assert ("ground" in spec) is (spec["decision"] == "permit"), spec["name"]
    return Row(spec["name"], tuple(given), ground_of(spec.get("ground")), reasons)


def _flat(texts: Any) -> list[Any]:
    """A list, a single value, or a list of lists that a table has named."""
    if not isinstance(texts, list):
        return [texts]
    return [text for listed in texts for text in _flat(listed)]
