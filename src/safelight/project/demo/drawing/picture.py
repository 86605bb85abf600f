"""From a spec to a picture."""

import zlib

from PIL import Image, ImageDraw, ImageFont

from .bodies import BODIES
from .dermoscope import dermoscopic_picture
from .drapes import on_table, under_drape
from .face import face_picture
from .lesions import add_lesion
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
    add_lesion(surface, view, spec.lesion)
    light = lit(surface, body.height, view, spec.camera)
    cloth = (spec.drape, spec.skin.seed)
    if spec.framing == "drape":
        under_drape(light, view, spec.camera, cloth)
    elif body.cover.min() < 1:
        on_table(light, body.cover, view, spec.camera, cloth)
    # Grain differs from one exposure to the next, and only then.
    exposure = zlib.crc32(repr(spec).encode())
    if spec.ruler:
        lay_ruler(light, view, spec, exposure)
    return photograph(light, spec.camera, exposure)


def _mark(picture: Image.Image) -> None:
    """Say in the corner what it is, small and translucent."""
    size = max(9, picture.height // 52)
    font = ImageFont.load_default(size)
    _, _, width, height = (int(side) for side in font.getbbox(MARK))
    layer = Image.new("L", (width + size, height + size // 2))
    ImageDraw.Draw(layer).text((0, 0), MARK, 150, font=font)
    left, top = picture.width - layer.width, picture.height - layer.height
    picture.paste((20, 20, 20), (left + 1, top + 1), layer)
    picture.paste((240, 240, 240), (left, top), layer)
