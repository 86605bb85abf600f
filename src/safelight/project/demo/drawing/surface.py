"""A piece of skin while it is being made: what it reflects, how it rises, how it shines."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from .colour import Floats
from .view import View


@dataclass(slots=True)
class Surface:
    """`albedo` (3, height, width) in linear light; `relief` in cm; `gloss` 0 (matt) to 1 (wet).

    Every change is made in place, so that a `part` of a surface changes the whole.
    """

    albedo: Floats
    relief: Floats
    gloss: Floats

    @classmethod
    def plain(cls, view: View, colour: Floats, gloss: float = 0.12) -> Self:
        shape = (view.height, view.width)
        albedo = np.empty((3, *shape), np.float32)
        albedo[:] = colour[:, None, None]
        return cls(albedo, np.zeros(shape, np.float32), np.full(shape, gloss, np.float32))

    def part(self, window: tuple[slice, slice]) -> Self:
        """The pixels of `window`, not a copy of them."""
        return type(self)(self.albedo[:, *window], self.relief[window], self.gloss[window])

    def copy(self) -> Self:
        return type(self)(self.albedo.copy(), self.relief.copy(), self.gloss.copy())

    def stain(self, pigment: Floats, amount: Floats) -> None:
        """Absorb by `amount` of `pigment`, as light passing through it would be."""
        for channel, density in enumerate(pigment):
            self.albedo[channel] *= np.exp(amount * -density)

    def cover(self, colour: Floats, alpha: Floats, shade: Floats | None = None) -> None:
        """Lay an opaque material of `colour`, per pixel times `shade`, on the skin."""
        for channel, value in enumerate(colour):
            paint = value if shade is None else value * shade
            self.albedo[channel] += (paint - self.albedo[channel]) * alpha

    def flatten(self, alpha: Floats) -> None:
        """Take away the relief that is there: the net of furrows, hair roots."""
        self.relief *= 1 - alpha

    def rise(self, height: Floats) -> None:
        self.relief += height

    def shine(self, gloss: float, alpha: Floats) -> None:
        self.gloss += (gloss - self.gloss) * alpha
