"""The camera of a browser in these journeys: a file of frames, drawn by the demo's own code."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from safelight.project.demo.drawing import (
    BodyPicture,
    Camera,
    Lesion,
    PictureSpec,
    Skin,
    WristbandPicture,
    draw,
)

SIZE = (720, 960)
TREMOR = 18  # pixels by which a hand trembles either way
FRAMES_PER_SECOND = 30  # what Chromium plays such a file with
SECONDS = 9

FOREARM = BodyPicture(
    framing="forearm",
    skin=Skin(tone=5, seed=12),
    lesion=Lesion(kind="wound", radius=1.7, seed=12),
    camera=Camera(width=15),
    ruler=True,
)


def wristband(name: str, born: str, identifier: str) -> WristbandPicture:
    return WristbandPicture(
        skin=Skin(tone=5, seed=12),
        name=name,
        born=born,
        identifier=identifier,
        camera=Camera(width=11),
    )


class FakeCamera:
    """What the camera sees. Chromium reads the file anew whenever a page opens its camera."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def arguments(self) -> list[str]:
        return [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={self.path}",
        ]

    def sees(self, spec: PictureSpec) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(_frames(spec))
        fresh.replace(self.path)


def _frames(spec: PictureSpec, kept: dict[PictureSpec, bytes] = {}) -> bytes:  # noqa: B006 - drawn once
    if spec not in kept:
        kept[spec] = b"".join(_held_by_hand(spec))
    return kept[spec]


def _held_by_hand(spec: PictureSpec) -> list[bytes]:
    """No two frames are alike, or a second picture would be a duplicate of the first."""
    width, height = SIZE
    wide = draw(spec, (width + 2 * TREMOR, height + 2 * TREMOR))
    steps = [(n % (2 * TREMOR), n // (2 * TREMOR)) for n in range(FRAMES_PER_SECOND * SECONDS)]
    return [_jpeg(wide.crop((x, y, x + width, y + height))) for x, y in steps]


def _jpeg(frame: Image.Image) -> bytes:
    out = BytesIO()
    frame.save(out, "JPEG", quality=80)
    return out.getvalue()
