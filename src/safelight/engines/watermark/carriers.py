"""Where in a picture the mark lies: the same places for one key, unpredictable without it.

A picture is thought of at a canonical size, its longer side 1024 pixels, in blocks of 8 x 8. Each
block gives eleven of its cosine coefficients (JPEG's own transform, but not JPEG's grid), of
middle frequency: low enough to outlive half the size and a JPEG, high enough to hide in skin.
Of these carriers about a third are pilots, whose sign depends on the key alone and shows where
a cropped picture lies; each of the others is given one of the slots of the code.
"""

import hmac
import math
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256, shake_256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safelight.engines.watermark.errors import WeakKeyError
from safelight.engines.watermark.pixels import Plane
from safelight.engines.watermark.words import SLOTS

SIDE: Final = 1024  # pixels of the canonical picture's longer side
BLOCK: Final = 8
CELLS: Final = SIDE // BLOCK
LEAST_KEY_BYTES = 32
PILOTS = 90 / 256

# Down, across; in half periods for each block. Periods of 4.4 to 8 canonical pixels.
FREQUENCIES = (
    (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (0, 3), (3, 0), (1, 3), (3, 1), (2, 3), (3, 2),
)  # fmt: skip

Coefficients = NDArray[np.float32]
"""Rows x columns of blocks x frequencies."""


def _basis() -> NDArray[np.float32]:
    """One row of 64 for each frequency, of length 1 and orthogonal to the others (DCT-II)."""
    at = (2 * np.arange(BLOCK) + 1) * math.pi / (2 * BLOCK)
    waves = [np.outer(np.cos(down * at), np.cos(across * at)) for down, across in FREQUENCIES]
    flat = np.array(waves).reshape(len(waves), -1)
    return np.asarray(flat / np.linalg.norm(flat, axis=1, keepdims=True), np.float32)


BASIS = _basis()


@dataclass(frozen=True, slots=True)
class Carriers:
    """What a key decides: a sign for each carrier, which are pilots, and the slot of the others."""

    signs: Coefficients
    pilots: NDArray[np.bool_]
    slots: NDArray[np.int64]


@lru_cache(maxsize=8)
def carriers(key: bytes) -> Carriers:
    """For `CELLS` x `CELLS` blocks. Raises `WeakKeyError`.

    They are remembered for a few keys, since drawing them costs more than marking with them.
    """
    if len(key) < LEAST_KEY_BYTES:
        raise WeakKeyError
    shape = (CELLS, CELLS, len(FREQUENCIES))
    count = math.prod(shape)
    seed = hmac.digest(key, b"safelight watermark 1 carriers", sha256)
    drawn = np.frombuffer(shake_256(seed).digest(4 * count), np.uint8).reshape(4, *shape)
    signs = np.where(drawn[0] & 1, 1, -1).astype(np.float32)
    slots = (drawn[2].astype(np.int64) << 8 | drawn[3]) % SLOTS
    return Carriers(signs, drawn[1] < PILOTS * 256, slots)


def analysed(plane: Plane) -> Coefficients:
    """The coefficients of all whole blocks of a canonical plane."""
    return np.asarray(blocks(plane) @ BASIS.T, np.float32)


def blocks(plane: Plane) -> NDArray[np.float32]:
    """Rows x columns of blocks x 64 pixels; what is left over at the right and below is not in."""
    rows, columns = plane.shape[0] // BLOCK, plane.shape[1] // BLOCK
    whole = plane[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return whole.transpose(0, 2, 1, 3).reshape(rows, columns, BLOCK * BLOCK)


def drawn(coefficients: Coefficients) -> Plane:
    """The plane that has these coefficients and no others."""
    rows, columns = coefficients.shape[:2]
    pieces = (coefficients @ BASIS).reshape(rows, columns, BLOCK, BLOCK)
    return np.ascontiguousarray(
        pieces.transpose(0, 2, 1, 3).reshape(rows * BLOCK, columns * BLOCK), np.float32
    )


def canonical_size(width: int, height: int) -> tuple[int, int]:
    """Width and height at which a picture is marked and read."""
    scale = SIDE / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
