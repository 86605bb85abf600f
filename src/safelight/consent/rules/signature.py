"""The mark somebody makes: drawn strokes or a typed name. A dot is no signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist
from typing import Any, Final

from safelight.consent.errors import SignatureEmptyError

Stroke = tuple[tuple[float, float], ...]

MOST_STROKES: Final = 200
MOST_POINTS: Final = 6000
# In widths of the field. A tick is about a quarter; a dot or a slip of the finger is far less.
SHORTEST_PATH: Final = 0.25
FEWEST_LETTERS: Final = 2
LONGEST_NAME: Final = 120
DIGITS: Final = 4
ASPECT: Final = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """Either strokes or a typed name.

    A point is (x, y), each 0 to 1: from the left and from the top of a field three times as wide
    as it is high.
    """

    strokes: tuple[Stroke, ...] = ()
    typed: str = ""


def read_mark(data: object) -> Mark:
    """The mark as a browser sends it; SignatureEmptyError for anything that is none."""
    try:
        mark = _mark(data)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise SignatureEmptyError from error
    if not _is_typed(mark.typed) and path_length(mark.strokes) < SHORTEST_PATH:
        raise SignatureEmptyError
    return mark


def _mark(data: Any) -> Mark:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(data, Mapping):
        raise TypeError
    strokes = tuple(_stroke(item) for item in _sequence(data.get("strokes", ())))
    if len(strokes) > MOST_STROKES or sum(map(len, strokes)) > MOST_POINTS:
        raise ValueError
    typed = str(data.get("typed") or "").strip()
    return Mark(strokes, typed[:LONGEST_NAME] if not strokes else "")


def _sequence(value: object) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return value


def _stroke(points: object) -> Stroke:
    return tuple((_place(x), _place(y)) for x, y in _sequence(points))


def _place(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError
    return round(float(value), DIGITS)


def path_length(strokes: Sequence[Stroke]) -> float:
    """How far the pen went while it was down, in widths of the field."""
    flat = [[(x, y / ASPECT) for x, y in stroke] for stroke in strokes]
    return sum(dist(a, b) for stroke in flat for a, b in pairwise(stroke))


def _is_typed(name: str) -> bool:
    return sum(letter.isalpha() for letter in name) >= FEWEST_LETTERS
