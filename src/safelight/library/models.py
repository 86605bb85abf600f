"""Rows of the library: what was written about pictures, and how they were put together."""

import uuid

from django.db import models

from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class Description(models.Model):
    """What a picture teaches. PHI: `sealed_words`, under the care custodian of its patient.

    Without a permit to teach with the picture nobody finds it, and nobody reads this.
    """

    photograph = models.OneToOneField(
        Photograph, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    sealed_words = models.BinaryField()
    described_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    described_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.photograph_id)


class Collection(models.Model):
    """Pictures put together by a teacher; with a history and questions it is a case.

    PHI: `sealed_words`. What a teacher writes may speak of a patient, so it is sealed, under the
    institution's custodian, as the pictures may be of several.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    sealed_words = models.BinaryField()
    is_open = models.BooleanField(default=False, help_text="whether other teachers may read it")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    taken_back = models.PositiveIntegerField(
        default=0, help_text="how many of its pictures patients took back"
    )

    def __str__(self) -> str:
        return str(self.id)


class CollectedPicture(models.Model):
    """A reference. Whether it is shown is decided anew each time somebody reads the collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="pictures")
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "photograph"], name="collected_once")
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} in {self.collection_id}"
