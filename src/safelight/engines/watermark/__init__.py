"""Marks burned into a picture that say whom it was shown to: one that is read, one that is not seen.

`visible` writes words across the picture. `embed` hides a number in it, `read` finds the number in
a copy. `burn` does both in the right order. See `docs/design/watermarks.md`.
"""

from safelight.engines.watermark.embedding import embed
from safelight.engines.watermark.errors import (
    UnfitPayloadError,
    UnmarkablePixelsError,
    UnwritableMarkError,
    WatermarkError,
    WeakKeyError,
)
from safelight.engines.watermark.pixels import Pixels, TooSmall
from safelight.engines.watermark.reading import Reading, read
from safelight.engines.watermark.visible_mark import visible

__all__ = [
    "Pixels",
    "Reading",
    "TooSmall",
    "UnfitPayloadError",
    "UnmarkablePixelsError",
    "UnwritableMarkError",
    "WatermarkError",
    "WeakKeyError",
    "burn",
    "embed",
    "read",
    "visible",
]


def burn(pixels: Pixels, text: str, payload: int, key: bytes) -> Pixels | TooSmall:
    """Both marks, the visible one first. Raises what `visible` and `embed` raise."""
    written = visible(pixels, text)
    return written if isinstance(written, TooSmall) else embed(written, payload, key)
