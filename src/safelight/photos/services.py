"""What becomes of a photograph between its sealing and its first showing.

Every verb here writes in the transaction that its caller has opened, and records its event there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from safelight.audit.services import Entry, record
from safelight.patients.models import Patient
from safelight.photos.models import Photograph, RenditionRow
from safelight.vault.fields import patient_fields
from safelight.vault.institution_keys import search_token
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import (
    CaptureSource,
    ConsentToTake,
    PhotographState,
    Rendition,
    Sensitivity,
)

HELD = (PhotographState.SEALED.value, PhotographState.VERIFIED.value)


@dataclass(frozen=True, kw_only=True)
class StoredRendition:
    """A form of a photograph that lies sealed under `id`. Pixels are counted upright."""

    id: UUID
    rendition: Rendition
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class NewPhotograph:
    """A picture that was sealed. PHI: `facts` (hashes, and what intake did) are sealed."""

    id: UUID
    original: StoredRendition
    patient: UUID
    encounter: UUID | None
    upload: UUID
    sensitivity: Sensitivity
    taken_by: UUID
    taken_at: datetime
    source: CaptureSource
    consent_to_take: ConsentToTake
    orientation: int
    content_token: bytes
    facts: Mapping[str, Any]
    purpose: str
    begun_at: datetime
    """When its upload began: before or after the patient took their pictures back."""


def content_token(patient: UUID, received_sha256: bytes) -> bytes:
    """By which the same file is found again in the same record, and in no other."""
    return search_token("content", f"{patient}:{received_sha256.hex()}")


def find_same_content(patient: UUID, token: bytes) -> UUID | None:
    """The photograph that the record holds already, if any.

    Locks the record, so that of two equal pictures that arrive at once the second is found here.
    """
    Patient.objects.select_for_update().filter(id=patient).first()
    rows = Photograph.objects.filter(patient=patient, content_token=token, state__in=HELD)
    return rows.values_list("id", flat=True).first()


def is_taken_back(patient: UUID, since: datetime) -> bool:
    """Whether a picture that was here `since` then is withdrawn when it comes into this record.

    INVARIANT: what the patient had no chance to see when they took all back, since it was on its
    way in or in a wrong record, was taken back as well. Nobody takes anything back until the open
    transaction ends.
    """
    Patient.objects.select_for_update(no_key=True).get(id=patient)
    family = Patient.objects.filter(Q(id=patient) | Q(merged_into=patient))
    withdrew: datetime | None = family.aggregate(last=Max("withdrew_at"))["last"]
    return withdrew is not None and since <= withdrew


def register_photograph(new: NewPhotograph) -> None:
    """Record a sealed picture; from the commit on it is safe, and waits to be verified."""
    fields = patient_fields(new.patient)
    is_withdrawn = is_taken_back(new.patient, new.begun_at)
    state = PhotographState.WITHDRAWN if is_withdrawn else PhotographState.SEALED
    Photograph.objects.create(
        state=state.value,
        id=new.id,
        patient_id=new.patient,
        encounter_id=new.encounter,
        upload=new.upload,
        sensitivity=new.sensitivity.value,
        taken_by_id=new.taken_by,
        taken_at=new.taken_at,
        source=new.source.value,
        consent_to_take=new.consent_to_take.value,
        media_type=new.original.media_type,
        width=new.original.width,
        height=new.original.height,
        orientation=new.orientation,
        content_token=new.content_token,
        sealed_facts=fields.seal_data("facts", new.id, new.facts),
    )
    _add_renditions(new.id, [new.original])
    record(
        Entry(
            tag=EventTag.PHOTOGRAPH_SEALED,
            actor=new.taken_by,
            subject=new.patient,
            purpose=new.purpose,
            objects=(new.id,),
            details={
                "sha256": new.facts["sha256"],
                "received_sha256": new.facts["received_sha256"],
                "source": new.source.value,
                "consent_to_take": new.consent_to_take.value,
            },
        )
    )


def mark_verified(photograph: UUID, renditions: Sequence[StoredRendition]) -> bool:
    """From now on the picture may be shown; False if it was decided before, and nothing is done."""
    return _decide(photograph, PhotographState.VERIFIED, renditions)


def mark_unreadable(photograph: UUID, code: str) -> bool:
    """The picture is kept, and shown to nobody but whoever took it; False if decided before."""
    return _decide(photograph, PhotographState.UNREADABLE, (), code)


def _decide(
    photograph: UUID,
    state: PhotographState,
    renditions: Sequence[StoredRendition],
    code: str | None = None,
) -> bool:
    waiting = Photograph.objects.filter(id=photograph, state=PhotographState.SEALED.value)
    if not waiting.update(state=state.value):
        return False
    _add_renditions(photograph, renditions)
    subject = Photograph.objects.values_list("patient", flat=True).get(id=photograph)
    readable = state is PhotographState.VERIFIED
    record(
        Entry(
            tag=EventTag.PHOTOGRAPH_VERIFIED if readable else EventTag.PHOTOGRAPH_UNREADABLE,
            actor=None,
            subject=subject,
            outcome=Outcome.SUCCESS if readable else Outcome.FAILED,
            objects=(photograph,),
            details={"code": code} if code else {},
        )
    )
    return True


def _add_renditions(photograph: UUID, renditions: Sequence[StoredRendition]) -> None:
    RenditionRow.objects.bulk_create(
        RenditionRow(
            id=item.id,
            photograph_id=photograph,
            rendition=item.rendition.value,
            media_type=item.media_type,
            width=item.width,
            height=item.height,
        )
        for item in renditions
    )
