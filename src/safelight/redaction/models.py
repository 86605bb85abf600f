"""Rows of prepared pictures. What was covered, and why something was not, is sealed."""

import uuid

from django.db import models

from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class RedactionState(models.TextChoices):
    DRAFT = "draft"
    """Being prepared. Seen by whoever prepares it, used for nothing."""
    APPROVED = "approved"
    """The form in which the picture is used beyond care."""
    REPLACED = "replaced"
    """A newer version covers at least as much; kept so that the work can be told and repeated."""


class Redaction(models.Model):
    """One version of how a photograph is covered for use beyond care.

    PHI, sealed under the patient's care custodian: `sealed_findings` (where a face, writing or a
    code is), `sealed_draft` (masks, crop, answers, reasons) and `sealed_check` (what was still
    found in the result, and why that may stay). `display` and `thumbnail` are its sealed objects.
    `version` counts every change, on from version to version, so that nobody approves what they did
    not see.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="redactions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default=RedactionState.DRAFT.value)
    version = models.PositiveIntegerField(default=0)
    begun_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    sealed_findings = models.BinaryField(default=b"")
    sealed_draft = models.BinaryField(default=b"")
    sealed_check = models.BinaryField(default=b"")
    display = models.UUIDField(null=True)
    thumbnail = models.UUIDField(null=True)
    saved_by = models.ForeignKey(StaffMember, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    sent_back_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_back_at = models.DateTimeField(null=True)
    sealed_sent_back = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photograph", "number"], name="redaction_numbered"),
            models.UniqueConstraint(
                fields=["photograph", "state"],
                condition=models.Q(state__in=["draft", "approved"]),
                name="one_draft_and_one_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.photograph_id}"
