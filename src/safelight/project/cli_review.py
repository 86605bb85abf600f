"""`safelight review`: a person looked at what `safelight deidentify` wrote, and approves it.

Works alone, as that command does. What is approved is searched once more first, and only what came
through is claimed.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

DESCRIPTION = """\
Approve pictures that `safelight deidentify` wrote and that you looked at, each in full size. They
must be what the report tells of, to the byte, and are searched again; where something is still found
you say why it may stay. A DICOM file then claims what was done and by whom it was reviewed."""

EPILOG = """\
picture-0001.not-reviewed.dcm becomes picture-0001.reviewed.dcm; report.json and report.html say who,
when, what remained and why.
WHAT is a number in report.html, or what you see yourself: tattoo, jewellery, birthmark, room,
reflection, unusual, face, eyes, text, code. What stays is not claimed to be gone.
Exit code: 0 all are reviewed; 1 some are not, and why is said; 2 wrong usage."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `safelight`."""
    parser = subparsers.add_parser(
        "review",
        help="approve pictures of `deidentify` that you looked at",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR")
    parser.add_argument(
        "--by", required=True, metavar="NAME", help="who looked; it goes into files"
    )
    parser.add_argument(
        "--all", action="store_true", dest="everything", help="every picture of the folder DIR"
    )
    parser.add_argument(
        "--remaining", action="append", default=[], metavar="WHAT=REASON",
        help="why something may stay in the one picture named; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--face-model", type=Path, metavar="FILE", help="another model that finds faces"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Approve what was named, go on after a refusal, and say at the end how it went.

    Raises ClaimError, ReviewError, ReportError, FileError if it cannot be done as it was said.
    """
    # The other commands start without what reads DICOM and what searches pictures.
    from safelight.connectors.scanning.process import ChildScanner  # noqa: PLC0415
    from safelight.engines.dicom import check_reviewer  # noqa: PLC0415
    from safelight.project.cli_deidentify import SECONDS  # noqa: PLC0415
    from safelight.project.review_folder import review_all  # noqa: PLC0415
    from safelight.project.review_pictures import Said, said_reasons  # noqa: PLC0415
    from safelight.redaction.ports import Look  # noqa: PLC0415

    check_reviewer(args.by)
    said = Said(args.by, datetime.now(UTC), said_reasons(args.remaining))
    with ChildScanner(face_model=args.face_model, seconds=dict.fromkeys(Look, SECONDS)) as scanner:
        return review_all(scanner, args.paths, said, everything=args.everything)
