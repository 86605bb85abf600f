"""One result of `safelight deidentify` that a person approves: looked at again, then told so.

The original is not needed. What is approved are the pixels of the result as they stand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import ClassVar, Final

from safelight.engines.dicom import approve, is_dicom, read_picture
from safelight.engines.imaging import check_clean
from safelight.engines.recognition import Detection
from safelight.project.deidentify_pictures import DICOM_TYPE, UPRIGHT, Account
from safelight.project.deidentify_reading import what_stays
from safelight.project.deidentify_report import Entry, Remaining, Review
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Look, Scanner
from safelight.redaction.rules import LONGEST_REASON, SHORTEST_REASON
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.identifiability import Identifying, MethodCode, Overlooked

IN_PIXELS: Final = frozenset({Identifying.TEXT, Identifying.CODE})
"""What Clean Pixel Data is about; whatever else stays is a visual feature (PS3.15 E.3.1, E.3.2)."""


class ReviewError(SafelightError):
    code: ClassVar[str] = "review"
    message: ClassVar[str] = "This picture cannot be marked as reviewed."


@dataclass(frozen=True, slots=True)
class Said:
    """Who approves, when, and why something may stay: by its number on the sheet, or by a word."""

    by: str
    at: datetime
    reasons: Mapping[str, str]


def said_reasons(lines: Sequence[str]) -> dict[str, str]:
    """Each line is WHAT=REASON. Raises `ReviewError` for one that says nothing."""
    reasons: dict[str, str] = {}
    for line in lines:
        what, _, reason = (part.strip() for part in line.partition("="))
        if what in reasons:
            raise ReviewError("A reason was given twice for the same thing.")
        reasons[what] = _checked(" ".join(reason.split()))
    return reasons


def _checked(reason: str) -> str:
    if not (SHORTEST_REASON <= len(reason) <= LONGEST_REASON and reason.isprintable()):
        raise ReviewError(
            f"A reason is said as WHAT=REASON, in {SHORTEST_REASON} to {LONGEST_REASON} characters."
        )
    return reason


def look_again(entry: Entry, data: bytes, scanner: Scanner) -> Entry:
    """The entry with what is found now and was not yet told; the same entry if it is nothing.

    By the second parser, and by the same and the second detectors. What was told once stays told:
    these are the same bytes. Raises `ScanFailedError`, `DicomError`, `ImagingError`.
    """
    pictures = _pictures(entry, data)
    frames = tuple(
        _looked_at(frame, picture, scanner)
        for frame, picture in zip(entry.frames, pictures, strict=True)
    )
    return entry if frames == entry.frames else replace(entry, frames=frames)


def _pictures(entry: Entry, data: bytes) -> tuple[bytes, ...]:
    """The frames, clean. Raises as `look_again`."""
    if is_dicom(data) != (entry.media_type == DICOM_TYPE):
        raise ReviewError("This file is not of the kind that the report says.")
    pictures = read_picture(data).frames if is_dicom(data) else (data,)
    if len(pictures) != len(entry.frames):
        raise ReviewError("This file has not as many frames as the report says.")
    for picture in pictures:
        check_clean(picture)
    return pictures


def _looked_at(frame: Account, picture: bytes, scanner: Scanner) -> Account:
    scan = scanner.scan(picture, UPRIGHT, Look.CHECK)
    # INVARIANT: a reason names a place in these pixels; in those of another size it is elsewhere.
    if (scan.width, scan.height) != (frame.width, frame.height):
        raise ScanFailedError
    new = tuple(item for item in scan.detections if not _is_told(item, frame.left))
    return replace(frame, left=frame.left + new) if new else frame


def _is_told(found: Detection, told: Sequence[Detection]) -> bool:
    """Whether an outline on the sheet shows it."""
    return any(item.kind is found.kind and item.region.contains(found.region) for item in told)


def approved(entry: Entry, data: bytes, said: Said) -> tuple[bytes, Review]:
    """The bytes to be kept, and the review, of a picture that was just looked at again.

    Raises `ReviewError` while something is found for which no reason was given, and `DicomError`.
    """
    remaining = tuple(_remaining(entry, said.reasons))
    is_photograph = entry.media_type == DICOM_TYPE
    methods = _methods(remaining, is_photograph=is_photograph)
    made = approve(data, reviewed_by=said.by, methods=methods) if is_photograph else data
    if is_photograph and read_picture(made).frames != read_picture(data).frames:
        raise ReviewError
    return made, Review(said.by, said.at, methods, remaining, (entry.result, entry.sha256))


def _methods(remaining: Sequence[Remaining], *, is_photograph: bool) -> tuple[MethodCode, ...]:
    """INVARIANT: an option is claimed only if nothing that it is about stays, reason or not."""
    lost = {
        MethodCode.CLEAN_PIXEL_DATA
        if item.what in IN_PIXELS
        else MethodCode.CLEAN_RECOGNIZABLE_VISUAL_FEATURES
        for item in remaining
    }
    if not is_photograph:  # the profile is about the header of a DICOM file
        lost.add(MethodCode.BASIC_PROFILE)
    return tuple(method for method in MethodCode if method not in lost)


def _remaining(entry: Entry, reasons: Mapping[str, str]) -> Iterator[Remaining]:
    """What stays: each finding by its number, then what a person sees besides."""
    found = dict(enumerate(chain.from_iterable(_places(entry)), start=1))
    numbers = {str(number): number for number in found}
    if missing := [number for word, number in numbers.items() if word not in reasons]:
        raise ReviewError(_still_found(missing, found))
    for word, reason in reasons.items():
        if number := numbers.get(word):
            detection, frame = found[number]
            yield Remaining(detection.kind, reason, (frame, detection.region))
        else:
            yield Remaining(_seen(word), reason)


def _places(entry: Entry) -> Iterator[list[tuple[Detection, int]]]:
    for number, frame in enumerate(entry.frames, start=1):
        yield [(item, number) for item in frame.left]


def _still_found(missing: Sequence[int], found: Mapping[int, tuple[Detection, int]]) -> str:
    named = "; ".join(f"{number}, {found[number][0].kind.display.lower()}" for number in missing)
    return (
        f"Something is still found: {named}. See report.html; keep this picture back, or say for "
        f'each why it may stay: --remaining "{missing[0]}=REASON".'
    )


def _seen(word: str) -> Identifying | Overlooked:
    try:
        return what_stays(word)
    except ValueError as error:
        words = ", ".join(item.value for item in (*Overlooked, *Identifying))
        raise ReviewError(
            f"What remains is named by its number in report.html, or by one of: {words}."
        ) from error
