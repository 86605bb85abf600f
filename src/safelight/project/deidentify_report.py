"""What `safelight deidentify` found, covered and left, and who reviewed it: `report.json`.

PHI: the report names the source files, and a file's name may name a patient; so may a reason. It
stays with the sources; the results carry neither.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from safelight.engines.recognition import Detection
from safelight.project.deidentify_pictures import DICOM_TYPE, JPEG_TYPE, Account
from safelight.vocabulary.identifiability import Identifying, MethodCode, Overlooked, Region

FORMAT: Final = "safelight-deidentify-1"
REPORT_NAME, SHEET_NAME = "report.json", "report.html"
MARK, REVIEWED_MARK = ".not-reviewed", ".reviewed"
SUFFIXES: Final = {JPEG_TYPE: ".jpg", DICOM_TYPE: ".dcm"}

SEARCHED = (
    "Programs searched these pictures and covered what they found; they overlook things. Look at "
    "every picture before you show it to anybody."
)
REVIEWED = "Reviewed. Somebody looked at every picture here and approved it; each says who, and what stays."
KEEP = "This report names the original files: keep it with them, and do not pass it on."


@dataclass(frozen=True, slots=True)
class Remaining:
    """What stays visible, and why. `place` is a frame and a region in it, if it was found there."""

    what: Identifying | Overlooked
    reason: str
    place: tuple[int, Region] | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Who approved a picture, when, what may be claimed of it, and what stays in it.

    `was` is the name of the result that was looked at, and the SHA-256 of its bytes.
    """

    by: str
    at: datetime
    methods: tuple[MethodCode, ...]
    remaining: tuple[Remaining, ...]
    was: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture: where it came from, what it became, what was done, who looked at it."""

    source: Path
    result: str
    sha256: str
    media_type: str
    frames: tuple[Account, ...]
    review: Review | None = None

    @property
    def covered(self) -> tuple[Detection, ...]:
        return tuple(found for frame in self.frames for found in frame.covered)

    @property
    def left(self) -> tuple[Detection, ...]:
        return tuple(found for frame in self.frames for found in frame.left)


@dataclass(slots=True)
class Report:
    """All pictures of a run, and what could not be handled or was skipped, with reasons."""

    entries: list[Entry] = field(default_factory=list)
    failed: list[tuple[Path, str]] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def left(self) -> list[Entry]:
        """Those in which something is still found."""
        return [entry for entry in self.entries if entry.left]

    @property
    def is_reviewed(self) -> bool:
        return bool(self.entries) and all(entry.review for entry in self.entries)

    @property
    def notice(self) -> str:
        """The first thing to be known about the results."""
        if self.is_reviewed:
            return REVIEWED
        waiting = sum(entry.review is None for entry in self.entries)
        some = "" if waiting == len(self.entries) else f": {waiting} of {len(self.entries)}"
        return f"Not reviewed{some}. {SEARCHED}"


def counted(detections: Iterable[Detection]) -> str:
    """Such as "face (2), writing or numbers (1)"; "nothing" for none."""
    tally = Counter(detection.kind for detection in detections)
    words = [f"{kind.display.lower()} ({tally[kind]})" for kind in Identifying if tally[kind]]
    return ", ".join(words) or "nothing"


def as_json(report: Report) -> bytes:
    """The report for programs, in UTF-8."""
    data = {
        "format": FORMAT,
        "reviewed": report.is_reviewed,
        "notice": f"{report.notice} {KEEP}",
        "not_searched_for": [item.display for item in Overlooked],
        "pictures": [_entry_data(entry) for entry in report.entries],
        "failed": _reasons(report.failed),
        "skipped": _reasons(report.skipped),
    }
    return json.dumps(data, indent=1).encode()


def _entry_data(entry: Entry) -> dict[str, Any]:
    return {
        "source": str(entry.source),
        "result": entry.result,
        "sha256": entry.sha256,
        "media_type": entry.media_type,
        "frames": [_frame_data(frame) for frame in entry.frames],
        "review": _review_data(entry.review) if entry.review else None,
    }


def _frame_data(frame: Account) -> dict[str, Any]:
    return {
        "width": frame.width,
        "height": frame.height,
        "metadata_removed": list(frame.metadata),
        "covered": [_detection_data(detection) for detection in frame.covered],
        "still_found": [_detection_data(detection) for detection in frame.left],
    }


def _detection_data(detection: Detection) -> dict[str, Any]:
    region = detection.region
    return {
        "kind": detection.kind.value,
        "region": [region.left, region.top, region.width, region.height],
        "confidence": round(detection.confidence, 3),
        "detector": detection.detector,
    }


def _review_data(review: Review) -> dict[str, Any]:
    return {
        "by": review.by,
        "at": review.at.isoformat(timespec="seconds"),
        "methods": [method.value for method in review.methods],
        "remaining": [_remaining_data(item) for item in review.remaining],
        "was": {"result": review.was[0], "sha256": review.was[1]},
    }


def _remaining_data(item: Remaining) -> dict[str, Any]:
    found: dict[str, Any] = {"what": item.what.value, "reason": item.reason}
    if item.place:
        frame, region = item.place
        found["frame"] = frame
        found["region"] = [region.left, region.top, region.width, region.height]
    return found


def _reasons(pairs: Sequence[tuple[Path, str]]) -> list[dict[str, str]]:
    return [{"source": str(path), "reason": reason} for path, reason in pairs]
