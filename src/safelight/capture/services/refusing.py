"""Saying no to a picture, once: a row, an event, one sentence, and no byte left."""

from contextlib import suppress

from django.db import DatabaseError, transaction

from safelight.audit.services import Entry, record, record_durably
from safelight.capture.errors import DigestMismatchError
from safelight.capture.models import Upload, UploadState
from safelight.vault import quarantine
from safelight.vault.errors import StoreFullError, VaultError
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag, Outcome

LONGEST_SENTENCE = 300


def refuse(row: Upload, error: SafelightError) -> None:
    """The picture itself cannot be taken; sending it again will not change that."""
    with transaction.atomic():
        under_way = Upload.objects.filter(id=row.id, state=UploadState.RECEIVING)
        if under_way.update(
            state=UploadState.REFUSED,
            refusal_code=error.code,
            refusal_sentence=error.sentence[:LONGEST_SENTENCE],
        ):
            record(refusal(row, error.code))
    quarantine.end(row.id)
    row.refresh_from_db()


def record_failure(row: Upload, error: SafelightError) -> None:
    """Write down that something failed that may succeed the next time.

    Bytes that were damaged or for which there was no room are forgotten first. The disk may be
    full and the vault locked, which is perhaps what failed: then the answer to whoever sends the
    picture is all that can still be done.
    """
    if isinstance(error, StoreFullError | DigestMismatchError):
        quarantine.forget_bytes(row.id)
    with suppress(DatabaseError, VaultError):
        record_durably(refusal(row, error.code))


def refusal(row: Upload, code: str) -> Entry:
    return Entry(
        tag=EventTag.CAPTURE_UPLOAD_REFUSED,
        actor=row.staff_id,
        subject=row.patient_id,
        purpose=row.purpose,
        outcome=Outcome.FAILED,
        objects=(row.id,),
        details={"code": code},
    )
