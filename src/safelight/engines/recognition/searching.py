"""Searching a picture: which detectors look, at which size, and what they say together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safelight.engines.recognition.boxes import Box, inside, merged
from safelight.engines.recognition.cascades import Cascade, Eyes, FrontalFaces, ProfileFaces
from safelight.engines.recognition.code_places import CodePatterns, CodePlaces
from safelight.engines.recognition.detection import Detection, Detector, Pixels
from safelight.engines.recognition.errors import RecognitionError
from safelight.engines.recognition.face_models import ModelFaces, load_face_model
from safelight.engines.recognition.strokes import Strokes
from safelight.engines.recognition.views import MEGA, View, as_pixels, reduced
from safelight.engines.recognition.writing import Writing
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.identifiability import Identifying

WHOLE = 110 * MEGA
# A strip narrower than this holds no legible letter and no face, whatever its length.
LEAST_SIDE = 6
QUARTERS = (90.0, 180.0, 270.0)
TILTED = (30.0, -30.0)


@dataclass(frozen=True)
class Pass:
    """A detector, and how many pixels of the picture it is shown."""

    detector: Detector
    pixels: float


class Search:
    """All detectors, loaded once. For one thread at a time: OpenCV's keep notes while they look."""

    def __init__(self, face_model: Path | None = None) -> None:
        """`face_model` is a YuNet or CenterFace file, if there is one. Raises FaceModelError."""
        self._model = load_face_model(face_model) if face_model else None
        self._first = tuple(self._first_passes())
        self._second = tuple(self._second_passes())

    def propose(self, pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
        """What the first detectors find in an upright picture, in its pixels, surest first.

        Raises RecognitionError if any of them fails: what it missed would not be known.
        """
        return _search(pixels, self._first)

    def check(self, pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
        """What the first and the second detectors find. Raises RecognitionError."""
        return _search(pixels, (*self._first, *self._second))

    def _first_passes(self) -> Iterator[Pass]:
        yield Pass(CodePlaces(), WHOLE)
        yield Pass(Writing(), 1.2 * MEGA)
        if self._model:
            yield Pass(ModelFaces("face model", self._model), 1.0 * MEGA)
            yield Pass(ModelFaces("face model", self._model, (*QUARTERS, *TILTED)), 0.25 * MEGA)
        else:
            turned = FrontalFaces("faces", Cascade("frontalface_alt2", 1.15), (*QUARTERS, *TILTED))
            yield Pass(turned, 0.25 * MEGA)
        yield Pass(FrontalFaces("faces", Cascade("frontalface_alt2")), 1.0 * MEGA)
        yield Pass(ProfileFaces("profiles", Cascade("profileface", votes=5)), 0.3 * MEGA)
        yield Pass(Eyes("eyes"), 0.3 * MEGA)

    def _second_passes(self) -> Iterator[Pass]:
        yield Pass(CodePatterns(), 2.0 * MEGA)
        yield Pass(Strokes(), 2.0 * MEGA)
        other = Cascade("frontalface_default", 1.1, votes=8)
        yield Pass(FrontalFaces("other faces", other), 0.6 * MEGA)
        turned = FrontalFaces("other faces", Cascade("frontalface_alt", 1.15), (0, *QUARTERS))
        yield Pass(turned, 0.3 * MEGA)


@lru_cache(maxsize=1)
def _usual() -> Search:
    return Search()


def propose(pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
    """`Search.propose` with the detectors that come with Safelight. One thread at a time."""
    return _usual().propose(pixels)


def check(pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
    """`Search.check` with the detectors that come with Safelight. One thread at a time."""
    return _usual().check(pixels)


def _search(array: NDArray[np.uint8], passes: Iterable[Pass]) -> tuple[Detection, ...]:
    try:
        pixels = as_pixels(array)
        if min(pixels.shape[:2]) < LEAST_SIDE:
            return ()
        views: dict[float, View] = {}
        found: list[Detection] = []
        for step in passes:
            if step.pixels not in views:
                views[step.pixels] = reduced(pixels, step.pixels)
            view = views[step.pixels]
            found += _mapped(step.detector.detect(view.pixels), view, pixels)
        return merged(_eyes_alone(found))
    except SafelightError:
        raise
    # INVARIANT: a detector that fails, however it fails, fails the search.
    except Exception as error:
        raise RecognitionError from error


def _mapped(found: Iterable[Detection], view: View, pixels: Pixels) -> Iterator[Detection]:
    height, width = pixels.shape[:2]
    for detection in found:
        region = view.back(Box.of(detection.region)).region(width, height)
        if region:  # what lies only in the room around a very narrow picture is nothing
            yield replace(detection, region=region)


def _eyes_alone(found: list[Detection]) -> list[Detection]:
    """Without eyes that lie in a face which was found: the face says it already."""
    faces = [item.region for item in found if item.kind is Identifying.FACE]
    return [
        item
        for item in found
        if item.kind is not Identifying.EYES
        or not any(inside(item.region, face) > 0.7 for face in faces)  # noqa: PLR2004 - most of it
    ]
