"""Words for what identifies a person in a picture, and for how it is covered.

*Reduced identifiability*, never *anonymous*: a lesion, a ring or a room may still tell somebody
who it is. What was done is named by its method (DICOM PS3.16 CID 7050).
"""

from dataclasses import dataclass
from typing import Final

from safelight.vocabulary.coded import Coded


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A rectangle of whole pixels in the upright picture, from its upper left corner."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column that is not in it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row that is not in it."""
        return self.top + self.height

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    def within(self, other: "Region") -> "Region | None":
        """The part of it that lies in `other`; None if no pixel does."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        if right <= left or bottom <= top:
            return None
        return Region(left, top, right - left, bottom - top)

    def contains(self, other: "Region") -> bool:
        return self.within(other) == other


class Identifying(Coded):
    """What a detector looks for in a picture."""

    FACE = "face", "Face"
    EYES = "eyes", "Eyes"
    TEXT = "text", "Writing or numbers"
    CODE = "code", "Barcode or QR code"


class Overlooked(Coded):
    """What no detector knows, and a person is asked about, each time."""

    TATTOO = "tattoo", "Tattoo"
    JEWELLERY = "jewellery", "Jewellery, glasses or a piercing"
    BIRTHMARK = "birthmark", "Birthmark or scar beside the finding"
    ROOM = "room", "Room, window or things in the background"
    REFLECTION = "reflection", "Reflection in a mirror, a window or a screen"
    UNUSUAL = "unusual", "A feature so unusual that it would be recognised"


class Fill(Coded):
    """What takes the place of covered pixels. No blur: it can be reversed.

    Neither carries anything of what it covers: the blocks of a mosaic are drawn from the picture
    around them.
    """

    SOLID = "solid", "Solid"
    MOSAIC = "mosaic", "Coarse mosaic"


class MaskShape(Coded):
    BOX = "box", "Box"
    ELLIPSE = "ellipse", "Ellipse"


class MethodCode(Coded):
    """How identifiability was reduced: DICOM PS3.16 CID 7050, De-identification Method."""

    BASIC_PROFILE = "113100", "Basic Application Confidentiality Profile"
    CLEAN_PIXEL_DATA = "113101", "Clean Pixel Data Option"
    CLEAN_RECOGNIZABLE_VISUAL_FEATURES = "113102", "Clean Recognizable Visual Features Option"


MOST_MASKS: Final = 200
"""More regions than anybody would draw; a longer list is a mistake or an attack."""
