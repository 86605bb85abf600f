"""Burning marks into a picture that somebody looks at by reference: an obligation, never an extra.

INVARIANT: what has to be marked and cannot be is not sent at all.
"""

import io
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from PIL import Image

from safelight.engines.policy import Obligation
from safelight.engines.watermark import (
    Pixels,
    TooSmall,
    UnwritableMarkError,
    WatermarkError,
    embed,
    visible,
)
from safelight.release.opened import Opened
from safelight.vault.institution_keys import WATERMARKS, institution_key
from safelight.vocabulary.errors import SafelightError

QUALITY: Final = 90
MARKS: Final = frozenset({Obligation.VISIBLE_MARK, Obligation.INVISIBLE_MARK})
LEAST_SIDE: Final = 1280
"""Pixels of the longer side, from which on the hidden mark survives a copy of half the size.

What is smaller is enlarged, so that it can carry both marks.
"""
LEAST_SMALL_SIDE: Final = 640
"""The least that carries the hidden mark at all: through a JPEG, not through half the size."""


class NotMarkedError(SafelightError):
    code: ClassVar[str] = "not-marked"
    message: ClassVar[str] = "The picture has to carry a mark and cannot, so it is not shown."


@dataclass(frozen=True, slots=True)
class Mark:
    """`text` is what everybody reads; `number` (32 bits) is what the institution reads."""

    text: str
    number: int


def burn(
    opened: Opened,
    obligations: frozenset[Obligation],
    mark: Mark | None,
    *,
    least_side: int = LEAST_SIDE,
) -> Opened:
    """The picture with the marks that it has to carry; NotMarkedError if it cannot carry them.

    The colour profile stays; the file becomes a JPEG, its longer side `least_side` pixels or more.
    """
    wanted = obligations & MARKS
    if not wanted:
        return opened
    if mark is None:
        raise NotMarkedError
    try:
        picture = _upright(opened.content, least_side)
        marked = _marked(np.asarray(picture), wanted, mark)
    except (OSError, ValueError, Image.DecompressionBombError, WatermarkError) as error:
        raise NotMarkedError from error
    return Opened(_jpeg(marked, picture.info.get("icc_profile")), "image/jpeg")


def _upright(content: bytes, least_side: int) -> Image.Image:
    """In colour, and large enough. Renditions are upright already, and hold no metadata."""
    picture = Image.open(io.BytesIO(content))
    profile = picture.info.get("icc_profile") if picture.mode == "RGB" else None
    colour = picture.convert("RGB")
    grows = least_side / max(colour.size)
    if grows > 1:
        width, height = (round(side * grows) for side in colour.size)
        colour = colour.resize((max(1, width), max(1, height)), Image.Resampling.BICUBIC)
    colour.info = {"icc_profile": profile} if profile else {}
    return colour


def _marked(pixels: Pixels, wanted: frozenset[Obligation], mark: Mark) -> Pixels:
    """The visible mark first: it would cover the other."""
    if Obligation.VISIBLE_MARK in wanted:
        pixels = _carried(_written(pixels, mark))
    if Obligation.INVISIBLE_MARK in wanted:
        pixels = _carried(embed(pixels, mark.number, institution_key(WATERMARKS)))
    return pixels


def _written(pixels: Pixels, mark: Mark) -> Pixels | TooSmall:
    """In letters that there are; a name in others gives way to the number, which names it too."""
    try:
        return visible(pixels, mark.text)
    except UnwritableMarkError:
        return visible(pixels, f"{mark.number:08X}")


def _carried(pixels: Pixels | TooSmall) -> Pixels:
    if isinstance(pixels, TooSmall):
        raise NotMarkedError
    return pixels


def _jpeg(pixels: Pixels, profile: bytes | None) -> bytes:
    written = io.BytesIO()
    options = {"icc_profile": profile} if profile else {}
    Image.fromarray(pixels).save(written, "JPEG", quality=QUALITY, **options)
    return written.getvalue()
