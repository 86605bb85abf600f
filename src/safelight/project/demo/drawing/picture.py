"""From a spec to a picture."""

import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .bodies import BODIES
from .colour import Floats
from .dermoscope import dermoscopic_picture
from .drapes import shadow, table, window
from .face import face_picture
from .lesions import LESIONS
from .lighting import lit, photograph
from .ruler import lay_ruler
from .skin import bare
from .specs import BodyPicture, DermoscopicPicture, FacePicture, PictureSpec, WristbandPicture
from .view import View
from .wristband import wristband_picture

MARK = "synthetic test picture"


def draw(spec: PictureSpec, size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """The picture that `spec` describes, RGB, `size` pixels (width, height).

    The same spec and size give the same pixels. A line in the corner says that it is synthetic.
    """
    match spec:
        case BodyPicture():
            picture = _body_picture(spec, size)
        case DermoscopicPicture():
            picture = dermoscopic_picture(spec, size)
        case FacePicture():
            picture = face_picture(spec, size)
        case WristbandPicture():
            picture = wristband_picture(spec, size)
    _mark(picture)
    return picture


def _body_picture(spec: BodyPicture, size: tuple[int, int]) -> Image.Image:
    view = View.of(spec.camera, size)
    body = BODIES[spec.framing](view)
    surface = bare(view, spec.skin)
    LESIONS[spec.lesion.kind](surface, view, spec.lesion)
    light = lit(surface, body.height, view, spec.camera)
    if spec.framing == "drape":
        light = _under_drape(light, view, spec)
    elif body.cover.min() < 1:
        light = _on_table(light, body.cover, view, spec)
    # Grain differs from one exposure to the next, and only then.
    exposure = zlib.crc32(repr(spec).encode())
    if spec.ruler:
        lay_ruler(light, view, spec, exposure)
    return photograph(light, spec.camera, exposure)


def _on_table(light: Floats, cover: Floats, view: View, spec: BodyPicture) -> Floats:
    cloth, folds = table(view, spec.drape, spec.skin.seed)
    backdrop = lit(cloth, folds, view, spec.camera)
    backdrop *= (1 - np.float32(0.62) * shadow(view, cover, spec.camera.light, 0.9))[..., None]
    return backdrop + (light - backdrop) * cover[..., None]


def _under_drape(light: Floats, view: View, spec: BodyPicture) -> Floats:
    opening, hem = window(view)
    cloth, folds = table(view, spec.drape, spec.skin.seed)
    over = lit(cloth, folds + hem, view, spec.camera)
    light *= (1 - np.float32(0.5) * shadow(view, 1 - opening, spec.camera.light, 0.35))[..., None]
    return over + (light - over) * opening[..., None]


def _mark(picture: Image.Image) -> None:
    """Say in the corner what it is, small and translucent."""
    size = max(9, picture.height // 52)
    font = ImageFont.load_default(size)
    layer = Image.new("L", picture.size)
    place = (picture.width - size, picture.height - size // 2)
    ImageDraw.Draw(layer).text(place, MARK, 150, font=font, anchor="rs")
    picture.paste((20, 20, 20), (1, 1), layer)
    picture.paste((240, 240, 240), (0, 0), layer)
