"""What is left of a picture that was taken out of the record: that there was one, and nothing of it.

Keys and bytes are destroyed in `recall`; here the rows follow, in the caller's transaction.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from safelight.photos.models import Photograph, RenditionRow
from safelight.vault.models import SealedObject
from safelight.vocabulary.photograph import PhotographState, Rendition, Sensitivity

NO_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)


def forms_of(photographs: Collection[UUID]) -> dict[UUID, Rendition]:
    """Every sealed object of these pictures, by its form."""
    rows = RenditionRow.objects.filter(photograph__in=photographs)
    return {row.id: Rendition(row.rendition) for row in rows}


def originals_of(photographs: Collection[UUID]) -> dict[UUID, UUID]:
    """The sealed object of each original, with the record whose care custodian opens it."""
    rows = RenditionRow.objects.filter(
        photograph__in=photographs, rendition=Rendition.ORIGINAL.value
    )
    return dict(rows.values_list("id", "photograph__patient"))


def forget_forms(objects: Collection[UUID]) -> None:
    """The rows of sealed objects whose bytes are gone."""
    RenditionRow.objects.filter(id__in=objects).delete()
    SealedObject.objects.filter(id__in=objects).delete()


def reduce_to_tombstones(photographs: Collection[UUID], state: PhotographState) -> None:
    """Labels, words, hashes, dates and sizes go, also from the records they were once moved from.

    INVARIANT: a tombstone says whose record it was in and who took it, and nothing of the picture.
    """
    Photograph.objects.filter(id__in=with_earlier(photographs)).update(**_NOTHING)
    Photograph.objects.filter(id__in=photographs).update(state=state.value)


def with_earlier(photographs: Collection[UUID]) -> list[UUID]:
    """These, and the records of the same pictures from which they were moved."""
    found, following = list(photographs), set(photographs)
    while following:
        rows = Photograph.objects.filter(id__in=following).exclude(moved_from=None)
        following = {item for item in rows.values_list("moved_from", flat=True) if item}
        found += following
    return found


_NOTHING: Final = {
    "encounter": None,
    "sensitivity": Sensitivity.ORDINARY.value,
    "taken_at": NO_DATE,
    "source": "",
    "consent_to_take": "",
    "media_type": "",
    "width": 0,
    "height": 0,
    "orientation": 1,
    "content_token": b"",
    "body_site": "",
    "laterality": "",
    "view": "",
    "sealed_description": b"",
    "sealed_facts": b"",
    "labelled_at": None,
    "labelled_by": None,
}
