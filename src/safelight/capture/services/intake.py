"""Intake: a whole picture out of quarantine, scrubbed in memory, sealed into the record."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import record
from safelight.capture.errors import CaptureError, DigestMismatchError
from safelight.capture.models import Upload, UploadState
from safelight.capture.rules import time_taken
from safelight.capture.selectors import Answer, answer
from safelight.capture.services.refusing import record_failure, refusal, refuse
from safelight.engines import envelope
from safelight.engines.imaging import Bounds, ImagingError, Scrubbed, check_clean, scrub
from safelight.institution.selectors import current_house, current_policy
from safelight.patients.selectors import surviving_patient
from safelight.photos.services import (
    NewPhotograph,
    StoredRendition,
    content_token,
    find_same_content,
    register_photograph,
)
from safelight.vault import orphans, quarantine
from safelight.vault.custodians import Holder
from safelight.vault.errors import BlobMissingError, VaultError
from safelight.vault.kinds import CustodianKind
from safelight.vault.models import SealedObject
from safelight.vault.sealing import ToSeal, save_sealed, seal_objects
from safelight.vocabulary.photograph import CaptureSource, ConsentToTake, Rendition, Sensitivity

OPEN_AT_ONCE = 3
# INVARIANT: far less than the age at which a blob without a row is swept as an orphan.
LONGEST_INTAKE = timedelta(minutes=10)
TURNED = range(5, 9)

# However many uploads arrive together, no more pictures than these lie open in memory.
_open_pictures = threading.BoundedSemaphore(OPEN_AT_ONCE)


class _DecidedElsewhereError(Exception):
    """Another connection completed the same upload first; its word stands."""


class _IntakeTooSlowError(CaptureError):
    """The machine slept between sealing and recording; what was sealed may be swept by now."""


@dataclass(frozen=True)
class _Picture:
    """A picture in memory, scrubbed. PHI."""

    scrubbed: Scrubbed
    received_sha256: bytes
    patient: UUID
    since: datetime


def take_in(row: Upload, promised_sha256: bytes) -> Answer:
    """Seal the picture that lies whole in quarantine, or refuse it; either way say so.

    Raises DigestMismatchError when what lies there is not what was promised (it is forgotten and
    may be sent again), StoreFullError, VaultError.
    """
    try:
        with _open_pictures:
            _seal(row, _open(row, promised_sha256))
    except ImagingError as error:
        refuse(row, error)
    except _DecidedElsewhereError:
        row.refresh_from_db()
    except (DigestMismatchError, VaultError) as error:
        record_failure(row, error)
        raise
    _clear(row)
    return answer(row)


def _clear(row: Upload) -> None:
    """The bytes have served; the key goes on until the picture is verified."""
    if row.state == UploadState.SEALED:
        quarantine.forget_bytes(row.id)
    else:
        quarantine.end(row.id)


def _open(row: Upload, promised_sha256: bytes) -> _Picture:
    since = timezone.now()
    received = _received(row)
    digest = hashlib.sha256(received).digest()
    if digest != promised_sha256:
        raise DigestMismatchError
    policy = current_policy()
    scrubbed = scrub(memoryview(received), Bounds(policy.max_bytes, policy.max_pixels))
    check_clean(scrubbed.data)
    return _Picture(scrubbed, digest, surviving_patient(row.patient_id), since)


def _received(row: Upload) -> bytearray:
    try:
        return quarantine.open_upload(row.id, row.promised_size)
    except (envelope.EnvelopeError, BlobMissingError) as error:
        if not Upload.objects.filter(id=row.id, state=UploadState.RECEIVING).exists():
            raise _DecidedElsewhereError from error
        raise DigestMismatchError from error


def _seal(row: Upload, picture: _Picture) -> None:
    """Blob and grants first, then everything else in one transaction.

    When the commit itself fails nobody knows whether it happened: then the blob stays, and the
    sweeper asks the record later.
    """
    original = ToSeal(uuid4(), envelope.Kind.ORIGINAL, picture.scrubbed.data)
    holders = [Holder(CustodianKind.CARE, picture.patient), quarantine.holder(row.id)]
    try:
        sealed = seal_objects([original], holders)
        with transaction.atomic():
            is_kept = _record(row, picture, sealed)
    except (VaultError, _DecidedElsewhereError):
        orphans.discard([original.id])
        raise
    if not is_kept:
        orphans.discard([original.id])


def _record(row: Upload, picture: _Picture, sealed: list[SealedObject]) -> bool:
    """Photograph, or the one that was there already; False for the latter."""
    token = content_token(picture.patient, picture.received_sha256)
    if same := find_same_content(picture.patient, token):
        _decide(row, UploadState.DUPLICATE, same)
        record(refusal(row, "duplicate"))
        return False
    new = _new_photograph(row, picture, sealed[0].id, token)
    save_sealed(sealed)
    register_photograph(new)
    _decide(row, UploadState.SEALED, new.id)
    if timezone.now() - picture.since > LONGEST_INTAKE:
        raise _IntakeTooSlowError
    return True


def _decide(row: Upload, state: UploadState, photograph: UUID) -> None:
    """INVARIANT: an upload is decided once, in the transaction that holds all that follows."""
    under_way = Upload.objects.filter(id=row.id, state=UploadState.RECEIVING)
    if not under_way.update(state=state, photograph=photograph):
        raise _DecidedElsewhereError
    row.state, row.photograph_id = state, photograph


def _new_photograph(row: Upload, picture: _Picture, original: UUID, token: bytes) -> NewPhotograph:
    scrubbed, source = picture.scrubbed, CaptureSource(row.source)
    taken_at, about_time = time_taken(
        source, row.taken_at, scrubbed.taken_at, now=timezone.now(), zone=current_house().zone
    )
    return NewPhotograph(
        id=uuid4(),
        original=_stored(original, scrubbed),
        patient=picture.patient,
        encounter=row.encounter_id,
        upload=row.id,
        sensitivity=Sensitivity(row.sensitivity),
        taken_by=row.staff_id,
        taken_at=taken_at,
        source=source,
        consent_to_take=ConsentToTake(row.consent_to_take),
        orientation=scrubbed.orientation,
        content_token=token,
        facts=_facts(picture, about_time),
        purpose=row.purpose,
        begun_at=row.started_at,
    )


def _stored(original: UUID, scrubbed: Scrubbed) -> StoredRendition:
    width, height = scrubbed.width, scrubbed.height
    if scrubbed.orientation in TURNED:
        width, height = height, width
    return StoredRendition(
        id=original,
        rendition=Rendition.ORIGINAL,
        media_type=scrubbed.media_type,
        width=width,
        height=height,
    )


def _facts(picture: _Picture, about_time: str) -> dict[str, object]:
    """What intake did. Of what was taken out only the kinds are kept, never a value."""
    notes = [note for note in (picture.scrubbed.note, about_time) if note]
    return {
        "sha256": picture.scrubbed.sha256.hex(),
        "received_sha256": picture.received_sha256.hex(),
        "note": " ".join(notes),
        "is_lossless": picture.scrubbed.lossless,
        "removed": sorted({finding.kind.value for finding in picture.scrubbed.findings}),
    }
