"""The verbs of the library: describe a picture, put pictures together."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.library.models import CollectedPicture, Collection, Description
from safelight.library.rules import CaseWords, Words
from safelight.library.selectors import library_picture
from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.release.errors import AccessRefusedError
from safelight.vault.fields import institution_fields, patient_fields
from safelight.vocabulary.events import EventTag


def describe(asker: Asker, photograph: UUID, words: Words) -> None:
    """Write what the picture teaches, in place of what stood there. LibraryRefusedError.

    Who may teach with it may describe it; nobody else learns that it is there.
    """
    said = words.checked()
    library_picture(asker, photograph)
    owner = Photograph.objects.values_list("patient", flat=True).get(id=photograph)
    sealed = patient_fields(owner).seal_data("library", photograph, said.to_data())
    with transaction.atomic():
        Description.objects.update_or_create(
            photograph_id=photograph,
            defaults={
                "sealed_words": sealed,
                "described_by_id": asker.staff,
                "described_at": timezone.now(),
            },
        )
        record(
            Entry(
                tag=EventTag.LIBRARY_PICTURE_DESCRIBED,
                actor=asker.staff,
                subject=owner,
                objects=(photograph,),
            )
        )


def make_collection(asker: Asker, words: CaseWords) -> UUID:
    """An empty collection of the asker's own."""
    said, now = words.checked(), timezone.now()
    row = Collection(owner_id=asker.staff, made_at=now, changed_at=now)
    row.sealed_words = institution_fields().seal_data("collection", row.id, said.to_data())
    with transaction.atomic():
        row.save(force_insert=True)
        _record(EventTag.LIBRARY_COLLECTION_MADE, asker, row)
    return row.id


def write_collection(asker: Asker, collection: UUID, words: CaseWords, *, is_open: bool) -> None:
    """Its title, history and questions, and whether other teachers may read it."""
    said = words.checked()
    with transaction.atomic():
        row = _own(asker, collection)
        row.sealed_words = institution_fields().seal_data("collection", row.id, said.to_data())
        row.is_open = is_open
        _changed(asker, row)


def collect(asker: Asker, collection: UUID, photograph: UUID) -> None:
    """Put a picture into it, by reference; one that is in it stays where it is."""
    library_picture(asker, photograph)
    with transaction.atomic():
        row = _own(asker, collection)
        CollectedPicture.objects.get_or_create(
            collection=row, photograph_id=photograph, defaults={"place": row.pictures.count()}
        )
        _changed(asker, row)


def take_out(asker: Asker, collection: UUID, photograph: UUID) -> None:
    with transaction.atomic():
        row = _own(asker, collection)
        row.pictures.filter(photograph=photograph).delete()
        _changed(asker, row)


def remove_collection(asker: Asker, collection: UUID) -> None:
    """It is read by nobody any more; the record says that it was."""
    with transaction.atomic():
        row = _own(asker, collection)
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])
        _record(EventTag.LIBRARY_COLLECTION_REMOVED, asker, row)


def _own(asker: Asker, collection: UUID) -> Collection:
    rows = Collection.objects.select_for_update().filter(removed_at=None, owner=asker.staff)
    row = rows.filter(id=collection).first()
    if row is None:
        raise AccessRefusedError
    return row


def _changed(asker: Asker, row: Collection) -> None:
    row.changed_at = timezone.now()
    row.save(update_fields=["changed_at", "sealed_words", "is_open"])
    _record(EventTag.LIBRARY_COLLECTION_CHANGED, asker, row)


def _record(tag: EventTag, asker: Asker, row: Collection) -> None:
    record(Entry(tag=tag, actor=asker.staff, objects=(row.id,)))
