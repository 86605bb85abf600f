"""From a spec to a picture."""

import numpy as np
from PIL import Image

from .bodies import BODIES
from .drapes import shadow, table, window
from .lesions import LESIONS
from .lighting import lit, photograph
from .skin import bare
from .specs import BodyPicture
from .view import View


def body_picture(spec: BodyPicture, size: tuple[int, int]) -> Image.Image:
    """A part of the body on a surgical drape."""
    view = View.of(spec.camera, size)
    body = BODIES[spec.framing](view)
    surface = bare(view, spec.skin)
    LESIONS[spec.lesion.kind](surface, view, spec.lesion)
    light = lit(surface, body.height, view, spec.camera)
    cover = window(view) if spec.framing == "drape" else body.cover
    if cover.min() < 1:
        cloth, folds = table(view, spec.drape, spec.skin.seed)
        backdrop = lit(cloth, folds, view, spec.camera)
        if spec.framing == "drape":
            light *= (1 - 0.45 * shadow(view, 1 - cover, spec.camera.light, 0.35))[..., None]
        else:
            backdrop *= (1 - 0.62 * shadow(view, cover, spec.camera.light, 0.9))[..., None]
        light = backdrop + (light - backdrop) * cover[..., None]
    seed = hash_of(spec)
    return photograph(light, spec.camera, seed)


def hash_of(spec: BodyPicture) -> int:
    """A seed for what differs between two exposures of the same thing."""
    return int(abs(spec.camera.shift[0]) * 1e4 + abs(spec.camera.turn) * 1e3) + spec.skin.seed
