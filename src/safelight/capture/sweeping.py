"""Sweeping: what crashes and closed pages left behind. Safe to run at any time and any number of
times, beside running intakes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.capture.models import Upload, UploadState
from safelight.institution.selectors import current_policy
from safelight.vault import orphans, quarantine
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import PhotographState

# INVARIANT: several times the longest intake (see intake.LONGEST_INTAKE).
ORPHAN_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class Swept:
    """How much was cleared away."""

    abandoned: int
    leftovers: int
    blobs: int


def sweep() -> Swept:
    """Clear away what nobody will come back for."""
    now = timezone.now()
    return Swept(
        abandoned=_abandon(now - timedelta(hours=current_policy().upload_hours)),
        leftovers=_end_leftovers(now - ORPHAN_AGE),
        blobs=orphans.sweep_orphans(now - ORPHAN_AGE),
    )


def _abandon(started_before: datetime) -> int:
    rows = Upload.objects.filter(state=UploadState.RECEIVING, started_at__lt=started_before)
    return sum(_abandon_one(row) for row in rows)


def _abandon_one(row: Upload) -> bool:
    with transaction.atomic():
        under_way = Upload.objects.filter(
            id=row.id, state=UploadState.RECEIVING, started_at=row.started_at
        )
        if not under_way.update(state=UploadState.ABANDONED):
            return False
        record(
            Entry(
                tag=EventTag.CAPTURE_UPLOAD_ABANDONED,
                actor=None,
                subject=row.patient_id,
                purpose=row.purpose,
                outcome=Outcome.FAILED,
                objects=(row.id,),
            )
        )
    quarantine.end(row.id)
    return True


def _end_leftovers(older_than: datetime) -> int:
    """Bytes and keys in quarantine that no upload needs any more."""
    files = set(quarantine.files_older_than(older_than))
    left = files | set(quarantine.keys_older_than(older_than))
    under_way, sealed = _needed(left)
    for upload in (files & sealed) - under_way:
        quarantine.forget_bytes(upload)
    ended = left - under_way - sealed
    for upload in ended:
        quarantine.end(upload)
    return len(ended)


def _needed(uploads: Iterable[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Which still receive (bytes and key are needed), and which wait to be verified (the key is)."""
    rows = Upload.objects.filter(id__in=list(uploads))
    under_way = rows.filter(state=UploadState.RECEIVING)
    sealed = rows.filter(state=UploadState.SEALED, photograph__state=PhotographState.SEALED.value)
    return set(under_way.values_list("id", flat=True)), set(sealed.values_list("id", flat=True))
