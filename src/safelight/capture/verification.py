"""Verification: decode a sealed picture once, make what screens show, and say that it is safe.

The row is the queue: a photograph in the state *sealed* waits. A claim on its upload keeps two
workers from doing the same work; if both do it all the same, the first to commit has done it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from safelight.capture.models import Upload, UploadState
from safelight.engines import envelope
from safelight.engines.imaging import Bounds, ImagingError, Renditions, make_renditions, probe
from safelight.photos.models import RenditionRow
from safelight.photos.services import StoredRendition, mark_unreadable, mark_verified
from safelight.vault import orphans, quarantine
from safelight.vault.custodians import Holder, unwrapped_once
from safelight.vault.errors import BlobMissingError
from safelight.vault.kinds import CustodianKind
from safelight.vault.sealing import ToSeal, save_sealed, seal_objects
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import PhotographState, Rendition

CLAIM = timedelta(minutes=2)
# A picture that brought a worker down this often is not tried again.
MOST_ATTEMPTS = 3
RENDITION_TYPE = "image/jpeg"
# Intake has measured the picture by the bounds of its day; it is not refused by later ones.
UNBOUNDED = Bounds(max_bytes=1 << 40, max_pixels=1 << 40, max_side=1 << 31)


class TooManyAttemptsError(SafelightError):
    code: ClassVar[str] = "verification-attempts"
    message: ClassVar[str] = "This picture could not be decoded in several attempts."


class TooSlowError(SafelightError):
    """The machine slept between sealing and recording; what was sealed may be swept by now."""

    code: ClassVar[str] = "verification-too-slow"
    message: ClassVar[str] = "Verifying this picture took too long; it is tried again."


# What is wrong with the picture or its stored bytes, and will be so the next time.
LASTING = (ImagingError, envelope.EnvelopeError, BlobMissingError, TooManyAttemptsError)


@dataclass(frozen=True)
class Waiting:
    """A sealed photograph that is to be verified."""

    photograph: UUID
    patient: UUID
    upload: UUID
    original: UUID
    orientation: int
    attempts: int


def verify_waiting() -> int:
    """Verify until nothing waits; how many were decided."""
    decided = 0
    while (upload := claim_next()) is not None:
        verify(upload)
        decided += 1
    return decided


def claim_next() -> UUID | None:
    """Take the sealed upload that waits longest and that nobody works on; None if there is none."""
    now = timezone.now()
    row = _unclaimed(now).first()
    if row is None:
        return None
    same = Upload.objects.filter(id=row.id, verification_claimed_at=row.verification_claimed_at)
    attempts = F("verification_attempts") + 1
    if same.update(verification_claimed_at=now, verification_attempts=attempts):
        return row.id
    return claim_next()  # another worker was faster; there may be a next one


def _unclaimed(now: datetime) -> QuerySet[Upload]:
    """Never claimed, or claimed so long ago (or, by a clock gone back, ahead) that it is void."""
    void = Q(verification_claimed_at__lt=now - CLAIM) | Q(verification_claimed_at__gt=now + CLAIM)
    rows = Upload.objects.filter(
        Q(verification_claimed_at=None) | void,
        state=UploadState.SEALED,
        photograph__state=PhotographState.SEALED.value,
    )
    return rows.only("verification_claimed_at").order_by("photograph__received_at")


def verify(upload: UUID) -> None:
    """Verify the picture of this upload, or mark it as unreadable; then shred the upload's key.

    Raises what may be otherwise the next time (a locked vault, a full disk, a database that is
    away): the picture then waits for the claim to run out.
    """
    waiting = _waiting(upload)
    if waiting is not None:
        with _unless_it_passes(upload), unwrapped_once():
            _decide(waiting)
    quarantine.end(upload)


@contextmanager
def _unless_it_passes(upload: UUID) -> Iterator[None]:
    """Hold an attempt against the picture only when it brought the worker down.

    A worker that lives to see the error met something that may pass, such as a full disk.
    """
    try:
        yield
    except Exception:
        fewer = F("verification_attempts") - 1
        Upload.objects.filter(id=upload).update(verification_attempts=fewer)
        raise


def _waiting(upload: UUID) -> Waiting | None:
    row = (
        RenditionRow.objects.filter(
            rendition=Rendition.ORIGINAL.value,
            photograph__uploads=upload,
            photograph__state=PhotographState.SEALED.value,
        )
        .values_list(
            "photograph",
            "photograph__patient",
            "photograph__upload",
            "id",
            "photograph__orientation",
            "photograph__uploads__verification_attempts",
        )
        .first()
    )
    return Waiting(*row) if row else None


def _decide(waiting: Waiting) -> None:
    try:
        made = _make(waiting)
    except LASTING as error:
        with transaction.atomic():
            mark_unreadable(waiting.photograph, error.code)
        return
    _keep(waiting, made)


def _make(waiting: Waiting) -> Renditions:
    if waiting.attempts > MOST_ATTEMPTS:
        raise TooManyAttemptsError
    plain = quarantine.open_unverified(waiting.original, envelope.Kind.ORIGINAL, waiting.upload)
    return make_renditions(plain, waiting.orientation, UNBOUNDED)


def _keep(waiting: Waiting, made: Renditions) -> None:
    display = ToSeal(uuid4(), envelope.Kind.DISPLAY, made.display)
    thumbnail = ToSeal(uuid4(), envelope.Kind.THUMBNAIL, made.thumbnail)
    holder = Holder(CustodianKind.CARE, waiting.patient)
    since = timezone.now()
    sealed = seal_objects([display, thumbnail], [holder])
    renditions = [
        _stored(display, Rendition.DISPLAY),
        _stored(thumbnail, Rendition.THUMBNAIL),
    ]
    with transaction.atomic():
        is_first = mark_verified(waiting.photograph, renditions)
        if is_first:
            save_sealed(sealed)
        if timezone.now() - since > CLAIM:
            raise TooSlowError
    if not is_first:
        orphans.discard([display.id, thumbnail.id])


def _stored(item: ToSeal, rendition: Rendition) -> StoredRendition:
    shape = probe(item.plaintext)
    return StoredRendition(
        id=item.id,
        rendition=rendition,
        media_type=RENDITION_TYPE,
        width=shape.width,
        height=shape.height,
    )
