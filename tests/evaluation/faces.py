"""Faces of two photographs that are free to use, changed, and small press photographs.

The astronaut (NASA, public domain) looks into the camera; the photographer (Lav Varshney, CC0) is
seen from the side; the hundred press photographs are 25 by 25 pixels each (Labeled Faces in the
Wild). All are inside the package scikit-image.
"""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data
from tests.evaluation.labelled import Labelled
from tests.evaluation.plates import plate

from safelight.engines.recognition import Pixels
from safelight.vocabulary.identifiability import Identifying, Region

FACE = Identifying.FACE
# Of the astronaut, brows to chin and temple to temple; of the photographer, brow to chin.
FRONT, SIDE = Region(170, 70, 105, 110), Region(192, 112, 62, 76)
# How much of the light that the skin sends back is left. Re-toning is not another person's face:
# features, hair and the light of the studio stay those of one woman.
TONES = {"as photographed": 1.0, "re-toned, medium": 0.55, "re-toned, dark": 0.3, "darkest": 0.16}
PAGE, LARGE = (1000, 750), (4000, 3000)


def faces() -> Iterator[Labelled]:
    for number, (tone, share) in enumerate(TONES.items()):
        for portrait in _portraits(_toned(np.asarray(data.astronaut(), np.uint8), share)):
            kinds = tuple(f"face: {kind}" for kind in portrait.kinds)
            yield replace(portrait, kinds=(*kinds, f"skin: {tone}"))
        yield from _in_the_background(share, number, tone)
        yield from _in_the_background_of_a_large_picture(share, number, tone)
    yield from _from_the_side()
    yield from _press_photographs()


def _portraits(front: Pixels) -> Iterator[Labelled]:
    """The same face, differently covered, turned and lit."""
    yield Labelled(("looking into the camera",), front, FACE, (FRONT,))
    yield Labelled(("in half of the light",), (front * 0.5).astype(np.uint8), FACE, (FRONT,))
    yield Labelled(("sunglasses drawn on it",), _sunglasses(front), FACE, (FRONT,))
    yield Labelled(("mask drawn on it",), _mask(front), FACE, (FRONT,))
    yield Labelled(("blurred by movement",), _moved(front), FACE, (FRONT,))
    for degrees in (-20, 40):
        yield _turned(front, degrees, "head tilted by 20 or 40 degrees")
    for degrees in (90, 180):
        yield _turned(front, degrees, "picture held sideways or upside down")
    yield Labelled(("cut off by the edge",), front[:, 222:], FACE, (Region(0, 70, 53, 110),))
    below = Region(FRONT.left, 0, FRONT.width, FRONT.bottom - 108)
    yield Labelled(("without brows and forehead",), front[108:], FACE, (below,))


def _toned(front: Pixels, share: float) -> Pixels:
    """Less light from what has the colour of skin; linear light, with soft edges."""
    skin = cv2.inRange(
        cv2.cvtColor(front, cv2.COLOR_RGB2YCrCb), np.array((60, 138, 85)), np.array((255, 178, 125))
    )
    soft = cv2.GaussianBlur(skin, (0, 0), 4)[:, :, None] / 255
    linear = (front / 255.0) ** 2.2 * (1 - soft * (1 - share))
    return (linear ** (1 / 2.2) * 255).astype(np.uint8)


def _sunglasses(front: Pixels) -> Pixels:
    worn = front.copy()
    for x in (198, 248):
        cv2.ellipse(worn, (x, 112), (22, 15), 0, 0, 360, (15, 15, 18), -1)
    cv2.line(worn, (176, 108), (272, 108), (15, 15, 18), 4)
    return worn


def _mask(front: Pixels) -> Pixels:
    worn = front.copy()
    edge = [(176, 130), (222, 122), (270, 130), (262, 172), (225, 188), (190, 174)]
    cv2.fillPoly(worn, [np.array(edge)], (150, 190, 205))
    return worn


def _moved(front: Pixels) -> Pixels:
    kernel = np.zeros((9, 9), np.float32)
    kernel[4] = 1 / 9
    return np.asarray(cv2.filter2D(front, -1, kernel), np.uint8)


def _turned(front: Pixels, degrees: float, kind: str) -> Labelled:
    """Turned about the middle; the place is a square as large as the face is wide."""
    height, width = front.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(front, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    middle = np.array((FRONT.left + FRONT.width / 2, FRONT.top + FRONT.height / 2, 1))
    x, y = (matrix @ middle).astype(int)
    return Labelled((kind,), np.asarray(turned, np.uint8), FACE, (Region(x - 45, y - 45, 90, 90),))


def _in_the_background(share: float, seed: int, tone: str) -> Iterator[Labelled]:
    """A small face beside the finding, of 32, 48 and 80 pixels from brow to chin."""
    for size in (32, 48, 80):
        picture = plate(seed * 10 + size, PAGE)
        place = _put(picture, share, size, (700, 60))
        kinds = (f"face: in the background, {size} pixels high", f"skin: {tone}")
        yield Labelled(kinds, picture, FACE, (place,))


def _in_the_background_of_a_large_picture(share: float, seed: int, tone: str) -> Iterator[Labelled]:
    """The same in 12 megapixels, of which others are looked at in a twelfth."""
    for size in (48, 64, 96):
        drawn = cv2.resize(plate(seed * 10 + size, PAGE), LARGE, interpolation=cv2.INTER_CUBIC)
        picture = np.asarray(drawn, np.uint8)
        place = _put(picture, share, size, (2800, 240))
        kinds = (f"face: in 12 megapixels, {size} pixels high", f"skin, small: {tone}")
        yield Labelled(kinds, picture, FACE, (place,))


def _put(picture: Pixels, share: float, size: int, at: tuple[int, int]) -> Region:
    """A head at this place, of so many pixels from brow to chin; where its face is."""
    head = _toned(np.asarray(data.astronaut(), np.uint8), share)[10:210, 120:320]
    (left, top), scale = at, size / FRONT.height
    side = round(200 * scale)
    picture[top : top + side, left : left + side] = _sized(head, side)
    return Region(
        round(left + (FRONT.left - 120) * scale),
        round(top + (FRONT.top - 10) * scale),
        round(FRONT.width * scale),
        round(FRONT.height * scale),
    )


def _sized(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _from_the_side() -> Iterator[Labelled]:
    camera = np.repeat(np.asarray(data.camera(), np.uint8)[:, :, None], 3, axis=2)
    mirrored = Region(512 - SIDE.right, SIDE.top, SIDE.width, SIDE.height)
    for light in (1.0, 0.6):
        lit = (camera * light).astype(np.uint8)
        yield Labelled(("face: from the side (one man)",), lit, FACE, (SIDE,))
        other = np.ascontiguousarray(lit[:, ::-1])
        yield Labelled(("face: from the side (one man)",), other, FACE, (mirrored,))


def _press_photographs() -> Iterator[Labelled]:
    """Each enlarged to 125 pixels on grey; grouped by how bright its middle is, in thirds."""
    crops = np.asarray(data.lfw_subset()[:100])
    brightness = crops[:, 8:17, 8:17].mean(axis=(1, 2))
    dark, light = np.quantile(brightness, (1 / 3, 2 / 3))
    for crop, bright in zip(crops, brightness, strict=True):
        face = cv2.resize((crop * 255).astype(np.uint8), (125, 125), interpolation=cv2.INTER_CUBIC)
        picture = np.full((300, 300, 3), 128, np.uint8)
        picture[88:213, 88:213] = np.asarray(face)[:, :, None]
        third = "darkest" if bright < dark else "brightest" if bright > light else "middle"
        kind = f"press photographs of 25 pixels, {third} third"
        yield Labelled((f"face: {kind}",), picture, FACE, (Region(108, 108, 85, 85),))
