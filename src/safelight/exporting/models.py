"""Rows of links to copies. None of them holds a picture, nor the key of a link in clear.

Codes, times and opaque ids stand in clear. The key of a link is sealed under the agreement's own
custodian, so that nothing can be sealed for the receiver after a withdrawal; who fetched a copy is
sealed under the patient's, since they have to be asked to delete it.
"""

import uuid

from django.db import models

from safelight.consent.models import Agreement
from safelight.patients.models import Patient
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class CopyLink(models.Model):
    """A SMART Health Link for the one recipient whom an agreement to a copy names.

    PHI: `sealed_words` (the link's key, and why protected pictures are given).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="copy_links")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="copy_links")
    given_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    mark_number = models.PositiveBigIntegerField(
        unique=True, help_text="32 random bits, burned into every picture that leaves by it"
    )
    states_reason = models.BooleanField(
        default=False, help_text="whether it says why protected pictures are given"
    )
    sealed_words = models.BinaryField()
    token_digest = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=128)
    failed_attempts = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    ended_by_restore = models.BooleanField(
        default=False, help_text="whether a restore revoked it, which cannot know who had"
    )
    deletion_asked_at = models.DateTimeField(
        null=True, help_text="when the recipient was asked to delete what they fetched"
    )
    binding = models.BinaryField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["patient", "given_at"], name="copy_link_by_patient")]

    def __str__(self) -> str:
        return str(self.id)


class CopiedPicture(models.Model):
    """One picture that a link lists."""

    link = models.ForeignKey(CopyLink, on_delete=models.PROTECT, related_name="pictures")
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "photograph"], name="picture_copied_once")
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} in {self.link_id}"


class CopyRequest(models.Model):
    """Somebody asked by a link, with its passcode. Its id stands for them in the record of events.

    PHI: `sealed_recipient`, what their software says who they are.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    link = models.ForeignKey(CopyLink, on_delete=models.PROTECT, related_name="requests")
    asked_at = models.DateTimeField()
    sealed_recipient = models.BinaryField()
    location_digest = models.CharField(max_length=64, unique=True)
    location_ends_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True, help_text="when a copy first left")
    binding = models.BinaryField(max_length=16, help_text="ties the location to the link")

    def __str__(self) -> str:
        return str(self.id)
