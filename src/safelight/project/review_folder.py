"""All pictures of one `safelight review`: checked, looked at again, approved, reported.

The order in which a picture changes: the approved file gets its name, then the report names it, then
the old one goes. So whoever dies in between leaves a report that claims no more than the files do,
and whoever says the same again brings it to its end.
"""

import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from safelight.engines.dicom import is_dicom, read_picture
from safelight.engines.imaging import make_renditions
from safelight.project.deidentify_pictures import UPRIGHT
from safelight.project.deidentify_reading import ReportError, read_report
from safelight.project.deidentify_report import (
    MARK,
    REPORT_NAME,
    REVIEWED_MARK,
    SHEET_NAME,
    Entry,
    Report,
    Review,
    as_json,
)
from safelight.project.deidentify_sheet import as_html, name_of, pictures_in
from safelight.project.review_files import (
    alone_in,
    digest_of,
    drop,
    put_in_place,
    read_regular,
    settle,
)
from safelight.project.review_pictures import ReviewError, Said, approved, look_again
from safelight.project.scrub_files import FileError, is_folder, mode_of, printable, write_new
from safelight.redaction.ports import Scanner
from safelight.vocabulary.errors import SafelightError

DONE, REFUSED = 0, 1


@dataclass(slots=True)
class Folder:
    """A folder of results under review: where it is, how it is held, and what its report says."""

    path: Path
    opened: int
    report: Report

    def find(self, name: str) -> int:
        """Where the report tells of a result, by its name now or before its review."""
        for at, entry in enumerate(self.report.entries):
            if name in (entry.result, entry.review.was[0] if entry.review else None):
                return at
        raise ReviewError("This is not a result that the report beside it names.")

    def put(self, at: int, entry: Entry) -> None:
        """Let the report tell this of a picture, on the disk first. Raises `FileError`."""
        entries = [*self.report.entries[:at], entry, *self.report.entries[at + 1 :]]
        report = replace(self.report, entries=entries)
        put_in_place(self.path / REPORT_NAME, as_json(report))
        self.report = report

    def read(self, entry: Entry) -> bytes:
        """A result, if it is to the byte what the report tells of. Raises `ReviewError`."""
        data = read_regular(self.path / entry.result)
        if digest_of(data) != entry.sha256:
            raise ReviewError("This file was altered since its report was written.")
        return data


def review_all(scanner: Scanner, paths: Sequence[Path], said: Said, *, everything: bool) -> int:
    """Approve every picture named, or all; go on after a refusal. Returns the exit code.

    Raises `ReviewError` or `ReportError` if nothing can be reviewed as it was said, and `FileError`
    if the report or the sheet cannot be written.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    path, names = _chosen(paths, everything=everything)
    if said.reasons and len(names) != 1:
        raise ReviewError("Reasons are said for one picture at a time.")
    with alone_in(path) as opened:
        folder = Folder(path, opened, _report_in(path))
        names = names or [entry.result for entry in folder.report.entries]
        refused = 0
        try:
            for name in tqdm(names, unit=" pictures", disable=None, file=sys.stderr):
                refused += not _told(folder, name, scanner, said)
        finally:
            # After Ctrl-C, too, the sheet says what is so.
            put_in_place(path / SHEET_NAME, as_html(_with_pictures(folder)))
        return _say(folder, len(names) - refused, refused)


def _chosen(paths: Sequence[Path], *, everything: bool) -> tuple[Path, list[str]]:
    """The folder, and the names in it; none for all of them."""
    if everything:
        if len(paths) != 1 or not is_folder(paths[0]):
            raise ReviewError("With --all, name the folder of the results, and nothing else.")
        return paths[0], []
    if any(is_folder(path) for path in paths):
        raise ReviewError("Name each picture that you looked at, or say --all.")
    if len({path.parent for path in paths}) > 1:
        raise ReviewError("Review the pictures of one folder at a time.")
    return paths[0].parent, list(dict.fromkeys(path.name for path in paths))


def _report_in(path: Path) -> Report:
    if not os.path.lexists(path / REPORT_NAME):
        raise ReportError("There is no report.json of `safelight deidentify` in this folder.")
    return read_report(read_regular(path / REPORT_NAME))


def _told(folder: Folder, name: str, scanner: Scanner, said: Said) -> bool:
    """Handle one picture and say how it went; whether it is reviewed."""
    try:
        line = _reviewed(folder, folder.find(name), scanner, said)
    except SafelightError as error:
        tqdm.write(f"{printable(Path(name))}: {error.sentence}", file=sys.stderr)
        return False
    tqdm.write(line)
    return True


def _reviewed(folder: Folder, at: int, scanner: Scanner, said: Said) -> str:
    entry = folder.report.entries[at]
    data = folder.read(entry)
    if entry.review:
        return _reviewed_before(folder, entry, entry.review, said)
    looked = look_again(entry, data, scanner)
    if looked is not entry:
        folder.put(at, looked)
        raise ReviewError(
            "More is found than the contact sheet showed. It is in report.html now: look again."
        )
    made, review = approved(entry, data, said)
    return _put_in_use(folder, at, made, review)


def _reviewed_before(folder: Folder, entry: Entry, review: Review, said: Said) -> str:
    """Bring to its end what a killed run left; what was said once is not said anew."""
    if said.reasons:
        raise ReviewError("This picture is reviewed already; what was said of it stays.")
    drop(folder.path / review.was[0], review.was[1])
    return f"{entry.result}: reviewed already, by {review.by}"


def _put_in_use(folder: Folder, at: int, made: bytes, review: Review) -> str:
    entry = folder.report.entries[at]
    name = entry.result.replace(MARK, REVIEWED_MARK)
    target = folder.path / name
    write_new(target, made, mode_of(folder.path / entry.result))
    # INVARIANT: the report relies on a file of its own, never on a link that waited here.
    if read_regular(target) != made:
        raise FileError(f"{printable(target)} is not what was written.")
    settle(folder.opened)
    folder.put(at, replace(entry, result=name, sha256=digest_of(made), review=review))
    settle(folder.opened)
    drop(folder.path / entry.result, entry.sha256)
    stays = f", {len(review.remaining)} for a reason" if review.remaining else ""
    return f"{entry.result} -> {name}{stays}"


def _with_pictures(folder: Folder) -> Report:
    """The report with small pictures: those of the sheet as it was, or made anew."""
    try:
        shown = pictures_in(read_regular(folder.path / SHEET_NAME))
    except SafelightError:
        shown = {}
    entries = [_pictured(folder, entry, shown) for entry in folder.report.entries]
    return replace(folder.report, entries=entries)


def _pictured(folder: Folder, entry: Entry, shown: dict[str, bytes]) -> Entry:
    count = len(entry.frames)
    for result in (entry.result, entry.review.was[0] if entry.review else entry.result):
        names = [name_of(result, number, count) for number in range(1, count + 1)]
        if all(name in shown for name in names):
            return _with([shown[name] for name in names], entry)
    return _with(_made_anew(folder, entry), entry)


def _made_anew(folder: Folder, entry: Entry) -> list[bytes]:
    """Small pictures of the result itself; none of a file that is gone or altered."""
    try:
        data = folder.read(entry)
        frames = read_picture(data).frames if is_dicom(data) else (data,)
        made = [make_renditions(frame, UPRIGHT).thumbnail for frame in frames]
    except SafelightError:
        made = []
    return made if len(made) == len(entry.frames) else [b""] * len(entry.frames)


def _with(pictures: Sequence[bytes], entry: Entry) -> Entry:
    pairs = zip(entry.frames, pictures, strict=True)
    frames = tuple(replace(frame, thumbnail=picture) for frame, picture in pairs)
    return replace(entry, frames=frames)


def _say(folder: Folder, done: int, refused: int) -> int:
    waiting = sum(entry.review is None for entry in folder.report.entries)
    tqdm.write(
        f"{done} reviewed, {refused} not. Not reviewed in this folder: {waiting} of "
        f"{len(folder.report.entries)}."
    )
    return REFUSED if refused else DONE
