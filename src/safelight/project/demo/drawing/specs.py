"""What a synthetic picture shows, as data: the same spec always gives the same pixels.

Lengths are in centimetres on the body, angles in degrees; the site of interest is the origin, x runs
to the right of the picture and y down.
"""

from dataclasses import dataclass, field
from typing import Literal

Framing = Literal["forearm", "wrist", "lower leg", "hand", "back", "shoulder", "abdomen", "drape"]
LesionKind = Literal[
    "naevus", "psoriasis", "cellulitis", "wound", "burn", "rash", "ulcer", "incision", "none"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """One person's skin. `tone` runs from 1 (lightest) to 8 (darkest); the rest is 0 to 1."""

    tone: int
    seed: int
    freckles: float = 0.2
    hair: float = 0.3
    veins: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """A finding at the origin. `stage` is its course: 0 as first seen, 1 as good as gone."""

    kind: LesionKind = "none"
    radius: float = 2.0
    stage: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where the camera stood: the width of skin it saw, and what differs from one visit to the next."""

    width: float = 24.0
    shift: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    light: float = 225.0
    exposure: float = 1.0
    warmth: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPicture:
    framing: Framing
    skin: Skin
    lesion: Lesion = field(default_factory=Lesion)
    camera: Camera = field(default_factory=Camera)
    ruler: bool = False
    drape: Literal["green", "blue", "grey"] = "green"


@dataclass(frozen=True, slots=True, kw_only=True)
class DermoscopicPicture:
    """A round contact view, about 14 mm of skin across."""

    skin: Skin
    seed: int
    radius: float = 0.35
    camera: Camera = field(default_factory=Camera)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacePicture:
    """A face; a finding, if any, is on its left cheek. The origin is between the eyes and the nose."""

    skin: Skin
    hair_colour: Literal["black", "brown", "blond", "grey", "red"] = "brown"
    hair_length: Literal["short", "long"] = "short"
    lesion: Lesion = field(default_factory=Lesion)
    camera: Camera = field(default_factory=lambda: Camera(width=40.0, shift=(0.0, 1.8)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WristbandPicture:
    """A wrist with an identification band. PHI in shape, invented in fact: demo identities only."""

    skin: Skin
    name: str
    born: str
    identifier: str
    camera: Camera = field(default_factory=lambda: Camera(width=15.0))


PictureSpec = BodyPicture | DermoscopicPicture | FacePicture | WristbandPicture
