"""Findings drawn on the skin at the origin, each with a course from first seen to healed."""

from collections.abc import Callable

from . import dermatoses, wounds
from .specs import Lesion, LesionKind
from .surface import Surface
from .view import View

Drawing = Callable[[Surface, View, Lesion], None]

# How each finding is drawn, and how many cm beyond its radius it still changes the skin.
LESIONS: dict[LesionKind, tuple[Drawing, float]] = {
    "naevus": (dermatoses.naevus, 1.0),
    "psoriasis": (dermatoses.psoriasis, 6.0),
    "cellulitis": (dermatoses.cellulitis, 5.0),
    "rash": (dermatoses.rash, 6.0),
    "wound": (wounds.wound, 4.0),
    "ulcer": (wounds.ulcer, 7.0),
    "burn": (wounds.burn, 4.0),
    "incision": (wounds.incision, 2.0),
}


def add_lesion(surface: Surface, view: View, lesion: Lesion) -> None:
    """Draw `lesion` at the origin; skin out of its reach is left alone, which saves the time."""
    if lesion.kind == "none":
        return
    drawing, beyond = LESIONS[lesion.kind]
    near, window = view.near(lesion.radius + beyond)
    drawing(surface.part(window), near, lesion)
