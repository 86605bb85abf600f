"""Searching a picture: which detectors look, at which size, and what they say together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safelight.engines.recognition.boxes import Box, inside, merged
from safelight.engines.recognition.cascades import Cascade, Eyes, FrontalFaces, ProfileFaces
from safelight.engines.recognition.code_places import CodePatterns, CodePlaces
from safelight.engines.recognition.detection import Detection, Detector, Pixels
from safelight.engines.recognition.errors import RecognitionError
from safelight.engines.recognition.face_models import ModelFaces, load_face_model
from safelight.engines.recognition.small_writing import SmallWriting
from safelight.engines.recognition.strokes import Strokes
from safelight.engines.recognition.views import MEGA, View, as_pixels, reduced
from safelight.engines.recognition.writing import Writing
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.identifiability import Identifying

# Pictures of a camera are searched for codes whole; of larger ones this much is plenty.
WHOLE = 13 * MEGA
# A strip narrower than this holds no legible letter and no face, whatever its length.
LEAST_SIDE = 6
# Detectors that look side by side. The libraries let go of the interpreter while they work, and one
# thread for each of two detectors is done sooner than two threads for one after the other.
LANES = 2
# Tiles that are looked at for small writing: before anything is covered, and some more in a result.
NEAR_FIRST, NEAR_SECOND = 3, 12
# Faces in the background of a large picture: too small at the size at which others are looked for.
SMALL_FACES = Cascade("frontalface_alt2", most=60)
QUARTERS = (90.0, 180.0, 270.0)
TILTED = (30.0, -30.0)


@dataclass(frozen=True)
class Pass:
    """A detector, and how many pixels of the picture it is shown.

    Passes look side by side, so no two of them share a detector or what a detector keeps notes in.
    """

    detector: Detector
    pixels: float


class Search:
    """All detectors, loaded once. For one picture at a time: OpenCV's keep notes while they look."""

    def __init__(self, face_model: Path | None = None) -> None:
        """`face_model` is a YuNet or CenterFace file, if there is one. Raises FaceModelError."""
        self._model = face_model
        self._first = tuple(self._first_passes())
        self._closer = tuple(self._closer_passes())
        self._second = tuple(self._second_passes())

    def first(self, pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
        """Faces, eyes and codes of an upright picture, in its pixels, surest first.

        Raises RecognitionError if any detector fails: what it missed would not be known.
        """
        return _search(pixels, self._first)

    def closer(self, pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
        """What `first` leaves out since it takes long: writing, small faces. Raises RecognitionError."""
        return _search(pixels, self._closer)

    def propose(self, pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
        """What both find, each thing once. Raises RecognitionError."""
        return _search(pixels, self.proposing)

    def check(self, pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
        """What is proposed, and what the second detectors find. Raises RecognitionError."""
        return _search(pixels, (*self.proposing, *self.checking))

    @property
    def proposing(self) -> tuple[Pass, ...]:
        """The longest first, so that no lane is left with a long one at the end."""
        return (*self._closer, *self._first)

    @property
    def checking(self) -> tuple[Pass, ...]:
        """What looks at a result besides."""
        return self._second

    def _first_passes(self) -> Iterator[Pass]:
        yield from self._faces()
        yield Pass(CodePlaces(), WHOLE)
        yield Pass(FrontalFaces("faces", Cascade("frontalface_alt2")), 1.0 * MEGA)
        yield Pass(ProfileFaces("profiles", Cascade("profileface", votes=5)), 0.3 * MEGA)
        yield Pass(Eyes("eyes"), 0.3 * MEGA)
        yield Pass(CodePatterns("bars", squares=False), 2.0 * MEGA)

    def _closer_passes(self) -> Iterator[Pass]:
        yield Pass(Writing(), 1.2 * MEGA)
        yield Pass(FrontalFaces("small faces", SMALL_FACES), 4.0 * MEGA)
        yield Pass(SmallWriting("small writing", most=NEAR_FIRST), WHOLE)

    def _faces(self) -> Iterator[Pass]:
        turns = (*QUARTERS, *TILTED)
        if self._model:
            yield Pass(ModelFaces("face model", load_face_model(self._model)), 1.0 * MEGA)
            yield Pass(ModelFaces("face model", load_face_model(self._model), turns), 0.25 * MEGA)
        else:
            yield Pass(FrontalFaces("faces", Cascade("frontalface_alt2", 1.15), turns), 0.25 * MEGA)

    def _second_passes(self) -> Iterator[Pass]:
        yield Pass(CodePatterns("code patterns", squares=True), 2.0 * MEGA)
        yield Pass(Strokes(), 2.0 * MEGA)
        further = SmallWriting("small writing", most=NEAR_SECOND, skipped=NEAR_FIRST)
        yield Pass(further, WHOLE)
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


def _search(array: NDArray[np.uint8], passes: Sequence[Pass]) -> tuple[Detection, ...]:
    return together(chain.from_iterable(look_by_look(array, passes)))


def look_by_look(
    array: NDArray[np.uint8], passes: Sequence[Pass]
) -> tuple[tuple[Detection, ...], ...]:
    """What each pass finds by itself, in the picture's pixels. Raises RecognitionError."""
    try:
        pixels = as_pixels(array)
        if min(pixels.shape[:2]) < LEAST_SIDE:
            return ((),) * len(passes)
        with ThreadPoolExecutor(LANES) as lanes:
            views = _views(pixels, {step.pixels for step in passes}, lanes)
            shown = [(step.detector, views[step.pixels]) for step in passes]
            looks = lanes.map(lambda pair: (pair[0].detect(pair[1].pixels), pair[1]), shown)
            return tuple(tuple(_mapped(seen, view, pixels)) for seen, view in looks)
    except SafelightError:
        raise
    # INVARIANT: a detector that fails, however it fails, fails the search.
    except Exception as error:
        raise RecognitionError from error


def together(found: Iterable[Detection]) -> tuple[Detection, ...]:
    """Each thing once, surest first, without eyes that lie in a face which was found."""
    return merged(_eyes_alone(list(found)))


def _views(pixels: Pixels, sizes: set[float], lanes: ThreadPoolExecutor) -> Mapping[float, View]:
    """The picture at each size that a detector wants, made once; none is larger than `WHOLE`."""
    whole = reduced(pixels, WHOLE)

    def of(most: float) -> View:
        view = reduced(whole.pixels, most)
        return replace(view, scale=view.scale * whole.scale)

    smaller = sizes - {WHOLE}
    return {WHOLE: whole, **dict(zip(smaller, lanes.map(of, smaller), strict=True))}


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
