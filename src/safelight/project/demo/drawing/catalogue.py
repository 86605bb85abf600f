"""The demo hospital's pictures, read from `catalogue.toml`."""

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Literal

import numpy as np

from .specs import BodyPicture, Camera, DermoscopicPicture, FacePicture, Lesion, PictureSpec, Skin


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One picture, taken `days` days before today."""

    days: int
    spec: PictureSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Pictures of one site of one patient that line up. `site` is a SNOMED CT code."""

    patient: str
    site: str
    laterality: Literal["left", "right", "unpaired"]
    view: Literal["overview", "close-up", "dermoscopic"]
    sensitivity: Literal["ordinary", "intimate"]
    description: str
    visits: tuple[Visit, ...]


def demo_series() -> list[Series]:
    """Every series of the demo, oldest visit first in each."""
    text = files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
    return [_series(entry) for entry in tomllib.loads(text)["series"]]


def _series(entry: dict[str, Any]) -> Series:
    picture = entry["picture"]
    dates = picture.pop("visits")
    return Series(
        patient=entry["patient"],
        site=entry["site"],
        laterality=entry["laterality"],
        view=entry["view"],
        sensitivity=entry.get("sensitivity", "ordinary"),
        description=entry["description"],
        visits=tuple(
            Visit(days=date["days"], spec=_spec(picture, date.get("stage", 0.0), number))
            for number, date in enumerate(dates)
        ),
    )


def _spec(entry: dict[str, Any], stage: float, number: int) -> PictureSpec:
    fields = dict(entry)
    kind, skin = fields.pop("kind"), Skin(**fields.pop("skin"))
    if "lesion" in fields:
        fields["lesion"] = Lesion(**fields["lesion"], stage=stage)
    shape: type[BodyPicture | DermoscopicPicture | FacePicture] = {
        "body": BodyPicture,
        "dermoscopic": DermoscopicPicture,
        "face": FacePicture,
    }[kind]
    if "camera" in fields:
        camera = fields["camera"]
        fields["camera"] = Camera(**camera | {"shift": tuple(camera.get("shift", (0.0, 0.0)))})
    spec = shape(skin=skin, **fields)
    return replace(spec, camera=_by_hand(spec.camera, skin.seed, number))


def _by_hand(camera: Camera, seed: int, number: int) -> Camera:
    """Nobody holds a camera twice in the same place: the first visit is true, the rest are near."""
    if number == 0:
        return camera
    rng = np.random.default_rng((seed, number))
    sideways, turn, light, exposure, warmth = rng.uniform(-1, 1, 5)
    away = camera.width * 0.008
    return replace(
        camera,
        shift=(camera.shift[0] + sideways * away, camera.shift[1] + rng.uniform(-1, 1) * away),
        turn=camera.turn + turn * 1.2,
        light=camera.light + light * 14,
        exposure=camera.exposure * (1 + exposure * 0.05),
        warmth=camera.warmth + warmth * 0.02,
    )
