"""Rows of shares. None of them holds a picture or a key; what was asked and answered is sealed.

Codes, times and opaque ids stand in clear. The address is sealed under the patient's custodian, so
that whoever was shown something can be told when it ends; question and answers under the
agreement's own, so that they go with it.
"""

import uuid

from django.db import models

from safelight.consent.models import Agreement
from safelight.patients.models import Patient
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class Share(models.Model):
    """Pictures shown to the one recipient outside whom an agreement names.

    PHI: `sealed_address`; `sealed_words` (the question, and why protected pictures are shown).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="shares")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="shares")
    given_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    openings = models.PositiveIntegerField(help_text="how often it may be opened in all")
    mark_number = models.PositiveBigIntegerField(
        unique=True, help_text="32 random bits, burned into every picture that it shows"
    )
    states_reason = models.BooleanField(
        default=False, help_text="whether it says why protected pictures are shown"
    )
    language = models.CharField(
        max_length=8, default="en", help_text="in which notices are written"
    )
    sealed_address = models.BinaryField()
    sealed_words = models.BinaryField()
    token_digest = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=128)
    failed_attempts = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    ended_by_restore = models.BooleanField(
        default=False, help_text="whether a restore revoked it, which cannot know who had"
    )
    notified_at = models.DateTimeField(null=True, help_text="when the mail server last took it")
    notice_failed_at = models.DateTimeField(null=True)
    binding = models.BinaryField(max_length=16)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "given_at"], name="share_by_patient"),
            models.Index(fields=["given_by", "given_at"], name="share_by_sender"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class SharedPicture(models.Model):
    """One picture that a share lists."""

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="pictures")
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["share", "photograph"], name="picture_shared_once")
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} in {self.share_id}"


class Opening(models.Model):
    """A browser in which the recipient has shown the code; `key` is a keyed hash of its cookie.

    Its id stands for the recipient in the record of events. INVARIANT: one at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="opened")
    number = models.PositiveIntegerField(
        help_text="its place among the openings of its share, from 1"
    )
    key = models.CharField(max_length=64, unique=True)
    zone = models.CharField(max_length=64, blank=True, help_text="the time zone of the browser")
    started_at = models.DateTimeField()
    last_active_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    binding = models.BinaryField(max_length=16, help_text="ties the cookie to the share")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["share", "number"], name="opening_counted_once"),
            models.UniqueConstraint(
                fields=["share"], condition=models.Q(ended_at=None), name="one_browser_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"opening {self.number} of {self.share_id}"


class ShareAnswer(models.Model):
    """What the recipient wrote back; sealed under the agreement's custodian."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="answers")
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="+")
    sealed_text = models.BinaryField()
    answered_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, help_text="when whoever asked first read it")

    def __str__(self) -> str:
        return str(self.id)


class SharePasskey(models.Model):
    """A device that opens the share in the place of the code; `credential` is its public half."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="passkeys")
    credential = models.BinaryField(help_text="WebAuthn attested credential data")
    added_at = models.DateTimeField()
    binding = models.BinaryField(max_length=16, help_text="ties the device to the share")

    def __str__(self) -> str:
        return f"passkey of {self.share_id}"
