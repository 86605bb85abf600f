"""Rows of uploads under way. When a picture is verified, its upload row is all that is left."""

from django.db import models

from safelight.patients.models import Encounter, Patient
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class UploadState(models.TextChoices):
    RECEIVING = "receiving"
    SEALED = "sealed"
    REFUSED = "refused"
    ABANDONED = "abandoned"


class Upload(models.Model):
    """One picture on its way in. The id is chosen by the browser, so that asking twice is safe."""

    id = models.UUIDField(primary_key=True)
    state = models.CharField(
        max_length=12, choices=UploadState, default=UploadState.RECEIVING, db_index=True
    )
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    encounter = models.ForeignKey(Encounter, null=True, on_delete=models.PROTECT, related_name="+")
    promised_size = models.BigIntegerField(help_text="bytes")
    sealed_promise = models.BinaryField(help_text="SHA-256 as the browser computed it, sealed")
    source = models.CharField(max_length=12)
    sensitivity = models.CharField(max_length=12)
    consent_to_take = models.CharField(max_length=24)
    taken_at = models.DateTimeField()
    started_at = models.DateTimeField(auto_now_add=True)
    photograph = models.ForeignKey(
        Photograph, null=True, on_delete=models.PROTECT, related_name="uploads"
    )
    refusal_code = models.CharField(max_length=40, blank=True)
    verification_claimed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)
