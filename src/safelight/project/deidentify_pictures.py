"""One file made ready by `safelight deidentify`: stripped, searched, covered, searched again."""

from collections.abc import Sequence
from dataclasses import dataclass

from safelight.engines.dicom import deidentify, is_dicom, read_picture
from safelight.engines.imaging import (
    DEFAULT_BOUNDS,
    Mask,
    Redacted,
    RedactionPlan,
    Scrubbed,
    TooManyPixelsError,
    check_clean,
    probe,
    redact,
    scrub,
)
from safelight.engines.recognition import Detection
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Look, Scanner

JPEG_TYPE, DICOM_TYPE = "image/jpeg", "application/dicom"
UPRIGHT = 1
MORE_ROUNDS = 1
"""How often what the second look still finds is covered too, before it is left to a person."""


@dataclass(frozen=True, slots=True)
class Account:
    """What was done to one picture. Regions are in pixels of the result: the upright original's."""

    thumbnail: bytes
    width: int
    height: int
    metadata: tuple[str, ...]
    covered: tuple[Detection, ...]
    left: tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be written, and an account of each frame; a plain picture has one."""

    data: bytes
    media_type: str
    frames: tuple[Account, ...]


def prepare(data: bytes, scanner: Scanner, salt: bytes) -> Prepared:
    """Make a picture or a DICOM photograph ready, with all that was found covered.

    Nobody has looked at the result, and a DICOM file says so itself. `salt` decides its new UIDs.
    Raises ScanFailedError, ImagingError, DicomError; then there is nothing to be written.
    """
    if not is_dicom(data):
        picture, account = _prepare_frame(data, scanner)
        return Prepared(picture, JPEG_TYPE, (account,))
    streams = read_picture(data).frames
    _check_sizes(streams)
    frames = [_prepare_frame(stream, scanner) for stream in streams]
    pictures = [picture for picture, _ in frames]
    made = deidentify(data, pictures, reviewed_by=None, methods=(), uid_salt=salt)
    return Prepared(made, DICOM_TYPE, tuple(account for _, account in frames))


def _check_sizes(streams: Sequence[bytes]) -> None:
    """All frames together are no larger than a picture may be, whatever the header says of them."""
    pixels = sum(shape.width * shape.height for shape in map(probe, streams))
    if pixels > DEFAULT_BOUNDS.max_pixels:
        raise TooManyPixelsError


def _prepare_frame(data: bytes, scanner: Scanner) -> tuple[bytes, Account]:
    clean = scrub(data)
    check_clean(clean.data)
    covered, made, left = _cover_all(clean, scanner)
    kinds = tuple(sorted({finding.kind.value for finding in clean.findings}))
    account = Account(made.thumbnail, made.width, made.height, kinds, covered, left)
    return made.display, account


def _cover_all(
    clean: Scrubbed, scanner: Scanner
) -> tuple[tuple[Detection, ...], Redacted, tuple[Detection, ...]]:
    """What was covered, the result, and what is found in it after all.

    All detectors look from the beginning: nobody waits for the answer, so thorough is better.
    """
    turned = clean.orientation >= 5  # noqa: PLR2004 - 5 to 8 swap rows and columns
    size = (clean.height, clean.width) if turned else (clean.width, clean.height)
    covered = _look(scanner, clean.data, clean.orientation, size)
    made = _covered(clean, covered)
    left = _look(scanner, made.display, UPRIGHT, size)
    for _ in range(MORE_ROUNDS):
        if left:
            covered += left
            made = _covered(clean, covered)
            left = _look(scanner, made.display, UPRIGHT, size)
    return covered, made, left


def _covered(clean: Scrubbed, found: Sequence[Detection]) -> Redacted:
    plan = RedactionPlan(tuple(Mask(detection.region) for detection in found))
    longest = DEFAULT_BOUNDS.max_side
    # Screenshots and what an archive unpacked were photographs in JPEG once, and nothing says so.
    made = redact(clean.data, clean.orientation, plan, longest=longest, was_jpeg=True)
    check_clean(made.display)
    check_clean(made.thumbnail)
    return made


def _look(
    scanner: Scanner, picture: bytes, orientation: int, size: tuple[int, int]
) -> tuple[Detection, ...]:
    scan = scanner.scan(picture, orientation, Look.CHECK)
    # INVARIANT: regions are in the pixels that are covered; in those of another size they would
    # cover something else.
    if (scan.width, scan.height) != size:
        raise ScanFailedError
    return scan.detections
