"""Faces and eyes by boosted cascades (Viola and Jones, 2001), as OpenCV carries them.

Small, quick and without a model to fetch; trained on photographs of faces that look into the
camera or aside. They miss many a face that is covered, turned or poorly lit, which is why an
operator may name a stronger model (`face_models`) and why a person always decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import cv2.data
import numpy as np

from safelight.engines.recognition.boxes import Box, inside, joined
from safelight.engines.recognition.detection import Detection, Pixels
from safelight.engines.recognition.views import Grey, grey, turned
from safelight.vocabulary.identifiability import Identifying, Region

# How far hair, chin and ears reach out of a cascade's box, in fractions of it.
FRONTAL = (0.22, 0.40, 0.28)
PROFILE = (0.35, 0.35, 0.35)
TURNED = (0.38, 0.38, 0.38)
EYE = (0.35, 0.45, 0.45)


@dataclass(frozen=True)
class Cascade:
    """One of OpenCV's cascades and how it is asked.

    `step` is the ratio of successive sizes, `votes` how many neighbouring windows must agree,
    `least` the smallest face or eye in pixels, and `most` the largest; 0: as large as the picture.
    """

    file: str
    step: float = 1.1
    votes: int = 4
    least: int = 24
    most: int = 0

    @cached_property
    def _classifier(self) -> cv2.CascadeClassifier:
        path = Path(cv2.data.haarcascades) / f"haarcascade_{self.file}.xml"
        classifier = cv2.CascadeClassifier()
        if not classifier.load(str(path)):
            raise FileNotFoundError(path.name)
        return classifier

    def find(self, picture: Grey, votes: int | None = None) -> Iterator[tuple[Box, float]]:
        """Boxes and how sure they are: few votes come near 0, many near 1."""
        boxes, counts = self._classifier.detectMultiScale2(
            picture,
            scaleFactor=self.step,
            minNeighbors=self.votes if votes is None else votes,
            minSize=(self.least, self.least),
            maxSize=(self.most, self.most),
        )
        for (left, top, width, height), count in zip(boxes, np.ravel(counts), strict=True):
            box = Box(float(left), float(top), float(left + width), float(top + height))
            yield box, float(count) / (float(count) + 5)


@dataclass(frozen=True)
class FrontalFaces:
    """Faces that look into the camera, with the head turned by each of `degrees`."""

    name: str
    cascade: Cascade
    degrees: tuple[float, ...] = (0.0,)
    votes_when_turned: int = 6

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        picture = grey(pixels)
        return [item for turn in self.degrees for item in self._at(picture, turn)]

    def _at(self, picture: Grey, degrees: float) -> Iterator[Detection]:
        if not degrees:
            for box, confidence in self.cascade.find(picture):
                yield from _face(self.name, picture, box.grown(*FRONTAL), confidence)
            return
        view = turned(picture, degrees)
        for box, confidence in self.cascade.find(view.pixels, self.votes_when_turned):
            upright = view.upright(box).grown(*TURNED)
            yield from _face(self.name, picture, upright, confidence)


@dataclass(frozen=True)
class ProfileFaces:
    """Faces seen from the side. The cascade knows one side; the other is that in a mirror."""

    name: str
    cascade: Cascade

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        picture = grey(pixels)
        width = picture.shape[1]
        mirror = np.ascontiguousarray(picture[:, ::-1])
        seen = list(self.cascade.find(picture))
        for box, confidence in self.cascade.find(mirror):
            seen.append((Box(width - box.right, box.top, width - box.left, box.bottom), confidence))
        return [
            item
            for box, confidence in seen
            for item in _face(self.name, picture, box.grown(*PROFILE), confidence)
        ]


@dataclass(frozen=True)
class Eyes:
    """Eyes, also alone: two cascades must agree, for either alone sees eyes in any skin."""

    name: str
    cascades: tuple[Cascade, Cascade] = (
        Cascade("eye_tree_eyeglasses", votes=5, least=20),
        Cascade("eye", votes=5, least=20),
    )

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        picture = grey(pixels)
        height, width = picture.shape
        first, second = (
            [(box.region(width, height), sure) for box, sure in cascade.find(picture)]
            for cascade in self.cascades
        )
        agreed = [
            (joined(one, other), min(sure, also_sure))
            for one, sure in first
            for other, also_sure in second
            if one and other and inside(one, other) > 0.5  # noqa: PLR2004 - half of the smaller
        ]
        return [item for eye, sure in agreed for item in self._eye(picture, eye, sure)]

    def _eye(self, picture: Grey, eye: Region, confidence: float) -> Iterator[Detection]:
        height, width = picture.shape
        region = Box.of(eye).grown(*EYE).region(width, height)
        if region:
            yield Detection(Identifying.EYES, region, confidence, self.name)


def _face(name: str, picture: Grey, box: Box, confidence: float) -> Iterator[Detection]:
    height, width = picture.shape
    region = box.region(width, height)
    if region:
        yield Detection(Identifying.FACE, region, confidence, name)
