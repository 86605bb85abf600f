"""Rows of the staff and of what ties them to patients."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from safelight.institution.models import Department
from safelight.patients.models import Encounter, Patient
from safelight.vocabulary.photograph import BreakGlassReason
from safelight.vocabulary.roles import Role


class StaffManager(BaseUserManager["StaffMember"]):
    def create_staff(self, username: str, password: str | None, **fields: object) -> "StaffMember":
        member = self.model(username=username, **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member


class StaffMember(AbstractBaseUser, PermissionsMixin):
    """One person who works here; never a shared account (FHIR Practitioner)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=24, choices=[(role.value, role.value) for role in Role])
    is_active = models.BooleanField(default=True)
    is_test_data = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "role"]

    objects: ClassVar[StaffManager] = StaffManager()

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Django's word for who may enter the configuration pages."""
        return self.role == Role.ADMINISTRATOR

    def get_full_name(self) -> str:
        return self.display_name


class StaffSession(AbstractBaseSession):
    """A browser session; `session_key` is the SHA-256 of the cookie, never the cookie itself."""

    session_key = models.CharField(max_length=64, primary_key=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls):  # type: ignore[no-untyped-def] # noqa: ANN206 - Django's hook
        from safelight.people.sessions import SessionStore  # noqa: PLC0415 - mutual by design

        return SessionStore


class Presence(models.Model):
    """Who sits at a session, since when, and whether it is locked.

    Kept apart from the session's own row because Django rewrites that row whole.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE)
    auth_hash = models.CharField(
        max_length=64, help_text="ends the session when the password changes"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    last_active_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    has_second_factor = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"session of {self.staff_id}"


class AttemptLimit(models.Model):
    """When somebody's attempts at one kind of thing are all free again (GCRA's arrival time)."""

    bucket = models.CharField(max_length=32)
    key_hash = models.CharField(max_length=64, help_text="SHA-256 of who tries")
    free_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bucket", "key_hash"], name="one_limit_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.bucket} until {self.free_at}"


class DepartmentMembership(models.Model):
    """A member of staff works in a department, for a time."""

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.CASCADE)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "department"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} in {self.department_id}"


class CareAssignment(models.Model):
    """A member of staff takes part in an encounter, or is assigned to a patient by name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="assignments")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="assignments")
    encounter = models.ForeignKey(Encounter, null=True, on_delete=models.CASCADE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "patient"], name="assignment_by_staff")]

    def __str__(self) -> str:
        return f"{self.staff_id} for {self.patient_id}"


class BreakGlassSession(models.Model):
    """Access to one patient without a care relationship, for a time, to be reviewed.

    `sealed_text` and `sealed_review` are what was written, under the patient's custodian.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT)
    reason = models.CharField(
        max_length=24, choices=[(reason.value, reason.value) for reason in BreakGlassReason]
    )
    sealed_text = models.BinaryField()
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="break_glass_reviews"
    )
    reviewed_at = models.DateTimeField(null=True)
    sealed_review = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["staff", "patient", "ends_at"], name="glass_by_staff")]

    def __str__(self) -> str:
        return f"{self.staff_id} for {self.patient_id}"
