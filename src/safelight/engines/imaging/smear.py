"""How far a JPEG has smeared a pixel over its neighbours, before anybody could cover it.

Its blocks are 8 samples wide, so coding a pixel changes 7 samples beside it; decoders smooth coarse
colour from one sample to the next; and where colour is sampled at every second pixel, as cameras
do, a sample is 2 pixels wide. That makes 2 x (8 + 1) pixels at most.

Colour that is stored as finely as light may come from such a file and have been coded once more, as
Safelight itself does with a picture whose colours it has to convert: what was smeared so far then
lies in blocks of 8 pixels anew.
"""

from typing import Final

from safelight.engines.imaging.identify import ImageType
from safelight.engines.imaging.jpeg import FRAMES, PROGRESSIVE, SOS, Jpeg, read_jpeg
from safelight.engines.imaging.probe import Probe

BLOCK: Final = 8
COEFFICIENTS: Final = 64
SMOOTHED_SAMPLES: Final = 1
# Of a progressive file that ends before its last scan, decoders guess the finer detail of each
# block from those around it, two blocks far (libjpeg-turbo, jdcoefct.c, smoothing_ok).
GUESSED_BLOCKS: Final = 2
USUAL_SAMPLING: Final = 2
USUAL_GROWTH: Final = (BLOCK + SMOOTHED_SAMPLES) * USUAL_SAMPLING
"""How far masks grow on a picture that was a JPEG once, if nothing else is known of it."""


def growth_of(data: bytes | memoryview, shape: Probe) -> int:
    """How many pixels a mask on this picture has to grow by; 0 for PNG. Raises `ImagingError`."""
    if shape.type is not ImageType.JPEG:
        return 0
    jpeg = read_jpeg(data)
    blocks = 1 if _is_whole(jpeg) else 1 + GUESSED_BLOCKS
    sampling = max(_sampling(jpeg))
    is_fine = sampling == 1 and jpeg.frame.components > 1
    once_more = BLOCK if is_fine else 0
    return (blocks * BLOCK + SMOOTHED_SAMPLES) * max(USUAL_SAMPLING, sampling) + once_more


def _sampling(jpeg: Jpeg) -> tuple[int, int]:
    """The most samples across and down that one component has for another's one (T.81 A.1.1)."""
    (header,) = (bytes(s.payload) for s in jpeg.segments if s.marker in FRAMES)
    factors = header[7::3]
    return max(factor >> 4 for factor in factors), max(factor & 15 for factor in factors)


def _is_whole(jpeg: Jpeg) -> bool:
    """Whether every coefficient was sent to its last bit (T.81 G.1.1); so it is but in progressive."""
    if jpeg.frame.marker not in PROGRESSIVE:
        return True
    exact: set[tuple[int, int]] = set()
    for scan in (bytes(s.payload) for s in jpeg.segments if s.marker == SOS):
        components = scan[1 : 1 + 2 * scan[0] : 2]
        first, last, bits = scan[1 + 2 * scan[0] :]
        if bits & 15 == 0:
            exact |= {(c, k) for c in components for k in range(first, last + 1)}
    return len(exact) >= jpeg.frame.components * COEFFICIENTS
