"""What uploads still say of pictures that leave the record."""

from collections.abc import Collection
from uuid import UUID

from safelight.capture.models import Upload


def forget_uploads(photographs: Collection[UUID]) -> None:
    """The promise was the picture's hash. That there was an upload stays; in the caller's transaction."""
    Upload.objects.filter(photograph__in=photographs).update(sealed_promise=b"")
