"""Noise that is made once and then photographed: seamless plates of clouds and of cells.

A plate is a tile repeated, so that any window of it can be cut out. Windows at different places
look unrelated, which is how one plate serves every person and every finding.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image

from .colour import Floats

TILE = 1024


def _plate(tile: Floats) -> Image.Image:
    return Image.fromarray(np.tile(tile, (2, 2)))


COARSE, FINE = 3, 24


@lru_cache(maxsize=1)
def swell() -> Image.Image:
    """Smooth hills of one size, `TILE / 24` texels across; mean 0, deviation 1."""
    rng = np.random.default_rng(13)
    distance = np.hypot(np.fft.rfftfreq(TILE)[None, :], np.fft.fftfreq(TILE)[:, None]) * TILE
    band = np.exp(-((distance / 13) ** 2)) * (distance > 3)
    tile = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((TILE, TILE))) * band, s=(TILE, TILE))
    return _plate((tile / tile.std()).astype(np.float32))


@lru_cache(maxsize=2)
def clouds(coarsest: int) -> Image.Image:
    """Noise whose power falls with frequency; mean 0, deviation 1.

    `coarsest` waves fit a tile (`COARSE` or `FINE`): hills are `hill(coarsest)` texels across.
    """
    rng = np.random.default_rng(11)
    spectrum = np.fft.rfft2(rng.standard_normal((TILE, TILE)))
    distance = np.hypot(np.fft.rfftfreq(TILE)[None, :], np.fft.fftfreq(TILE)[:, None])
    fall = np.where(distance > coarsest / TILE, 1 / np.maximum(distance, 1 / TILE) ** 1.7, 0)
    tile = np.fft.irfft2(spectrum * fall, s=(TILE, TILE))
    return _plate((tile / tile.std()).astype(np.float32))


def hill(coarsest: int) -> float:
    """The size in texels of the largest hills of that plate."""
    return TILE / 2 / coarsest


class Cells(NamedTuple):
    """Irregular cells: a dome over each (1 at its seed, 0 far out), furrows between, a value each."""

    dome: Image.Image
    furrow: Image.Image
    value: Image.Image


PITCH = 16


@lru_cache(maxsize=1)
def cells() -> Cells:
    """Cells about `PITCH` texels apart, seamless (a Voronoi pattern of jittered grid points)."""
    count = TILE // PITCH
    rng = np.random.default_rng(7)
    jitter = rng.random((2, count, count), dtype=np.float32) * 0.9
    values = rng.random((count, count), dtype=np.float32)
    near, second, owner = _nearest(jitter, values)
    furrow = np.clip(1 - (second - near) / 0.28, 0, 1)
    return Cells(_plate(np.clip(1 - near, 0, 1)), _plate(furrow), _plate(owner))


def _nearest(jitter: Floats, values: Floats) -> tuple[Floats, Floats, Floats]:
    """Distance to the nearest and second nearest point, in pitches, and the nearest's value."""
    y, x = np.indices((TILE, TILE), dtype=np.float32) / PITCH
    row, column = y.astype(int), x.astype(int)
    near = np.full_like(x, 9)
    second, owner = near.copy(), np.zeros_like(x)
    for dy, dx in np.ndindex(3, 3):
        r, c = row + dy - 1, column + dx - 1
        i, j = r % len(values), c % len(values)
        distance = np.hypot(r + jitter[0, i, j] - y, c + jitter[1, i, j] - x)
        closer = distance < near
        second = np.where(closer, near, np.minimum(second, distance))
        owner = np.where(closer, values[i, j], owner)
        near = np.where(closer, distance, near)
    return near, second, owner
