"""What was prepared of a picture that leaves the record: its versions, and where they lie."""

from collections.abc import Collection
from uuid import UUID

from safelight.redaction.keeping import objects_of
from safelight.redaction.models import Redaction


def prepared_objects(photographs: Collection[UUID]) -> set[UUID]:
    """The sealed objects of every version, in both sizes; those of the one in use among them."""
    rows = Redaction.objects.filter(photograph__in=photographs)
    return {item for row in rows for item in objects_of(row)}


def forget_prepared(photographs: Collection[UUID]) -> None:
    """Masks, findings, answers and reasons go, in the caller's transaction."""
    Redaction.objects.filter(photograph__in=photographs).delete()
