"""Rows of the gate: reasons that were stated for opening a sensitive picture."""

import uuid

from django.db import models

from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class StatedReason(models.Model):
    """Why somebody opens one intimate or forensic photograph, now, in this session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    session_key = models.CharField(max_length=64)
    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="+")
    photograph = models.ForeignKey(Photograph, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=24)
    stated_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["photograph", "session_key", "ends_at"], name="reason_by_session")
        ]

    def __str__(self) -> str:
        return f"{self.reason} for {self.photograph_id}"
