"""Uncompressed pixels (PS3.5, section 8), as PNG: what is shown, in 8 bits, and no bit beside."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from safelight.engines.dicom.errors import MalformedDicomError, UnsupportedDicomError

GREY: Final = frozenset({"MONOCHROME1", "MONOCHROME2"})
COLOUR: Final = frozenset({"RGB", "YBR_FULL"})

Samples = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the samples of a frame lie (PS3.3, section C.7.6.3)."""

    rows: int
    columns: int
    samples: int
    colour: str
    by_plane: bool
    allocated: int
    stored: int
    signed: bool

    def check(self) -> None:
        """Raise `UnsupportedDicomError` for pixels that no photograph has."""
        wanted = {**dict.fromkeys(GREY, 1), **dict.fromkeys(COLOUR, 3)}
        if wanted.get(self.colour) != self.samples or self.signed:
            raise UnsupportedDicomError(
                "The pixels of this DICOM file are of a kind not known here."
            )
        if self.allocated not in (8, 16) or self.stored not in range(8, self.allocated + 1):
            raise UnsupportedDicomError(
                "The pixels of this DICOM file are of a depth not known here."
            )
        if not (self.rows and self.columns):
            raise MalformedDicomError


def native_frames(value: bytes, layout: Layout, count: int) -> Iterator[bytes]:
    """Each frame as PNG. Raises `MalformedDicomError` or `UnsupportedDicomError`."""
    layout.check()
    size = layout.rows * layout.columns * layout.samples * layout.allocated // 8
    if len(value) < size * count:
        raise MalformedDicomError
    return (_png(value[at * size : (at + 1) * size], layout) for at in range(count))


def _png(value: bytes, layout: Layout) -> bytes:
    samples = _eight_bits(value, layout)
    if layout.samples == 1:
        flat = samples.reshape(layout.rows, layout.columns)
        image = Image.fromarray(255 - flat if layout.colour == "MONOCHROME1" else flat)
    else:
        image = _coloured(samples, layout)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _eight_bits(value: bytes, layout: Layout) -> Samples:
    """The bits that are shown; those above them once held overlays, and go."""
    samples = np.frombuffer(value, "<u2" if layout.allocated > 8 else np.uint8)  # noqa: PLR2004
    return ((samples & ((1 << layout.stored) - 1)) >> (layout.stored - 8)).astype(np.uint8)


def _coloured(samples: Samples, layout: Layout) -> Image.Image:
    if layout.by_plane:
        pixels = samples.reshape(3, layout.rows, layout.columns).transpose(1, 2, 0)
    else:
        pixels = samples.reshape(layout.rows, layout.columns, 3)
    mode = "YCbCr" if layout.colour == "YBR_FULL" else "RGB"
    size = (layout.columns, layout.rows)
    return Image.frombytes(mode, size, np.ascontiguousarray(pixels).tobytes()).convert("RGB")
