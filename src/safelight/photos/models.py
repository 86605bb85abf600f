"""Rows of the photographs. Coded labels stand in clear beside a pseudonym; words are sealed."""

import uuid

from django.db import models

from safelight.patients.models import Encounter, Patient
from safelight.people.models import StaffMember
from safelight.vocabulary.photograph import PhotographState, Rendition, Sensitivity


class Photograph(models.Model):
    """One picture of one patient.

    PHI: `sealed_description` (free text) and `sealed_facts` (SHA-256 of what was received and of
    what is kept, and what intake did) are sealed under the patient's care custodian: a hash in
    clear would let somebody who holds a picture find out whether it is here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="photographs")
    encounter = models.ForeignKey(Encounter, null=True, on_delete=models.PROTECT)
    upload = models.UUIDField(unique=True, help_text="the upload it came by, or itself if moved")
    state = models.CharField(max_length=20, default=PhotographState.SEALED.value)
    sensitivity = models.CharField(max_length=12, default=Sensitivity.ORDINARY.value)
    taken_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    source = models.CharField(max_length=12)
    consent_to_take = models.CharField(max_length=24)
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField(help_text="pixels, as displayed upright")
    height = models.PositiveIntegerField(help_text="pixels, as displayed upright")
    orientation = models.PositiveSmallIntegerField(
        help_text="EXIF Orientation, 1 to 8, as received"
    )
    content_token = models.BinaryField(max_length=16, help_text="keyed token, finds duplicates")
    body_site = models.CharField(max_length=20, blank=True, help_text="SNOMED CT code")
    laterality = models.CharField(max_length=16, blank=True)
    view = models.CharField(max_length=16, blank=True)
    sealed_description = models.BinaryField(default=b"")
    sealed_facts = models.BinaryField()
    labelled_at = models.DateTimeField(null=True)
    labelled_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    moved_from = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="moved_to"
    )

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-taken_at"], name="photograph_by_date"),
            models.Index(fields=["patient", "content_token"], name="photograph_by_content"),
            models.Index(
                fields=["received_at"],
                condition=models.Q(state=PhotographState.SEALED.value),
                name="photograph_to_verify",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class UnfinishedMove(models.Model):
    """A picture on its way to the right record. Written before any key is handed over.

    While this row is there, both custodians may hold the picture's keys; a sweep settles it.
    """

    photograph = models.OneToOneField(Photograph, primary_key=True, on_delete=models.PROTECT)
    source = models.UUIDField(help_text="the patient it is moved from")
    target = models.UUIDField(help_text="the patient it is moved to")
    started_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.photograph_id)


class RenditionRow(models.Model):
    """One form of a photograph; `id` is the id of its sealed object."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="renditions")
    rendition = models.CharField(
        max_length=20, choices=[(item.value, item.value) for item in Rendition]
    )
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    reviewers = models.PositiveSmallIntegerField(
        default=0, help_text="people who looked this form over and approved it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["photograph", "rendition"], name="one_of_each_rendition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rendition} of {self.photograph_id}"
