"""The camera's window on the body: pixels to centimetres, and everything that is looked up there."""

from dataclasses import dataclass, field, replace
from math import cos, radians, sin
from typing import Self

import numpy as np
from PIL import Image, ImageFilter

from .colour import Floats
from .plates import COARSE, FINE, TILE, clouds, hill, swell
from .specs import Camera


def smoothstep(low: float, high: float, values: Floats) -> Floats:
    """0 below `low`, 1 above `high`, an S between; `low` above `high` turns it round."""
    t = np.clip((values - low) * (1.0 / (high - low)), 0.0, 1.0)
    eased: Floats = t * t * (3.0 - 2.0 * t)
    return eased


def bump(x: Floats, y: Floats, wide: float, high: float) -> Floats:
    """A soft hill of height 1 at the origin."""
    return np.exp(-((x / np.float32(wide)) ** 2) - (y / np.float32(high)) ** 2)


def blurred(plane: Floats, radius: float, size: tuple[int, int] | None = None) -> Floats:
    """Gaussian blur of values 0 to 1, enlarged to `size` (width, height) if given; radius in pixels."""
    image = Image.fromarray(np.clip(plane * 255, 0, 255).astype(np.uint8))
    soft = image.filter(ImageFilter.GaussianBlur(radius))
    if size is not None:
        soft = soft.resize(size, Image.Resampling.BICUBIC)
    return np.asarray(soft, np.float32) * np.float32(1 / 255)


def _span(middle: float, half: float, size: int) -> slice:
    """The pixels from `middle - half` to `middle + half` that a side of `size` has; one at least."""
    first = min(max(0, int(middle - half)), size - 1)
    return slice(first, max(first + 1, min(size, int(middle + half))))


@dataclass(frozen=True, slots=True)
class View:
    """`x` and `y` give each pixel's place on the body in cm; shapes are (height, width)."""

    width: int
    height: int
    scale: float
    matrix: tuple[float, float, float, float, float, float]
    x: Floats = field(repr=False)
    y: Floats = field(repr=False)

    @classmethod
    def of(cls, camera: Camera, size: tuple[int, int]) -> Self:
        """What `camera` sees on a sensor of `size` pixels (width, height)."""
        width, height = size
        scale = width / camera.width
        c, s = cos(radians(camera.turn)) / scale, sin(radians(camera.turn)) / scale
        left = camera.shift[0] - (c * width - s * height) / 2
        top = camera.shift[1] - (s * width + c * height) / 2
        i = np.arange(width, dtype=np.float32)[None, :]
        j = np.arange(height, dtype=np.float32)[:, None]
        x = np.float32(c) * i - np.float32(s) * j + np.float32(left)
        y = np.float32(s) * i + np.float32(c) * j + np.float32(top)
        return cls(width, height, scale, (c, -s, left, s, c, top), x, y)

    def pixels(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where points on the body, in cm, fall in the picture."""
        c, minus_s, left, s, _, top = self.matrix
        dx, dy = (x - left) * self.scale**2, (y - top) * self.scale**2
        return c * dx + s * dy, minus_s * dx + c * dy

    def coarser(self, shrink: int) -> Self:
        """The same window with `shrink` times fewer pixels each way (rounded up)."""
        a, b, c, d, e, f = self.matrix
        x, y = self.x[::shrink, ::shrink], self.y[::shrink, ::shrink]
        matrix = (a * shrink, b * shrink, c, d * shrink, e * shrink, f)
        return type(self)(x.shape[1], x.shape[0], self.scale / shrink, matrix, x, y)

    def near(self, reach: float) -> tuple[Self, tuple[slice, slice]]:
        """The part of the window within `reach` cm of the origin, and which pixels it is."""
        column, row = self.pixels(np.zeros(1), np.zeros(1))
        rows = _span(float(row[0]), reach * self.scale, self.height)
        columns = _span(float(column[0]), reach * self.scale, self.width)
        x, y = self.x[rows, columns], self.y[rows, columns]
        a, b, _, d, e, _ = self.matrix
        matrix = (a, b, float(x[0, 0]), d, e, float(y[0, 0]))
        return type(self)(x.shape[1], x.shape[0], self.scale, matrix, x, y), (rows, columns)

    def edge(self, depth: Floats) -> Floats:
        """A smooth edge, one pixel wide, where `depth` in cm crosses 0: 1 inside, 0 outside."""
        cover: Floats = np.clip(depth * np.float32(self.scale) + np.float32(0.5), 0, 1)
        return cover

    def moved(self, x: float, y: float) -> Self:
        """The same window with the origin at (`x`, `y`)."""
        a, b, c, d, e, f = self.matrix
        return replace(
            self,
            matrix=(a, b, c - x, d, e, f - y),
            x=self.x - np.float32(x),
            y=self.y - np.float32(y),
        )

    def sample(
        self, plate: Image.Image, texels: float, seed: int = 0, stretch: float = 1.0
    ) -> Floats:
        """The plate laid on the body at `texels` per cm (`stretch` times longer along x).

        `seed` chooses the part of the plate. The plate sticks to the body, so that two visits line
        up.
        """
        rng = np.random.default_rng(seed)
        middle = TILE + (rng.random(2) - 0.5) * TILE * 0.5
        texels = min(texels, self._most_texels() * min(stretch, 1.0))
        a, b, c, d, e, f = self.matrix
        k = texels / stretch
        affine = (a * k, b * k, c * k + middle[0], d * texels, e * texels, f * texels + middle[1])
        image = plate.transform(
            (self.width, self.height), Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR
        )
        return np.asarray(image)

    def _most_texels(self) -> float:
        # The window must stay on the plate whatever the shift: a quarter of a tile is kept spare.
        return TILE * 1.4 * self.scale / float(np.hypot(self.width, self.height))

    def swell(self, feature: float, seed: int) -> Floats:
        """Smooth noise, hills about `feature` cm across, mean 0, deviation 1.

        Looked up small and enlarged: smoothness costs nothing to enlarge.
        """
        shrink = int(np.clip(feature * self.scale / 12, 1, 8))
        found = self.coarser(shrink).sample(swell(), TILE / 24 / feature, seed)
        if shrink == 1:
            return found[: self.height, : self.width]
        grown = Image.fromarray(found).resize(
            (self.width, self.height),
            Image.Resampling.BICUBIC,
            box=(0, 0, self.width / shrink, self.height / shrink),
        )
        return np.asarray(grown)

    def clouds(self, feature: float, seed: int) -> Floats:
        """Noise with hills about `feature` cm across, mean near 0, deviation near 1."""
        texels = hill(COARSE) / feature
        if texels <= self._most_texels():
            return self.sample(clouds(COARSE), texels, seed)
        return self.sample(clouds(FINE), hill(FINE) / feature, seed)
