"""Writing by RapidOCR's networks, which come with the package: nothing is fetched, nothing is kept.

PHI: what is written is read only to learn that it can be read (`Legibility`), and then forgotten; no
word leaves this file.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
import onnxruntime
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
NO_LIMIT = 1_000_000  # pixels: the sizes are chosen here, not there
# Of a line's height: ascenders, descenders and the blur at the ends lie a little outside.
ROOM = 0.2
MOST_READ = 16
# How surely letters must be read in a line; more surely in one that is thicker than this part of
# the picture's longer side, as no line on a wristband or a screen is.
LETTERS, PLAIN_LETTERS = 0.5, 0.85
THICKEST = 0.12

# Detectors side by side share the network that reads, whose wrapper is asked by one of them at a
# time. Reading is short; looking for lines is not, so that network is run side by side.
_reading = Lock()

Corners = NDArray[np.float32]
"""Four corners (x, y) of a turned rectangle, clockwise."""


@lru_cache(maxsize=1)
def _configuration() -> Any:  # noqa: ANN401 - the library has no types
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    whole = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Det.model_path": str(DETECTION),
            "Det.limit_type": "max",
            "Det.limit_side_len": NO_LIMIT,
            "Rec.model_path": str(RECOGNITION),
        }
    )
    return whole.cfg


def _part(name: str, model: Path) -> Any:  # noqa: ANN401 - the library has no types
    """The options of one network by itself, which one thread works through without spinning.

    A second thread of it saves no time: on two cores it costs twice the processor's time for the
    same wait, and takes the other core from the faces, which are looked for side by side.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    part = _configuration()[name]
    part._set_flag("allow_objects", True)  # noqa: SLF001 - OmegaConf has no other door
    part.session = onnxruntime.InferenceSession(
        str(model), options, providers=["CPUExecutionProvider"]
    )
    return part


@lru_cache(maxsize=1)
def _lines_network() -> Any:  # noqa: ANN401 - the library has no types
    """Loaded once. It may be run by several threads; the wrapper about it keeps notes."""
    return _part("Det", DETECTION)


@lru_cache(maxsize=1)
def _recognizer() -> Any:  # noqa: ANN401 - the library has no types
    options = _part("Rec", RECOGNITION)
    options.font_path = None
    return TextRecognizer(options)


class Writing:
    """Lines of writing, in any direction, printed or by hand, as boxes and nothing else.

    The network that looks for lines also sees them in ties, buttons and pores. So each line is
    shown to the one that reads, and is dropped if no letters are made out in it at all. Where there
    are more lines than can be read in time, those that were not read stay: they are rather covered.
    """

    def __init__(self, name: str = "writing", most_read: int = MOST_READ) -> None:
        """`name` is that of its detections, `most_read` how many lines are read."""
        self.name, self._most_read = name, most_read
        # By itself: the whole of RapidOCR takes a failure for an empty page.
        self._detector = TextDetector(_lines_network())

    def detect(self, pixels: Pixels) -> Sequence[Detection]:
        """See `Detector`. Loads the network that reads when there is something to read."""
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
        answer = self._detector(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        corners = [np.asarray(quad, np.float32) for quad in _list(answer.boxes)]
        pieces = [_cut(pixels, quad) for quad in corners[: self._most_read]]
        legible = Legibility().scores(pieces)
        legible += [1.0] * (len(corners) - len(legible))
        thickest = THICKEST * max(pixels.shape[:2])
        for quad, sure, read in zip(corners, _list(answer.scores), legible, strict=True):
            if read >= (LETTERS if _thickness(quad) < thickest else PLAIN_LETTERS):
                yield quad, min(1.0, max(0.0, float(sure)))


def _list(answer: Iterable[Any] | None) -> Iterable[Any]:
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
        """For each RGB piece with one line of writing; upside down if it is not plain as it lies.

        0 to 1; 0 if not even two letters or digits are read.
        """
        level = [np.asarray(cv2.cvtColor(piece, cv2.COLOR_RGB2BGR), np.uint8) for piece in pieces]
        scores = _read(level)
        doubtful = [number for number, score in enumerate(scores) if score < PLAIN_LETTERS]
        over = _read([np.ascontiguousarray(level[number][::-1, ::-1]) for number in doubtful])
        for number, score in zip(doubtful, over, strict=True):
            scores[number] = max(scores[number], score)
        return scores


def _read(pieces: list[NDArray[np.uint8]]) -> list[float]:
    """How surely letters are read in pieces that lie level, blue first."""
    if not pieces:
        return []
    with _reading:
        answer = _recognizer()(TextRecInput(img=pieces))
    return [
        float(score) if sum(letter.isalnum() for letter in read) > 1 else 0.0
        for read, score in zip(answer.txts, answer.scores, strict=True)
    ]
