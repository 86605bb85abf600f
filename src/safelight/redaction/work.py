"""The pixels of a prepared picture: opened through the gate, covered, looked at again, sealed."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from safelight.engines.envelope import Kind
from safelight.engines.imaging import (
    Redacted,
    check_clean,
    probe,
    redact,
)
from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.photos.services import StoredRendition
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Look, Scan, scanner
from safelight.redaction.rules import Draft, Finding, Leftover, Placed, leftovers_of
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.vault.custodians import Holder
from safelight.vault.kinds import CustodianKind
from safelight.vault.models import SealedObject
from safelight.vault.sealing import ToSeal, seal_objects
from safelight.vocabulary.photograph import Rendition

RESULT_TYPE = "image/jpeg"
UPRIGHT = 1


@dataclass(frozen=True)
class Result:
    """A covered picture in both sizes, sealed but not yet named by any row, and what is left in it."""

    display: StoredRendition
    thumbnail: StoredRendition
    sealed: list[SealedObject]
    leftovers: tuple[Leftover, ...]


def look_at_original(asker: Asker, photograph: Photograph, step: Look) -> Scan:
    """What one look proposes. That the original was opened for it is recorded by the gate.

    Raises AccessRefusedError, ScanFailedError.
    """
    content = open_original(asker, photograph.id)
    scan = scanner().scan(content, photograph.orientation, step)
    return _of_size(scan, photograph.width, photograph.height)


def _of_size(scan: Scan, width: int, height: int) -> Scan:
    """INVARIANT: what was found lies in the pixels that are covered, and in no others'."""
    if (scan.width, scan.height) != (width, height):
        raise ScanFailedError
    return scan


def open_original(asker: Asker, photograph: UUID) -> bytes:
    """For treatment: preparing a picture is an act of whoever treats the patient. PHI."""
    asked = Asked(asker.session_key, photograph, Rendition.ORIGINAL)
    return open_photograph(asked).content


def cover(
    asker: Asker, photograph: Photograph, draft: Draft, findings: tuple[Finding, ...]
) -> Result:
    """Cover, check the bytes with a second parser, and look again with both sets of detectors.

    The pixels always come from the original, so covering twice loses no quality, and what an
    earlier version hid is never a source. Raises AccessRefusedError, ScanFailedError, ImagingError.
    """
    made = redact(open_original(asker, photograph.id), photograph.orientation, draft.plan)
    for content in (made.display, made.thumbnail):
        check_clean(content)
    scan = _of_size(scanner().scan(made.display, UPRIGHT, Look.CHECK), made.width, made.height)
    placed = Placed(made.area, made.width / made.area.width)
    left = leftovers_of(scan.detections, draft, findings, placed)
    return _sealed(photograph, made, left)


def _sealed(photograph: Photograph, made: Redacted, left: tuple[Leftover, ...]) -> Result:
    display = ToSeal(uuid4(), Kind.REDACTED, made.display)
    thumbnail = ToSeal(uuid4(), Kind.REDACTED, made.thumbnail)
    holder = Holder(CustodianKind.CARE, photograph.patient_id)
    sealed = seal_objects([display, thumbnail], [holder])
    return Result(
        _stored(display, Rendition.REDACTED_DRAFT),
        _stored(thumbnail, Rendition.REDACTED_THUMBNAIL),
        sealed,
        left,
    )


def _stored(item: ToSeal, rendition: Rendition) -> StoredRendition:
    shape = probe(item.plaintext)
    return StoredRendition(
        id=item.id,
        rendition=rendition,
        media_type=RESULT_TYPE,
        width=shape.width,
        height=shape.height,
    )
