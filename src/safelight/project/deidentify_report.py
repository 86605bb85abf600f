"""What `safelight deidentify` found, covered and left: `report.json` and `report.html`.

PHI: the report names the source files, and a file's name may name a patient. It stays with the
sources; the results do not carry those names.
"""

import base64
import html
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from safelight.engines.recognition import Detection
from safelight.project.deidentify_pictures import Account
from safelight.vocabulary.identifiability import Identifying, Overlooked

NOT_REVIEWED = (
    "Not reviewed. Programs searched these pictures and covered what they found; they overlook "
    "things. Look at every picture before you show it to anybody."
)
KEEP = "This report names the original files: keep it with them, and do not pass it on."


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture: where it came from, what it became, what was done."""

    source: Path
    result: str
    media_type: str
    frames: tuple[Account, ...]

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


def counted(detections: Iterable[Detection]) -> str:
    """Such as "face (2), writing or numbers (1)"; "nothing" for none."""
    tally = Counter(detection.kind for detection in detections)
    words = [f"{kind.display.lower()} ({tally[kind]})" for kind in Identifying if tally[kind]]
    return ", ".join(words) or "nothing"


# --- JSON ---------------------------------------------------------------------------------------


def as_json(report: Report) -> bytes:
    """The report for programs, in UTF-8."""
    data = {
        "format": "safelight-deidentify-1",
        "reviewed": False,
        "notice": f"{NOT_REVIEWED} {KEEP}",
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
        "media_type": entry.media_type,
        "frames": [_frame_data(frame) for frame in entry.frames],
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


def _reasons(pairs: Sequence[tuple[Path, str]]) -> list[dict[str, str]]:
    return [{"source": str(path), "reason": reason} for path, reason in pairs]


# --- HTML ---------------------------------------------------------------------------------------


def as_html(report: Report) -> bytes:
    """A contact sheet of the results, in one file that loads nothing, in UTF-8."""
    page = resources.files(__package__).joinpath("deidentify_report.html").read_text("utf-8")
    parts = {
        "notice": _text(NOT_REVIEWED),
        "keep": _text(KEEP),
        "asked": "".join(f"<li>{_text(item.display)}" for item in Overlooked),
        "summary": _text(_summary(report)),
        "failed": _list("Not handled", report.failed),
        "skipped": _list("Skipped", report.skipped),
        "pictures": "".join(
            _figure(entry, number, frame)
            for entry in report.entries
            for number, frame in enumerate(entry.frames, start=1)
        ),
    }
    for name, part in parts.items():
        page = page.replace(f"<!--{name}-->", part, 1)
    return page.encode()


def _summary(report: Report) -> str:
    return (
        f"{len(report.entries)} written, {len(report.left)} of them with something still found; "
        f"{len(report.failed)} not handled, {len(report.skipped)} skipped."
    )


def _figure(entry: Entry, number: int, frame: Account) -> str:
    several = f", frame {number}" if len(entry.frames) > 1 else ""
    picture = base64.b64encode(frame.thumbnail).decode()
    outlines = _outlines("covered", frame.covered) + _outlines("left", frame.left)
    removed = ", ".join(frame.metadata) or "nothing"
    return (
        f'<figure class="{"attention" if frame.left else ""}">'
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" '
        f'aria-label="{_text(entry.result + several)}">'
        f'<image width="{frame.width}" height="{frame.height}" '
        f'href="data:image/jpeg;base64,{picture}"/>{outlines}</svg>'
        f"<figcaption><strong>{_text(entry.result + several)}</strong>"
        f"<span>from {_text(str(entry.source))}</span>"
        f"<span>Covered: {_text(counted(frame.covered))}</span>"
        f'<span class="still">Still found: {_text(counted(frame.left))}</span>'
        f"<span>Removed beside the picture: {_text(removed)}</span>"
        f"<em>Not reviewed</em></figcaption></figure>\n"
    )


def _outlines(name: str, detections: Iterable[Detection]) -> str:
    return "".join(
        f'<rect class="{name}" x="{d.region.left}" y="{d.region.top}" width="{d.region.width}" '
        f'height="{d.region.height}"><title>{_text(d.kind.display)}</title></rect>'
        for d in detections
    )


def _list(title: str, pairs: Sequence[tuple[Path, str]]) -> str:
    if not pairs:
        return ""
    items = "".join(f"<li>{_text(str(path))}: {_text(reason)}" for path, reason in pairs)
    return f"<h2>{title}</h2><ul>{items}</ul>"


def _text(words: str) -> str:
    """Words for a page, whatever a file's name holds; what is no character becomes a mark."""
    return html.escape(words.encode("utf-8", "replace").decode())
