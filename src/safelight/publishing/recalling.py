"""Withdrawal reaches publications: no file leaves any more; who has one is to be asked."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from safelight.audit.models import Event, EventObject
from safelight.consent.models import Agreement
from safelight.photos.models import Photograph
from safelight.publishing.models import Publication, PublicationPicture
from safelight.publishing.rules import PublicationStage
from safelight.publishing.selectors import stage_of
from safelight.vault.fields import fields_of_patients
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import CaptureSource
from safelight.vocabulary.purposes import Purpose


@dataclass(frozen=True, slots=True)
class PublicationReached:
    """A work that was agreed to, and is no more. `has_left`: its file is with somebody outside."""

    id: UUID
    purpose: Purpose
    has_left: bool


def publications_reached(
    agreements: Collection[UUID], photographs: Collection[UUID]
) -> list[PublicationReached]:
    """Works that these agreements named, as far as they have to be stopped for these pictures."""
    named = Agreement.objects.filter(id__in=agreements).exclude(recipient=None)
    works = named.values_list("purpose", "recipient")
    rows = Publication.objects.filter(dropped_at=None, patient__agreements__in=agreements)
    listed = {row.id: row for row in rows if (row.purpose, row.recipient) in set(works)}
    reached = (_reached(row, photographs) for row in listed.values())
    return sorted((item for item in reached if item is not None), key=lambda item: item.id)


def _reached(row: Publication, photographs: Collection[UUID]) -> PublicationReached | None:
    """One whose agreement goes on without this picture is reached where the picture is in it."""
    stage, theirs = stage_of(row), row.pictures.filter(photograph__in=photographs)
    is_over = stage in (PublicationStage.TO_RECALL, PublicationStage.STOPPED)
    if not is_over and not theirs.exists():
        return None
    left = row.pictures.all() if is_over else theirs
    has_left = left.exclude(released_at=None).exists()
    return PublicationReached(row.id, Purpose(row.purpose), has_left)


def pages_with(photographs: Collection[UUID]) -> set[UUID]:
    """The pages of final layouts of works in which one of these pictures stands: they show it.

    Those that were replaced are among them, by what the record says was once added to a work.
    """
    rows = PublicationPicture.objects.filter(photograph__in=photographs, is_layout=False)
    works = set(rows.values_list("publication", flat=True))
    if not works:
        return set()
    listed = PublicationPicture.objects.filter(publication__in=works, is_layout=True)
    return set(listed.values_list("photograph", flat=True)) | _once_added(works)


def _once_added(works: Collection[UUID]) -> set[UUID]:
    adding = Event.objects.filter(
        tag=EventTag.PUBLISHING_LAYOUT_ADDED.value, objects_told__object_id__in=works
    )
    told = EventObject.objects.filter(event__in=adding).values_list("object_id", flat=True)
    pages = Photograph.objects.filter(id__in=set(told), source=CaptureSource.LAYOUT.value)
    return set(pages.values_list("id", flat=True))


def names_of_publications(publications: Collection[UUID]) -> dict[UUID, str]:
    """The works by name. PHI."""
    rows = list(Publication.objects.filter(id__in=publications))
    fields = fields_of_patients({row.patient_id for row in rows})
    return {
        row.id: fields[row.patient_id].unseal("publication", row.id, row.sealed_named)
        for row in rows
        if row.patient_id in fields
    }
