"""Pictures that tell who somebody is, drawn by the demo's engine: a face, and a wristband beside it."""

from datetime import UTC, datetime
from pathlib import Path

from safelight.project.demo.drawing import (
    Camera,
    FacePicture,
    Skin,
    WristbandPicture,
    as_camera_jpeg,
    draw,
)

SIZE = (1600, 1200)
BAND_SIZE = (640, 480)
SKIN = Skin(tone=4, seed=52, hair=0, veins=0, freckles=0.05)
FACE = FacePicture(skin=SKIN, camera=Camera(width=60, shift=(-14, 5)))
BAND = WristbandPicture(
    skin=SKIN, name="OKONJO-MULLER, PETRA", born="1971-03-09", identifier="H-204817"
)
# In pixels of the picture.
NOSE_AT, BAND_AT, WALL_AT, CORNER_AT = (1174, 500), (340, 930), (400, 400), (1500, 100)


def drawn_portrait(folder: Path) -> Path:
    """A file of a camera in this folder: the face to the right, a wrist in the lower left corner."""
    picture = draw(FACE, SIZE)
    picture.paste(draw(BAND, BAND_SIZE), (0, SIZE[1] - BAND_SIZE[1]))
    taken_at = datetime.now(UTC)
    (folder / "portrait.jpg").write_bytes(as_camera_jpeg(picture, taken_at=taken_at))
    return folder
