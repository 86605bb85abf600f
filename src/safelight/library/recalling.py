"""Withdrawal reaches the library: nobody finds the picture already; here the references go."""

from collections.abc import Collection as Several
from uuid import UUID

from django.db import transaction
from django.db.models import F

from safelight.audit.services import Entry, record
from safelight.consent.selectors.agreed import photographs_agreed
from safelight.library.models import CollectedPicture, Collection, Description
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import TAUGHT


def collections_reached(photographs: Several[UUID]) -> list[UUID]:
    """Collections with one of these pictures that is agreed to for no teaching any more."""
    rows = CollectedPicture.objects.filter(
        photograph__in=_dark(photographs), collection__removed_at=None
    )
    return list(rows.order_by("collection").distinct().values_list("collection", flat=True))


def _dark(photographs: Several[UUID]) -> set[UUID]:
    return set(photographs) - set(photographs_agreed(TAUGHT))


def prune_collection(collection: UUID, photographs: Several[UUID]) -> None:
    """The references go; that some went is counted, and nothing else about them is kept."""
    with transaction.atomic():
        row = Collection.objects.select_for_update().get(id=collection)
        gone, _each = row.pictures.filter(photograph__in=_dark(photographs)).delete()
        if gone:
            Collection.objects.filter(id=collection).update(taken_back=F("taken_back") + gone)
            record(
                Entry(tag=EventTag.LIBRARY_COLLECTION_CHANGED, actor=None, objects=(collection,))
            )


def forget_descriptions(photographs: Several[UUID]) -> None:
    """What was written about pictures that teach nobody any more is deleted."""
    Description.objects.filter(photograph__in=_dark(photographs)).delete()
