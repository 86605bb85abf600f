"""Rows of questions to colleagues. Who, when and which pictures in clear; what was written, sealed."""

import uuid

from django.db import models

from safelight.institution.models import Department
from safelight.patients.models import Patient
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class ColleagueQuestion(models.Model):
    """A clinician asks a colleague, or whoever of a department takes it, about pictures of a patient.

    PHI, sealed under the care custodian of `patient`, the record in which it was asked:
    `sealed_question`, and `sealed_terms`, which repeats whatever here lets somebody look.
    `answered_at` is when the colleague had the last word; empty while the asker waits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=24)
    asked_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    colleague = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, help_text="when one of the department took it")
    opening_reason = models.CharField(max_length=24, blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(StaffMember, null=True, on_delete=models.PROTECT, related_name="+")
    sealed_question = models.BinaryField()
    sealed_terms = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(colleague__isnull=False) | models.Q(department__isnull=False),
                name="question_is_for_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(revoked_at=None),
                name="question_ends_one_way",
            ),
        ]
        indexes = [
            models.Index(fields=["colleague", "ends_at"], name="question_by_colleague"),
            models.Index(fields=["department", "ends_at"], name="question_by_department"),
            models.Index(fields=["asked_by", "ends_at"], name="question_by_asker"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class QuestionPicture(models.Model):
    """One picture that a question is about, in the order in which it is shown."""

    question = models.ForeignKey(
        ColleagueQuestion, on_delete=models.PROTECT, related_name="pictures"
    )
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["question", "photograph"], name="asked_about_once")
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} in {self.question_id}"


class ThreadEntry(models.Model):
    """What somebody wrote after the question.

    PHI: `sealed_text`, under the care custodian of the question's patient.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    question = models.ForeignKey(
        ColleagueQuestion, on_delete=models.PROTECT, related_name="entries"
    )
    written_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    sealed_text = models.BinaryField()

    class Meta:
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return str(self.id)
