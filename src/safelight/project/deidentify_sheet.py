"""The contact sheet of `safelight deidentify`: `report.html`, one file that loads nothing."""

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Final

from safelight.engines.imaging import ImagingError, check_clean
from safelight.engines.recognition import Detection
from safelight.project.deidentify_pictures import DICOM_TYPE, Account
from safelight.project.deidentify_report import KEEP, Entry, Remaining, Report, Review, counted
from safelight.vocabulary.identifiability import Identifying, MethodCode, Overlooked

# A figure as it is written below: its name, and its picture.
FIGURE: Final = re.compile(
    r'aria-label="([^"<>]{1,99})">'
    r'<image width="\d{1,6}" height="\d{1,6}" href="data:image/jpeg;base64,([A-Za-z0-9+/=]+)"/>'
)
NUMBER_SIZE: Final = 28
"""How often the number of a finding fits along the longer side of its picture."""


def as_html(report: Report) -> bytes:
    """A contact sheet of the results, in one file that loads nothing, in UTF-8."""
    page = resources.files(__package__).joinpath("deidentify_report.html").read_text("utf-8")
    parts = {
        "state": "Reviewed" if report.is_reviewed else "Not reviewed",
        "notice": _text(report.notice),
        "done": "done" if report.is_reviewed else "",
        "keep": _text(KEEP),
        "asked": "".join(f"<li>{_text(item.display)}" for item in Overlooked),
        "how": _how(report),
        "summary": _text(_summary(report)),
        "failed": _list("Not handled", report.failed),
        "skipped": _list("Skipped", report.skipped),
        "pictures": "".join(_figures(report)),
    }
    for name, part in parts.items():
        page = page.replace(f"<!--{name}-->", part)
    return page.encode()


def name_of(result: str, number: int, count: int) -> str:
    """What a figure is called: the result, and which frame of several."""
    return f"{result}, frame {number}" if count > 1 else result


def pictures_in(page: bytes) -> dict[str, bytes]:
    """The small pictures of an earlier sheet by what their figures are called, if they are clean."""
    found = FIGURE.findall(page.decode("utf-8", "replace"))
    read = {html.unescape(name): _picture(coded) for name, coded in found}
    return {name: picture for name, picture in read.items() if picture}


def _picture(coded: str) -> bytes:
    try:
        picture = base64.b64decode(coded, validate=True)
        check_clean(picture)
    except (binascii.Error, ImagingError):
        return b""
    return picture if picture.startswith(b"\xff\xd8") else b""


def _summary(report: Report) -> str:
    reviewed = sum(entry.review is not None for entry in report.entries)
    return (
        f"{len(report.entries)} written, {len(report.left)} of them with something still found, "
        f"{reviewed} reviewed; {len(report.failed)} not handled, {len(report.skipped)} skipped."
    )


def _how(report: Report) -> str:
    """How to review what is left to be reviewed, in words and commands."""
    waiting = next((entry.result for entry in report.entries if entry.review is None), None)
    if waiting is None:
        return ""
    words = ", ".join(item.value for item in (*Overlooked, *Identifying))
    return (
        "<section><h2>How to review</h2>"
        "<p>Open each picture itself, in full size: small writing does not show here. If it tells "
        "nobody who it shows, say so, in this folder:</p>"
        f'<pre>safelight review --by "YOUR NAME" {_text(waiting)}</pre>'
        "<p>Several at once: name them all, or <code>safelight review --by &quot;YOUR NAME&quot; "
        "--all .</code> once you have looked at every one. Your name goes into DICOM files.</p>"
        "<p>Where a number on this page may stay, say why; so also for what you see and no program "
        f"found ({_text(words)}):</p>"
        f'<pre>safelight review --by "YOUR NAME" --remaining "1=eyes needed for diagnosis" '
        f"{_text(waiting)}</pre>"
        "<p>What must not stay: keep that picture back, or cover it in Safelight.</p></section>"
    )


def _figures(report: Report) -> Iterator[str]:
    for entry in report.entries:
        first = 1
        for number, frame in enumerate(entry.frames, start=1):
            yield _figure(entry, number, frame, first)
            first += len(frame.left)


def _figure(entry: Entry, number: int, frame: Account, first: int) -> str:
    """One frame; what is still found in it is numbered from `first` on."""
    name = _text(name_of(entry.result, number, len(entry.frames)))
    picture = base64.b64encode(frame.thumbnail).decode()
    outlines = _outlines("covered", frame.covered) + _outlines("left", frame.left)
    removed = ", ".join(frame.metadata) or "nothing"
    attention = "attention" if frame.left and entry.review is None else ""
    return (
        f'<figure class="{attention}">'
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" aria-label="{name}">'
        f'<image width="{frame.width}" height="{frame.height}" '
        f'href="data:image/jpeg;base64,{picture}"/>{outlines}{_numbers(frame, first)}</svg>'
        f"<figcaption><strong>{name}</strong>"
        f"<span>from {_text(str(entry.source))}</span>"
        f"<span>Covered: {_text(counted(frame.covered))}</span>"
        f'<span class="still">Still found: {_text(_numbered(frame.left, first))}</span>'
        f"<span>Removed beside the picture: {_text(removed)}</span>"
        f"{_state(entry, number)}</figcaption></figure>\n"
    )


def _outlines(name: str, detections: Iterable[Detection]) -> str:
    return "".join(
        f'<rect class="{name}" x="{d.region.left}" y="{d.region.top}" width="{d.region.width}" '
        f'height="{d.region.height}"><title>{_text(d.kind.display)}</title></rect>'
        for d in detections
    )


def _numbers(frame: Account, first: int) -> str:
    """The number of what is still found, inside its outline, so that a reason can name it."""
    size = max(frame.width, frame.height) / NUMBER_SIZE
    return "".join(
        f'<text x="{item.region.left}" y="{item.region.top + size:.0f}" font-size="{size:.1f}" '
        f'stroke-width="{size / 8:.1f}">{number}</text>'
        for number, item in enumerate(frame.left, start=first)
    )


def _numbered(left: Sequence[Detection], first: int) -> str:
    """Such as "1 face, 2 eyes"."""
    named = enumerate(left, start=first)
    return ", ".join(f"{number} {item.kind.display.lower()}" for number, item in named) or "nothing"


def _state(entry: Entry, number: int) -> str:
    review = entry.review
    if review is None:
        return "<em>Not reviewed</em>"
    here = [item for item in review.remaining if item.place is None or item.place[0] == number]
    stays = "".join(f"<span>{_text(_stays(item))}</span>" for item in here)
    at = f"{review.at:%Y-%m-%d %H:%M} UTC"
    return (
        f'<b>Reviewed by {_text(review.by)}, <time datetime="{review.at:%Y-%m-%dT%H:%MZ}">{at}'
        f"</time></b>{stays}<span>{_text(_method(entry, review))}</span>"
    )


def _stays(item: Remaining) -> str:
    return f"Stays: {item.what.display.lower()} ({item.reason})"


def _method(entry: Entry, review: Review) -> str:
    named = ", ".join(f"{method.display} ({method.value})" for method in review.methods)
    if entry.media_type != DICOM_TYPE:
        return f"Method: {named or 'none'}"
    removed = "YES" if set(review.methods) == set(MethodCode) else "NO"
    return f"Claimed in the file: {named}; PatientIdentityRemoved {removed}"


def _list(title: str, pairs: Sequence[tuple[Path, str]]) -> str:
    if not pairs:
        return ""
    items = "".join(f"<li>{_text(str(path))}: {_text(reason)}" for path, reason in pairs)
    return f"<h2>{title}</h2><ul>{items}</ul>"


def _text(words: str) -> str:
    """Words for a page, whatever a file's name holds; what is no character becomes a mark."""
    return html.escape(words.encode("utf-8", "replace").decode())
