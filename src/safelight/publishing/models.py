"""Rows of the register of publications. No file is kept: what leaves is made when it leaves."""

import uuid

from django.db import models

from safelight.patients.models import Patient
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class Publication(models.Model):
    """One named work with pictures of one patient: an article, a web page, a post.

    PHI: `sealed_named` (the work, as the patient is asked about it), `sealed_about` (where it is
    to appear, and who is responsible for it there), `sealed_appeared` (where it did), under the
    patient's care custodian.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=32)
    recipient = models.UUIDField(help_text="the opaque id that agreements to this work carry")
    sealed_named = models.BinaryField()
    sealed_about = models.BinaryField()
    registered_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    appeared_on = models.DateField(null=True)
    sealed_appeared = models.BinaryField(default=b"")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "purpose", "recipient"], name="publication_registered_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class PublicationPicture(models.Model):
    """A picture in the work, or a page of its final layout."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="pictures")
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    is_layout = models.BooleanField()
    released_at = models.DateTimeField(null=True, help_text="when its file left, if it did")
    may_leave_again = models.BooleanField(
        default=False, help_text="it did not arrive; that it left once is not forgotten"
    )
    released_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "photograph"], name="picture_published_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} in {self.publication_id}"
