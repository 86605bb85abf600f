"""Where the marked picture lies in what was found: which part, how large, how far turned."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.engines.watermark.carriers import SIDE, Carriers, canonical_size, drawn
from safelight.engines.watermark.pixels import Plane

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]
"""3 x 3, from a point of the canonical picture to one of the found picture."""

# How much of the original's longer side the found picture shows: from a half, cut off, to a
# screen on which the picture is a part.
LEAST_SHOWN, MOST_SHOWN = 0.5, 2.4
LEAST_FOUND = 200  # pixels; the mark's waves are gone from a smaller picture
STEP = 1.012
TURNS = (0.0, -0.9, 0.9)  # degrees
PIECE = 288  # canonical pixels
# Of a correlation's peak among a million places, in standard deviations; chance gives five.
LEAST_PEAK, CERTAIN_PEAK = 6.0, 9.0
MOST_CANDIDATES = 6
# Displacements are looked for in pieces of so many canonical pixels, so far away.
PATCH, REACH = 128, 10
LEAST_PATCHES = 6
LEAST_LIKENESS = 0.055


@dataclass(frozen=True, slots=True)
class View:
    """The canonical picture as far as it was found; `inside` is 0 where it was not."""

    plane: Plane
    inside: Plane
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class _Candidate:
    peak: float
    matrix: Matrix


def places_of(plain: Grey, places: Carriers, *, search: bool) -> Iterator[View]:
    """Ways in which `plain` may show a marked picture, the likeliest first."""
    straight = whole(plain)
    yield straight
    if not search or max(plain.shape) < LEAST_FOUND:
        return
    yield placed(plain, _fitted(plain, straight.matrix, places))
    for turn in TURNS:
        for candidate in _candidates(plain, turn, places):
            yield placed(plain, _fitted(plain, candidate.matrix, places))


def whole(plain: Grey) -> View:
    """The picture as nothing less and nothing more than the original, at whatever size."""
    height, width = plain.shape
    across, down = canonical_size(width, height)
    scale = np.diag([width / across, height / down, 1.0])
    return placed(plain, _centred(scale))


def _centred(matrix: Matrix) -> Matrix:
    """Pixels have their coordinates in their middles; scaling is about their corners."""
    back, forth = np.eye(3), np.eye(3)
    back[:2, 2], forth[:2, 2] = 0.5, -0.5
    return np.asarray(forth @ matrix @ back)


def placed(plain: Grey, matrix: Matrix, size: tuple[int, int] = (SIDE, SIDE)) -> View:
    """The found picture, moved to where the canonical one has it."""
    scale = math.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    coarse, there = _coarser(plain, scale) if scale > 1 else (plain, np.eye(3))
    moved = _moved(coarse.astype(np.float32), there @ matrix, size, cv2.INTER_CUBIC)
    inside = _moved(np.ones(coarse.shape, np.float32), there @ matrix, size, cv2.INTER_NEAREST)
    return View(moved, inside, matrix)


def _coarser(plain: Grey, scale: float) -> tuple[Grey, Matrix]:
    """The picture made smaller, lest its fine detail turn into false waves; and the way to it."""
    height, width = plain.shape
    size = max(1, round(width / scale)), max(1, round(height / scale))
    smaller = cv2.resize(plain, size, interpolation=cv2.INTER_AREA)
    by = np.diag([size[0] / width, size[1] / height, 1.0])
    return np.asarray(smaller, np.uint8), _centred(by)


def _moved(plane: Plane, matrix: Matrix, size: tuple[int, int], filtered: int) -> Plane:
    flags = filtered | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(plane, matrix, size, flags=flags), np.float32)


def whitened(plane: Plane) -> Plane:
    """What lies in the mark's band, as loud in one place as in another."""
    band = cv2.GaussianBlur(plane, (0, 0), 0.8) - cv2.GaussianBlur(plane, (0, 0), 2.2)
    loudness = np.sqrt(cv2.blur(band**2, (25, 25)) + 0.25)
    return np.asarray(np.clip(band / loudness, -2.5, 2.5), np.float32)


def _pilots(places: Carriers) -> Plane:
    return drawn(np.where(places.pilots, places.signs, 0).astype(np.float32))


def _spectrum(plane: Plane) -> NDArray[np.float32]:
    return np.asarray(cv2.dft(plane), np.float32)


def _candidates(plain: Grey, turn: float, places: Carriers) -> Iterator[_Candidate]:
    """A piece from the middle, tried at every scale in every place.

    What cannot be chance comes at once, what may be chance when all scales are tried; few of both,
    for every place that is read is one more chance of a false tag.
    """
    template, doubtful, certain = _spectrum(_pilots(places)), list[_Candidate](), 0
    for shown in _scales():
        candidate = _tried(plain, shown, turn, template)
        if candidate.peak >= CERTAIN_PEAK and certain < MOST_CANDIDATES:
            certain += 1
            yield candidate
        elif candidate.peak >= LEAST_PEAK:
            doubtful.append(candidate)
    yield from sorted(doubtful, key=lambda c: -c.peak)[:MOST_CANDIDATES]


def _scales() -> list[float]:
    """How much may be shown, from all of it outward to less and more in turn."""
    fewer = math.ceil(math.log(1 / LEAST_SHOWN) / math.log(STEP))
    more = math.ceil(math.log(MOST_SHOWN) / math.log(STEP))
    return [STEP**step for step in sorted(range(-fewer, more + 1), key=abs)]


def _tried(plain: Grey, shown: float, turn: float, template: NDArray[np.float32]) -> _Candidate:
    local = _piece_at(plain, shown, turn)
    piece = np.zeros((SIDE, SIDE), np.float32)
    view = placed(plain, local, (PIECE, PIECE))
    piece[:PIECE, :PIECE] = whitened(view.plane) * view.inside
    product = cv2.mulSpectrums(template, _spectrum(piece), 0, conjB=True)
    likeness = cv2.dft(product, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
    _, peak, _, (left, top) = cv2.minMaxLoc(likeness)
    spread = float(likeness.std())
    shift = np.eye(3)
    shift[:2, 2] = -left, -top
    return _Candidate(peak / max(spread, 1e-6), local @ shift)


def _piece_at(plain: Grey, shown: float, turn: float) -> Matrix:
    """From a square piece of canonical pixels to the middle of the found picture."""
    height, width = plain.shape
    scale = max(width, height) / (SIDE * shown)
    angle = math.radians(turn)
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    half = PIECE / 2
    matrix = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    matrix[:2, 2] = np.array([width / 2, height / 2]) - matrix[:2, :2] @ [half, half]
    return _centred(matrix)


def _fitted(plain: Grey, matrix: Matrix, places: Carriers) -> Matrix:
    """The same place, with the small turns and bends taken out that the pilots show."""
    template = _pilots(places)
    for _ in range(3):
        pairs = _displacements(placed(plain, matrix), template)
        if len(pairs) < LEAST_PATCHES:
            return matrix
        matrix = matrix @ _bend(np.array(pairs))
    return matrix


def _displacements(view: View, template: Plane) -> list[tuple[float, float, float, float]]:
    """Middles of pieces: where they ought to lie, and where they do."""
    seen = np.asarray(whitened(view.plane) * view.inside, np.float32)
    starts = range(0, SIDE - PATCH + 1, PATCH // 2)
    moves = (_move(seen, template, left, top) for top in starts for left in starts)
    return [move for move in moves if move]


def _move(
    seen: Plane, template: Plane, left: int, top: int
) -> tuple[float, float, float, float] | None:
    """From the middle of one piece to where it is seen, if it is."""
    piece = template[top : top + PATCH, left : left + PATCH]
    low, first = max(0, top - REACH), max(0, left - REACH)
    around = seen[low : top + PATCH + REACH, first : left + PATCH + REACH]
    if np.count_nonzero(around) < around.size // 2:
        return None
    likeness = cv2.matchTemplate(around, piece, cv2.TM_CCORR_NORMED)
    _, peak, _, (x, y) = cv2.minMaxLoc(likeness)
    if peak < LEAST_LIKENESS:
        return None
    across, down = left + PATCH / 2, top + PATCH / 2
    return across, down, across + first + x - left, down + low + y - top


def _bend(pairs: NDArray[np.float64]) -> Matrix:
    """The plane transformation that most pieces agree on; none when they do not."""
    # OpenCV returns None where nothing fits, against its own types.
    bend: object = cv2.findHomography(pairs[:, :2], pairs[:, 2:], cv2.RANSAC, 1.5)[0]
    return np.eye(3) if bend is None else np.asarray(bend, np.float64)
