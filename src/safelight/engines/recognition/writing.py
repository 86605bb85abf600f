"""Writing by RapidOCR's networks, which come with the package: nothing is fetched, nothing is kept.

PHI: what is written is read only to learn that it can be read (`Legibility`), and then forgotten; no
word leaves this file.
"""

import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray
from rapidocr.ch_ppocr_det import TextDetector
from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer
from rapidocr.utils.process_img import get_rotate_crop_image

from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.detection import Detection, Pixels
from safelight.vocabulary.identifiability import Identifying

MODELS = Path(rapidocr.__file__).parent / "models"
DETECTION = MODELS / "PP-OCRv6_det_small.onnx"
RECOGNITION = MODELS / "PP-OCRv6_rec_small.onnx"
THREADS = 2
NO_LIMIT = 1_000_000  # pixels: the sizes are chosen here, not there
# Of a line's height: ascenders, descenders and the blur at the ends lie a little outside.
ROOM = 0.2
MOST_READ = 24
# How surely letters must be read in a line; more surely in one that is thicker than this part of
# the picture's longer side, as no line on a wristband or a screen is.
LETTERS, PLAIN_LETTERS = 0.5, 0.85
THICKEST = 0.12

Corners = NDArray[np.float32]
"""Four corners (x, y) of a turned rectangle, clockwise."""


def _configuration() -> Any:  # noqa: ANN401 - the library has no types
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    whole = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": str(DETECTION),
            "Det.limit_type": "max",
            "Det.limit_side_len": NO_LIMIT,
            "Rec.model_path": str(RECOGNITION),
        }
    )
    return whole.cfg


@lru_cache(maxsize=1)
def _detector() -> Any:  # noqa: ANN401 - the library has no types
    """The network by itself: the whole of RapidOCR takes a failure for an empty page."""
    options = _configuration()
    options.Det.engine_cfg = options.EngineConfig["onnxruntime"]
    return TextDetector(options.Det)


@lru_cache(maxsize=1)
def _recognizer() -> Any:  # noqa: ANN401 - the library has no types
    options = _configuration()
    options.Rec.engine_cfg = options.EngineConfig["onnxruntime"]
    options.Rec.font_path = None
    return TextRecognizer(options.Rec)


class Writing:
    """Lines of writing, in any direction, printed or by hand, as boxes and nothing else.

    The network that looks for lines also sees them in ties, buttons and pores. So each line is
    shown to the one that reads, and is dropped if no letters are made out in it at all. Where there
    are more lines than can be read in time, those that were not read stay: they are rather covered.
    """

    def __init__(self, name: str = "writing") -> None:
        """`name` is that of its detections."""
        self.name = name

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """See `Detector`. Loads the networks when it is first asked."""
        height, width = pixels.shape[:2]
        found = []
        for corners, sure in self._lines(pixels):
            box = Box.around(corners)
            room = ROOM * min(box.width, box.height)
            wider = Box(box.left - room, box.top - room, box.right + room, box.bottom + room)
            if region := wider.region(width, height):
                found.append(Detection(Identifying.TEXT, region, sure, self.name))
        return found

    def _lines(self, pixels: Pixels) -> Iterator[tuple[Corners, float]]:
        """Corners of lines that hold letters, and how sure the network is that they are lines."""
        answer = _detector()(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        corners = [np.asarray(quad, np.float32) for quad in _list(answer.boxes)]
        pieces = [_cut(pixels, quad) for quad in corners[:MOST_READ]]
        legible = Legibility().scores(pieces)
        legible += [1.0] * (len(corners) - len(legible))
        thickest = THICKEST * max(pixels.shape[:2])
        for quad, sure, read in zip(corners, _list(answer.scores), legible, strict=True):
            if read >= (LETTERS if _thickness(quad) < thickest else PLAIN_LETTERS):
                yield quad, min(1.0, max(0.0, float(sure)))


def _list(answer: Sequence[Any] | None) -> Sequence[Any]:
    return () if answer is None else answer


def _thickness(quad: Corners) -> float:
    """The shorter side of a turned rectangle, in pixels."""
    return float(min(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[0] - quad[3])))


def _cut(pixels: Pixels, quad: Corners) -> Pixels:
    """A line by itself, laid level."""
    return np.asarray(get_rotate_crop_image(pixels, quad), np.uint8)


class Legibility:
    """Whether a piece of a picture can be read, and how surely; not what it says."""

    def scores(self, pieces: Sequence[Pixels]) -> list[float]:
        """For each RGB piece with one line of writing, the better of it and of it upside down.

        0 to 1; 0 if not even two letters or digits are read.
        """
        if not pieces:
            return []
        level = [np.asarray(cv2.cvtColor(piece, cv2.COLOR_RGB2BGR)) for piece in pieces]
        over = [np.ascontiguousarray(piece[::-1, ::-1]) for piece in level]
        answer = _recognizer()(TextRecInput(img=[*level, *over]))
        scores = [
            float(score) if sum(letter.isalnum() for letter in read) > 1 else 0.0
            for read, score in zip(answer.txts, answer.scores, strict=True)
        ]
        return [max(pair) for pair in zip(scores[: len(level)], scores[len(level) :], strict=True)]
