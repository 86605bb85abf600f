"""In which form a photograph is used beyond care: as it was taken, or covered.

Once a covered form was approved it is the only one. What is not in it is for treatment alone.
"""

from collections.abc import Collection
from uuid import UUID

from safelight.photos.models import RenditionRow
from safelight.photos.services import StoredRendition
from safelight.vocabulary.photograph import AS_TAKEN, COVERED, FormForUse, Rendition

PREPARED = (Rendition.REDACTED, Rendition.REDACTED_THUMBNAIL, Rendition.REDACTED_DRAFT)


def form_for_use(photograph: UUID) -> FormForUse:
    """The form that a use beyond care shows, and that a patient is asked about."""
    return COVERED if rendition_objects(photograph, [COVERED.large]) else AS_TAKEN


def by_form(photographs: Collection[UUID]) -> dict[FormForUse, list[UUID]]:
    """These photographs, apart by the form in which each is used."""
    rows = RenditionRow.objects.filter(photograph__in=photographs, rendition=COVERED.large.value)
    covered = set(rows.values_list("photograph", flat=True))
    return {
        COVERED: [item for item in photographs if item in covered],
        AS_TAKEN: [item for item in photographs if item not in covered],
    }


def objects_for_use(photograph: UUID) -> dict[str, UUID]:
    """The sealed objects of that form, by rendition: what an agreement to this picture lists."""
    form = form_for_use(photograph)
    return rendition_objects(photograph, (form.large, form.small))


def rendition_objects(photograph: UUID, renditions: Collection[Rendition]) -> dict[str, UUID]:
    rows = RenditionRow.objects.filter(
        photograph=photograph, rendition__in=[item.value for item in renditions]
    )
    return dict(rows.order_by("rendition").values_list("rendition", "id"))


def put_rendition(photograph: UUID, stored: StoredRendition, reviewers: int = 0) -> None:
    """Let this object be the rendition from now on. The one before is named no more."""
    RenditionRow.objects.filter(photograph=photograph, rendition=stored.rendition.value).delete()
    RenditionRow.objects.create(
        id=stored.id,
        photograph_id=photograph,
        rendition=stored.rendition.value,
        media_type=stored.media_type,
        width=stored.width,
        height=stored.height,
        reviewers=reviewers,
    )


def drop_rendition(photograph: UUID, rendition: Rendition) -> None:
    RenditionRow.objects.filter(photograph=photograph, rendition=rendition.value).delete()


def reviewers_of(photograph: UUID, rendition: Rendition) -> int:
    rows = RenditionRow.objects.filter(photograph=photograph, rendition=rendition.value)
    return rows.values_list("reviewers", flat=True).first() or 0


def with_a_form(photographs: Collection[UUID]) -> set[UUID]:
    """Those of which any form is there; of one that was erased there is none."""
    rows = RenditionRow.objects.filter(photograph__in=photographs)
    return set(rows.values_list("photograph", flat=True))


def reviewers_of_all(photographs: Collection[UUID], rendition: Rendition) -> dict[UUID, int]:
    rows = RenditionRow.objects.filter(photograph__in=photographs, rendition=rendition.value)
    return dict(rows.values_list("photograph", "reviewers"))


def set_reviewers(photograph: UUID, reviewers: int) -> None:
    """How many people approved the covered form; with none it is used for nothing."""
    wanted = [COVERED.large.value, COVERED.small.value]
    RenditionRow.objects.filter(photograph=photograph, rendition__in=wanted).update(
        reviewers=reviewers
    )
