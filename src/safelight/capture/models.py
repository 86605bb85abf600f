"""Rows of uploads under way. When a picture is verified, its upload row is all that is left."""

from django.db import models

from safelight.patients.models import Encounter, Patient
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class UploadState(models.TextChoices):
    """Where an upload stands; that of a sealed one goes on in its photograph."""

    RECEIVING = "receiving"
    SEALED = "sealed"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    ABANDONED = "abandoned"


class Upload(models.Model):
    """One picture on its way in. The id is chosen by the browser, so that asking twice is safe.

    PHI: `sealed_promise` is the SHA-256 of the picture, sealed under the care of `patient`.
    """

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
    purpose = models.CharField(max_length=16, help_text="HL7 v3 ActReason of taking it")
    taken_at = models.DateTimeField(help_text="as the browser says")
    started_at = models.DateTimeField()
    photograph = models.ForeignKey(
        Photograph, null=True, on_delete=models.PROTECT, related_name="uploads"
    )
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal_sentence = models.CharField(max_length=300, blank=True)
    verification_claimed_at = models.DateTimeField(null=True)
    verification_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"],
                condition=models.Q(state=UploadState.RECEIVING),
                name="upload_under_way",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
