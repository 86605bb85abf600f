"""Rows of the patients. Identity and places are sealed under the patient's care custodian."""

import uuid

from django.db import models

from safelight.institution.models import Department


class Patient(models.Model):
    """A pseudonym; the person behind it is in `sealed_identity` only.

    PHI: `sealed_identity` holds names, birth date, sex and identifiers, sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sealed_identity = models.BinaryField()
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    is_test_data = models.BooleanField(default=False)
    withdrew_at = models.DateTimeField(
        null=True, help_text="pictures taken before this moment were withdrawn from the record"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="no_merge_into_self"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class PatientToken(models.Model):
    """A keyed token by which a patient can be found (HMAC of a normalised word)."""

    token = models.BinaryField(max_length=16)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="tokens")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "patient"], name="one_token_per_patient")
        ]

    def __str__(self) -> str:
        return str(self.patient_id)


class EncounterStatus(models.TextChoices):
    """FHIR R4 Encounter.status, those that are used here."""

    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    FINISHED = "finished"


class Encounter(models.Model):
    """A stay or visit (FHIR Encounter). `sealed_place` is the ward and bed in words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    status = models.CharField(max_length=16, choices=EncounterStatus)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sealed_place = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["department", "status"], name="encounter_by_ward")]

    def __str__(self) -> str:
        return str(self.id)
