"""`report.json` read again, word by word: a file that lay in a folder is not believed.

INVARIANT: a result's name is one that `safelight deidentify` gives, so that no report leads out of
its folder.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from safelight.engines.dicom import check_reviewer
from safelight.engines.recognition import Detection
from safelight.project.deidentify_pictures import Account
from safelight.project.deidentify_report import (
    FORMAT,
    MARK,
    REVIEWED_MARK,
    SUFFIXES,
    Entry,
    Remaining,
    Report,
    Review,
)
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.identifiability import Identifying, MethodCode, Overlooked, Region

NAME: Final = re.compile(r"picture-\d{4,9}(\.not-reviewed|\.reviewed)(\.jpg|\.dcm)", re.ASCII)
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
MOST: Final = 1_000_000
"""Pixels along a side, frames, findings: no number in a report is larger."""


class ReportError(SafelightError):
    code: ClassVar[str] = "review.report"
    message: ClassVar[str] = (
        "The report.json of this folder is not one that `safelight deidentify` wrote, or an older "
        "version did; nothing was reviewed."
    )


def read_report(data: bytes) -> Report:
    """The report, but for the small pictures, which are in the sheet. Raises `ReportError`."""
    try:
        return _report(json.loads(data))
    except ReportError:
        raise
    except Exception as error:  # whatever a hostile file makes of these words, it is no report
        raise ReportError from error


def is_result(name: str) -> bool:
    """Whether `safelight deidentify` or `safelight review` gives such a name."""
    return NAME.fullmatch(name) is not None


def what_stays(word: str) -> Identifying | Overlooked:
    """A word for what identifies. Raises `ValueError`."""
    return Overlooked(word) if word in {item.value for item in Overlooked} else Identifying(word)


def _report(told: dict[str, Any]) -> Report:
    _require(told["format"] == FORMAT)
    entries = [_entry(item) for item in told["pictures"]]
    _require(len({_number(entry.result) for entry in entries}) == len(entries))
    return Report(entries, _reasons(told["failed"]), _reasons(told["skipped"]))


def _entry(told: dict[str, Any]) -> Entry:
    name, media_type = _name(told["result"]), told["media_type"]
    _require(name.endswith(SUFFIXES[media_type]))
    frames = tuple(_frame(item) for item in told["frames"])
    review = _review(told["review"]) if told["review"] is not None else None
    _require(bool(frames))
    _require((REVIEWED_MARK in name) == (review is not None))
    if review:
        _require(review.was[0] == name.replace(REVIEWED_MARK, MARK))
    return Entry(
        Path(_words(told["source"])), name, _digest(told["sha256"]), media_type, frames, review
    )


def _frame(told: dict[str, Any]) -> Account:
    return Account(
        thumbnail=b"",
        width=_whole(told["width"], least=1),
        height=_whole(told["height"], least=1),
        metadata=tuple(_words(item) for item in told["metadata_removed"]),
        covered=tuple(_detection(item) for item in told["covered"]),
        left=tuple(_detection(item) for item in told["still_found"]),
    )


def _detection(told: dict[str, Any]) -> Detection:
    confidence = float(told["confidence"])
    _require(0 <= confidence <= 1)
    kind = Identifying(told["kind"])
    return Detection(kind, _region(told["region"]), confidence, _words(told["detector"]))


def _region(told: list[Any]) -> Region:
    left, top, width, height = told
    return Region(_whole(left), _whole(top), _whole(width, least=1), _whole(height, least=1))


def _review(told: dict[str, Any]) -> Review:
    check_reviewer(_words(told["by"]))
    at = datetime.fromisoformat(told["at"])
    _require(at.utcoffset() is not None)
    methods = tuple(MethodCode(item) for item in told["methods"])
    remaining = tuple(_remaining(item) for item in told["remaining"])
    was = _name(told["was"]["result"]), _digest(told["was"]["sha256"])
    return Review(told["by"], at.astimezone(UTC), methods, remaining, was)


def _remaining(told: dict[str, Any]) -> Remaining:
    place = (_whole(told["frame"]), _region(told["region"])) if "frame" in told else None
    return Remaining(what_stays(told["what"]), _words(told["reason"]), place)


def _reasons(told: list[dict[str, Any]]) -> list[tuple[Path, str]]:
    return [(Path(_words(item["source"])), _words(item["reason"])) for item in told]


def _name(told: Any) -> str:  # noqa: ANN401 - whatever a report holds
    _require(is_result(_words(told)))
    return str(told)


def _number(name: str) -> str:
    return name.partition(".")[0]


def _digest(told: Any) -> str:  # noqa: ANN401 - as above
    _require(DIGEST.fullmatch(_words(told)) is not None)
    return str(told)


def _words(told: Any) -> str:  # noqa: ANN401 - as above
    _require(isinstance(told, str))
    return str(told)


def _whole(told: Any, *, least: int = 0) -> int:  # noqa: ANN401 - as above
    _require(type(told) is int and least <= told <= MOST)
    return int(told)


def _require(is_so: bool) -> None:  # noqa: FBT001 - the whole of what it takes
    if not is_so:
        raise ReportError
