"""A piece of skin while it is being made: what it reflects, how it rises, how it shines."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from .colour import Floats
from .view import View


@dataclass(slots=True)
class Surface:
    """`albedo` (height, width, 3) in linear light; `relief` in cm; `gloss` 0 (matt) to 1 (wet)."""

    albedo: Floats
    relief: Floats
    gloss: Floats

    @classmethod
    def plain(cls, view: View, colour: Floats, gloss: float = 0.12) -> Self:
        shape = (view.height, view.width)
        albedo = np.empty((*shape, 3), np.float32)
        albedo[:] = colour
        return cls(albedo, np.zeros(shape, np.float32), np.full(shape, gloss, np.float32))

    def stain(self, pigment: Floats, amount: Floats) -> None:
        """Absorb by `amount` of `pigment`, as light passing through it would be."""
        for channel in range(3):
            self.albedo[..., channel] *= np.exp(amount * -pigment[channel])

    def cover(self, colour: Floats, alpha: Floats) -> None:
        """Lay an opaque material of `colour`, one for all or one per pixel, on the skin."""
        for channel in range(3):
            under = self.albedo[..., channel]
            under += (colour[..., channel] - under) * alpha

    def rise(self, height: Floats) -> None:
        self.relief += height

    def shine(self, gloss: float, alpha: Floats) -> None:
        self.gloss += (gloss - self.gloss) * alpha
