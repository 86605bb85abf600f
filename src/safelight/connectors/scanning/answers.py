"""What the child may say, read as if a stranger had said it: hostile pictures went in there."""

import json
import math
import re
from typing import Any

from safelight.engines.recognition import Detection
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Scan
from safelight.vocabulary.identifiability import Identifying, Region

MOST_DETECTIONS = 1000
LONGEST_SIDE = 65_500  # pixels
NAME = re.compile(r"[a-z ]{1,40}")
FIELDS = {"width", "height", "detections"}
PARTS = 7  # kind, left, top, width, height, confidence, detector


def read_answer(answer: bytes, seconds: float) -> Scan:
    """The scan that a child's answer tells of. Raises ScanFailedError for anything else."""
    try:
        said = json.loads(answer, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ScanFailedError from error
    if not isinstance(said, dict) or said.keys() != FIELDS:
        raise ScanFailedError
    width, height = _whole(said["width"], 1), _whole(said["height"], 1)
    listed = said["detections"]
    if not isinstance(listed, list) or len(listed) > MOST_DETECTIONS:
        raise ScanFailedError
    picture = Region(0, 0, width, height)
    return Scan(width, height, tuple(_detection(item, picture) for item in listed), seconds)


def _refuse(constant: str) -> float:
    raise ValueError(constant)  # NaN and Infinity are no JSON, though Python reads them


def _whole(value: object, least: int) -> int:
    if type(value) is not int or not least <= value <= LONGEST_SIDE:
        raise ScanFailedError
    return value


def _detection(item: Any, picture: Region) -> Detection:  # noqa: ANN401 - whatever was sent
    if not isinstance(item, list) or len(item) != PARTS:
        raise ScanFailedError
    kind, left, top, width, height, confidence, name = item
    region = Region(_whole(left, 0), _whole(top, 0), _whole(width, 1), _whole(height, 1))
    if not picture.contains(region):
        raise ScanFailedError
    return Detection(_kind(kind), region, _confidence(confidence), _name(name))


def _kind(value: object) -> Identifying:
    kind = next((kind for kind in Identifying if kind.value == value), None)
    if kind is None:
        raise ScanFailedError
    return kind


def _confidence(value: object) -> float:
    if type(value) not in (int, float) or not isinstance(value, int | float):
        raise ScanFailedError
    if not math.isfinite(value) or not 0 <= value <= 1:
        raise ScanFailedError
    return float(value)


def _name(value: object) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ScanFailedError
    return value
