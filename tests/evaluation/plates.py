"""Drawn skin with findings and nothing else: where a detector that sees something is wrong."""

from collections.abc import Iterator
from typing import get_args

import numpy as np
from tests.evaluation.labelled import Labelled

from safelight.engines.recognition import Pixels
from safelight.project.demo.drawing import (
    BodyPicture,
    Camera,
    DermoscopicPicture,
    Lesion,
    Skin,
    draw,
)
from safelight.project.demo.drawing.specs import Framing, LesionKind

FRAMINGS, LESIONS = get_args(Framing), get_args(LesionKind)
MARK = 40  # rows at the bottom, where every drawn picture says that it was drawn
EMPTY_PLATES = 100


def plate(seed: int, size: tuple[int, int]) -> Pixels:
    """A picture of skin without a word on it, RGB, `size` pixels (width, height)."""
    skin = Skin(tone=1 + seed % 8, seed=seed, hair=(seed * 0.37) % 1)
    if seed % 9 == 8:
        spec: BodyPicture | DermoscopicPicture = DermoscopicPicture(skin=skin, seed=seed)
    else:
        spec = BodyPicture(
            framing=FRAMINGS[seed % len(FRAMINGS)],
            skin=skin,
            lesion=Lesion(kind=LESIONS[seed % len(LESIONS)], seed=seed),
            camera=Camera(width=14 + seed % 5 * 4, turn=seed % 7 * 4 - 12),
        )
    drawn = draw(spec, (size[0], size[1] + MARK))
    return np.array(drawn.crop((0, 0, *size)), np.uint8)


def empty_plates() -> Iterator[Labelled]:
    for seed in range(EMPTY_PLATES):
        yield Labelled(("nothing to find: drawn skin",), plate(seed, (960, 720)))
