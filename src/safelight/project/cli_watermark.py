"""`safelight watermark`: whom a copy that turned up somewhere was shown to."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from safelight.project.starting import require_ready, start_django
from safelight.vocabulary.errors import SafelightError

if TYPE_CHECKING:
    from safelight.sharing.services.tracing import Traced

NOTHING = 1
_WHEN = "%Y-%m-%d %H:%M"


class CopyFileError(SafelightError):
    code: ClassVar[str] = "copy-file"
    message: ClassVar[str] = "The file cannot be read."


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "watermark",
        help="read whom a copy of a picture was shown to",
        description="Read the number that is hidden in a picture, in a copy of it, smaller, pressed "
        "or cut, and name the share, the copy for a record, the lecture or the member of staff. "
        "Exit code 1 when there is none. What is found is a lead and no proof: somebody may have "
        "looked over the recipient's shoulder. That somebody was named is recorded.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    try:
        copy = args.file.read_bytes()
    except OSError as error:
        raise CopyFileError from error
    start_django()
    from safelight.sharing.services.tracing import trace  # noqa: PLC0415 - needs Django

    require_ready()
    lines, is_named = told(trace(copy))
    print("\n".join(lines))
    return 0 if is_named else NOTHING


def told(found: "Traced") -> tuple[list[str], bool]:
    """What to show, and whether it names anybody. PHI: for the terminal of the server alone."""
    named = list(_named(found))
    return [*_read(found, is_named=bool(named)), *named], bool(named)


def _read(found: "Traced", *, is_named: bool) -> list[str]:
    if found.number is None:
        return [f"No mark of this institution was found (confidence {found.confidence:.1f})."]
    number = f"Number {found.number}, confidence {found.confidence:.1f}."
    if is_named:
        return [number]
    return [
        number,
        "The mark is this institution's; no share, copy, lecture or member of staff has this number.",
    ]


def _named(found: "Traced") -> Iterator[str]:
    """All that have the number; with 32 bits that is hardly ever more than one."""
    if found.number is None:
        return
    if found.share is not None and found.given_at is not None:
        yield f"Shared with: {found.recipient}"
        yield f"Shared by: {found.given_by}, {found.given_at:{_WHEN}} UTC"
        yield f"Share: {found.share}"
    yield from _named_by_number(found.number)


def _named_by_number(number: int) -> Iterator[str]:
    from safelight.exporting.services.tracing import link_of_number  # noqa: PLC0415 - needs Django
    from safelight.release.staff_marks import staff_of_number  # noqa: PLC0415
    from safelight.teaching.services.tracing import lecture_of_number  # noqa: PLC0415

    if link := link_of_number(number):
        yield f"In a copy for the record of: {link.recipient}"
        yield f"Given by: {link.given_by}, {link.given_at:{_WHEN}} UTC"
        yield f"Link: {link.id}"
    if lecture := lecture_of_number(number):
        yield f"Shown in a lecture: {lecture.title}, {lecture.place}"
        yield f"By: {lecture.given_by}, {lecture.starts_at:{_WHEN}} UTC"
    for member in staff_of_number(number):
        yield f"Opened by a member of staff: {member.name} ({member.username})"
