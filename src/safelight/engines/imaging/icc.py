"""Colour profiles (ICC.1:2022): recognised by what they do, replaced by our own.

A profile can carry names, serial numbers and free text, so none is ever copied. One that means
the same colours as a profile of the table below is replaced by that profile, written here; for
any other the pixels have to be converted.
"""

import struct
from collections.abc import Callable
from enum import Enum

from safelight.engines.imaging.icc_writer import FIXED, HEADER, write_profile

LARGEST = 4 << 20
MOST_TAGS = 100

# How far colorants and curves may lie from the table's: far less than an eye or 8 bits can tell,
# more than the rounding of the vendors' many versions of the same profile.
COLORANT_TOLERANCE = 0.003
CURVE_TOLERANCE = 0.006
STEEPEST = 10
SAMPLES = tuple(i / 16 for i in range(1, 16))

SRGB_CURVE = (157286, 62119, 3417, 5072, 2651)  # gamma 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045
SRGB_COLORANTS = ((28576, 14581, 912), (25239, 46983, 6361), (9375, 3972, 46787))
P3_COLORANTS = ((33759, 15807, -69), (19135, 45367, 2745), (10296, 4363, 51385))
ADOBE_COLORANTS = ((39960, 20389, 1276), (13453, 41004, 3989), (9777, 4143, 48795))
GAMMA_2_2 = (144179,)
GAMMA_563_256 = (144128,)

Curve = Callable[[float], float]


class Profile(Enum):
    """The common profiles: description, D50-adapted colorants (none: grey), curve parameters."""

    SRGB = ("sRGB", SRGB_COLORANTS, SRGB_CURVE)
    DISPLAY_P3 = ("Display P3", P3_COLORANTS, SRGB_CURVE)
    ADOBE_RGB = ("Adobe RGB (1998)", ADOBE_COLORANTS, GAMMA_563_256)
    GREY_2_2 = ("Grey, gamma 2.2", (), GAMMA_2_2)
    GREY_SRGB = ("Grey, sRGB curve", (), SRGB_CURVE)

    def __init__(
        self, label: str, colorants: tuple[tuple[int, int, int], ...], curve: tuple[int, ...]
    ) -> None:
        self.label = label
        self.colorants = colorants
        self.curve = curve
        self.icc = write_profile(label, colorants, curve)

    @property
    def is_grey(self) -> bool:
        """Whether the profile is for pictures of one component."""
        return not self.colorants


class Unusable(Enum):
    """A profile that no reader can apply: it is dropped, and the pixels stay as they are."""

    DAMAGED = "damaged"
    OTHER_SPACE = "made for another kind of pixels"


def recognise(data: bytes, *, grey: bool, cmyk: bool = False) -> Profile | Unusable | None:
    """The profile of the table that `data` is equivalent to; None if it is of another kind.

    `grey` and `cmyk` say what the pixels are: a profile for other pixels is unusable.
    """
    tags = _tags(data)
    if tags is None:
        return Unusable.DAMAGED
    space = b"GRAY" if grey else b"CMYK" if cmyk else b"RGB "
    if data[16:20] != space:
        return Unusable.OTHER_SPACE
    if any(tag in tags for tag in (b"A2B0", b"A2B1", b"A2B2")):
        return None
    candidates = [p for p in Profile if p.is_grey == grey]
    return next((p for p in candidates if not cmyk and _equivalent(tags, p)), None)


def _tags(data: bytes) -> dict[bytes, bytes] | None:
    """The tags of a profile by signature (ICC.1 §7.3), or None if it is no profile."""
    if not HEADER + 4 <= len(data) <= LARGEST or data[36:40] != b"acsp":
        return None
    count = int.from_bytes(data[HEADER : HEADER + 4], "big")
    if count > MOST_TAGS or HEADER + 4 + 12 * count > len(data):
        return None
    tags = {}
    for i in range(count):
        name, offset, size = struct.unpack_from(">4sII", data, HEADER + 4 + 12 * i)
        tags[name] = data[offset : offset + size]
    return tags


def _equivalent(tags: dict[bytes, bytes], profile: Profile) -> bool:
    names = (b"rXYZ", b"gXYZ", b"bXYZ")[: len(profile.colorants)]
    for name, wanted in zip(names, profile.colorants, strict=True):
        given = _xyz(tags.get(name, b""))
        pairs = zip(given, wanted, strict=False)
        if not given or any(abs(a - b / FIXED) > COLORANT_TOLERANCE for a, b in pairs):
            return False
    curves = (b"kTRC",) if profile.is_grey else (b"rTRC", b"gTRC", b"bTRC")
    wanted_curve = _parametric(profile.curve)
    return all(_same_curve(_curve(tags.get(name, b"")), wanted_curve) for name in curves)


def _same_curve(given: Curve | None, wanted: Curve) -> bool:
    if given is None:
        return False
    return all(abs(given(x) - wanted(x)) <= CURVE_TOLERANCE for x in SAMPLES)


def _xyz(tag: bytes) -> tuple[float, ...]:
    if len(tag) < 20 or tag[:4] != b"XYZ ":  # noqa: PLR2004 - ICC.1 §10.31
        return ()
    return tuple(v / FIXED for v in struct.unpack_from(">3i", tag, 8))


def _curve(tag: bytes) -> Curve | None:
    """The transfer curve of a `curv` or `para` tag (ICC.1 §10.6, §10.18)."""
    if len(tag) < 12:  # noqa: PLR2004 - signature, reserved, count or function
        return None
    if tag[:4] == b"curv":
        return _table(tag)
    function = int.from_bytes(tag[8:10], "big")
    needed = {0: 1, 3: 5}.get(function)
    if tag[:4] != b"para" or needed is None or len(tag) < 12 + 4 * needed:
        return None
    parameters = struct.unpack_from(f">{needed}i", tag, 12)
    return _parametric(parameters) if 0 < parameters[0] <= STEEPEST * FIXED else None


def _table(tag: bytes) -> Curve | None:
    count = int.from_bytes(tag[8:12], "big")
    if len(tag) < 12 + 2 * count:
        return None
    values = struct.unpack_from(f">{count}H", tag, 12)
    if count == 0:
        return lambda x: x
    if count == 1:
        return _parametric((values[0] * 256,))
    return lambda x: _interpolate(values, x)


def _interpolate(values: tuple[int, ...], x: float) -> float:
    position = x * (len(values) - 1)
    low = min(int(position), len(values) - 2)
    part = position - low
    return (values[low] * (1 - part) + values[low + 1] * part) / 65535


def _parametric(parameters: tuple[int, ...]) -> Curve:
    """Function types 0 (a power) and 3 (a power with a linear toe) of ICC.1 table 68."""
    gamma, *toe = (p / FIXED for p in parameters)
    if not toe:
        return lambda x: float(max(x, 0) ** gamma)
    a, b, c, d = toe
    return lambda x: float(max(a * x + b, 0) ** gamma) if x >= d else c * x
