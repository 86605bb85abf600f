"""How far a barcode reaches whose reader or detector told only a part of it.

A reader needs a few lines across the bars and says where those are; a detector of stripes says where
it saw most of them. Digits in what is left of the bars could still be read. So from there on the
bars are followed: along themselves while the same pattern of dark and light goes on, and sideways
from bar to bar until a gap comes that is wider than any in a code.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.views import Grey

Floats = NDArray[np.float32]

MOST_STEPS = 4
LONGER = 1.2  # times as long as before: less is not worth another step
MOST_SAMPLES = 600  # along what was told of a code, however large it is
LEAST_LENGTH = 8  # pixels: less holds no pattern
STRIPED = 0.6  # how much edges must lie in one direction, 0 to 1
ALIKE = 0.5  # correlation of a line across the bars with those before
FAINT = 0.2  # of the contrast between the bars that were told
HIDDEN = 0.12  # of the length: so much of the bars may be under glare, a fold or a thumb
EDGE = 0.25  # of a strong edge's strength
# Bars and gaps of a code are up to four modules wide, edges nearly two apart; ten modules are quiet.
GAP = 4.5  # times the mean distance between edges
MARGIN = 2.0  # times the same: what blur and ink add


@dataclass(frozen=True, slots=True)
class _Stripes:
    """A place of bars in a turned frame: `across` them, and `along` them, as unit vectors.

    `left` to `right` and `top` to `bottom` are what is known of them there, in pixels.
    """

    across: NDArray[np.float64]
    along: NDArray[np.float64]
    left: float
    right: float
    top: float
    bottom: float

    @property
    def length(self) -> float:
        return self.right - self.left

    def widened(self, room: float) -> "_Stripes":
        return replace(
            self,
            left=self.left - room,
            right=self.right + room,
            top=self.top - room,
            bottom=self.bottom + room,
        )

    def corners(self) -> list[tuple[float, float]]:
        ends = ((u, v) for u in (self.left, self.right) for v in (self.top, self.bottom))
        points = (u * self.across + v * self.along for u, v in ends)
        return [(float(x), float(y)) for x, y in points]


def whole_bars(grey: Grey, corners: NDArray[np.float64]) -> Box | None:
    """What holds all bars of a code of which `corners` hold a part; None where no bars are."""
    stripes = _stripes(grey, corners)
    if stripes is None:
        return None
    for _ in range(MOST_STEPS):
        before, (stripes, apart) = stripes.length, _followed(grey, stripes)
        if stripes.length < LONGER * before:
            break
    return Box.around(stripes.widened(MARGIN * apart).corners())


def _followed(grey: Grey, stripes: _Stripes) -> tuple[_Stripes, float]:
    """The bars as far as they go on, at most as far again as is known; and how far edges are apart."""
    step, length = max(1.0, stripes.length / MOST_SAMPLES), stripes.length
    strip = _strip(grey, stripes, step)
    known = round(length / step)
    inside = slice(known, min(2 * known, strip.shape[1] - 1))
    top, bottom = _followed_along(strip[:, inside], (known, strip.shape[0] - known))
    left, right, apart = _followed_across(strip[top:bottom].mean(axis=0), inside)
    further = replace(
        stripes,
        left=stripes.left - length + left * step,
        right=stripes.left - length + right * step,
        top=stripes.top - length + top * step,
        bottom=stripes.top - length + bottom * step,
    )
    return further, apart * step


def _stripes(grey: Grey, corners: NDArray[np.float64]) -> _Stripes | None:
    """The direction in which most edges lie there; None if there is none, or too little to see."""
    region = Box.around(corners).region(grey.shape[1], grey.shape[0])
    if region is None:
        return None
    piece = grey[region.top : region.bottom, region.left : region.right]
    dx, dy = (cv2.Sobel(piece, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    xx, yy, xy = float((dx * dx).sum()), float((dy * dy).sum()), float((dx * dy).sum())
    if math.hypot(xx - yy, 2 * xy) < STRIPED * (xx + yy) or xx + yy == 0:
        return None
    angle = math.atan2(2 * xy, xx - yy) / 2
    across = np.array((math.cos(angle), math.sin(angle)))
    along = np.array((-across[1], across[0]))
    u, v = corners @ across, corners @ along
    stripes = _Stripes(across, along, u.min(), u.max(), v.min(), v.max())
    return stripes if stripes.length >= LEAST_LENGTH else None


def _strip(grey: Grey, stripes: _Stripes, step: float) -> Floats:
    """What lies there and as far again as it is long on each side, the bars upright.

    One sample every `step` pixels; what lies outside the picture is plain.
    """
    length, height = stripes.length, stripes.bottom - stripes.top
    start = (stripes.left - length) * stripes.across + (stripes.top - length) * stripes.along
    matrix = np.column_stack((stripes.across * step, stripes.along * step, start))
    size = round(3 * length / step), max(3, round((height + 2 * length) / step))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(grey, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.blur(strip, (3, 1)), np.float32)


def _followed_along(lines: Floats, told: tuple[int, int]) -> tuple[int, int]:
    """From which to which line the pattern of the lines that were told goes on."""
    top, bottom = min(told[0], len(lines) - 1), max(told[1], told[0] + 1)
    known = lines[top:bottom].mean(axis=0)
    allowed = round(HIDDEN * lines.shape[1])
    above = _last_alike(lines[:top][::-1], known, allowed)
    return top - above, bottom + _last_alike(lines[bottom:], known, allowed)


def _last_alike(lines: Floats, known: Floats, allowed: int) -> int:
    """How many lines belong to the pattern, with at most `allowed` in between that do not."""
    known = known - known.mean()
    contrast, last = float(known.std()), 0
    for number, line in enumerate(lines, 1):
        level = line - line.mean()
        spread = float(level.std())
        if spread > FAINT * contrast and _alike(level, known) >= ALIKE:
            # Little by little: bars of a band that is bent or seen aslant wander sideways.
            last, known = number, 0.8 * known + 0.2 * level * (contrast / spread)
        elif number - last > allowed:
            break
    return last


def _alike(one: Floats, other: Floats) -> float:
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / size if size else 0.0


def _followed_across(profile: Floats, inside: slice) -> tuple[int, int, float]:
    """The first and the last bar that stand in a row with those inside, and how far edges are apart.

    In samples of `profile`, which is the mean of the lines.
    """
    rising = np.diff(profile)
    strong = max(1.0, EDGE * float(np.percentile(np.abs(rising[inside]), 95)))
    # Each kind by itself: a bar of one module's breadth falls where it has hardly risen.
    edges = np.union1d(_peaks(rising, strong), _peaks(-rising, strong))
    known = edges[(edges >= inside.start) & (edges < inside.stop)]
    if len(known) < 2:  # noqa: PLR2004 - a distance needs two
        return inside.start, inside.stop, 1.0
    apart = float(known[-1] - known[0]) / (len(known) - 1)
    right = _chained(edges[edges >= inside.stop], inside.stop, GAP * apart)
    left = -_chained(-edges[edges < inside.start][::-1], -inside.start, GAP * apart)
    return left, right, apart


def _peaks(rising: Floats, strong: float) -> NDArray[np.intp]:
    middle = rising[1:-1]
    return 1 + np.flatnonzero((middle > strong) & (middle >= rising[:-2]) & (middle > rising[2:]))


def _chained(edges: NDArray[np.intp], end: int, gap: float) -> int:
    """The last of rising edges that is reached from `end` by steps of at most `gap`."""
    for edge in edges.tolist():
        if edge - end > gap:
            break
        end = edge
    return end
