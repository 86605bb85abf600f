"""`safelight deidentify`: reduce what identifies people in whole folders of pictures, unattended.

Works alone: no server, no database, no keys, no settings. It reads the files it is given and
writes new ones; it never changes, replaces or removes a file that was there before. Everything it
writes is marked as not reviewed, since a program's search is help and no proof.
"""

import argparse
from pathlib import Path

from safelight.redaction.ports import Look

# Nobody waits for one picture of a folder, and a busy machine is no reason to leave one out.
SECONDS = 120.0

DESCRIPTION = """\
Reduce what identifies people in pictures: take out everything beside the pixels, search for faces,
writing, numbers, barcodes and QR codes, cover all that is found, and search again. Takes JPEG, PNG,
WebP, TIFF, HEIC, and DICOM photographs and secondary captures, which stay DICOM.
No program finds everything: every result is marked as not reviewed until a person looks at it."""

EPILOG = """\
Results are numbered, picture-0001.not-reviewed.jpg and so on, because a file's name may name a
patient; report.html and report.json say which came from where, what was covered and what is left.
Exit code: 0 all done; 1 something could not be handled, or is still found; 2 wrong usage."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `safelight`."""
    parser = subparsers.add_parser(
        "deidentify",
        help="cover faces and writing in pictures and DICOM photographs, unattended",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="write results here")
    parser.add_argument(
        "--face-model", type=Path, metavar="FILE", help="another model that finds faces"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Handle every file, go on after a bad one, and say at the end how it went.

    Raises FileError if there is an earlier report in the folder for results.
    """
    # The other commands start without what reads DICOM and what searches pictures.
    from safelight.connectors.scanning.process import ChildScanner  # noqa: PLC0415
    from safelight.project.deidentify_folder import deidentify_all  # noqa: PLC0415

    with ChildScanner(face_model=args.face_model, seconds=dict.fromkeys(Look, SECONDS)) as scanner:
        return deidentify_all(scanner, args.paths, args.out)
