"""Rows of recall. What was taken back is a fact from its commit on; the lines say what became of it."""

import uuid

from django.db import models

from safelight.consent.models import Agreement
from safelight.patients.models import Encounter, Patient
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph
from safelight.vocabulary.recall import (
    ConsequenceKind,
    ConsequenceState,
    CustodyGround,
    Fate,
    WithdrawalChannel,
    WithdrawalScope,
)


class Withdrawal(models.Model):
    """One act of taking back. INVARIANT: committed with the end of all that it ends.

    `target` is the agreement or the photograph that it is about, if it is about one. `event` is its
    entry in the record, `at` the moment from which every decision denies.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="withdrawals")
    scope = models.CharField(max_length=16, choices=[(i.value, i.value) for i in WithdrawalScope])
    channel = models.CharField(
        max_length=8, choices=[(i.value, i.value) for i in WithdrawalChannel]
    )
    target = models.UUIDField(null=True)
    access = models.UUIDField(null=True, help_text="the signer's access, if the signer did it")
    taken_by = models.ForeignKey(StaffMember, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8, help_text="in which the certificate is written")
    at = models.DateTimeField()
    event = models.UUIDField()
    planned_at = models.DateTimeField(null=True, help_text="when its consequences were listed")
    closed_at = models.DateTimeField(null=True, help_text="when the last of them was settled")

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-at"], name="withdrawal_by_patient"),
            models.Index(
                fields=["at"],
                condition=models.Q(closed_at__isnull=True),
                name="withdrawal_under_way",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class WithdrawnAgreement(models.Model):
    """An agreement that a withdrawal ended, or took a picture out of."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="agreements")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal", "agreement"], name="agreement_withdrawn_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} by {self.withdrawal_id}"


class Consequence(models.Model):
    """One line of the board: what a withdrawal reaches, and how far that has come.

    `reason` says why something cannot be called back. `event` is the entry in the record that
    proves its end.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    withdrawal = models.ForeignKey(
        Withdrawal, on_delete=models.PROTECT, related_name="consequences"
    )
    kind = models.CharField(max_length=16, choices=[(i.value, i.value) for i in ConsequenceKind])
    target = models.UUIDField()
    state = models.CharField(
        max_length=16,
        choices=[(i.value, i.value) for i in ConsequenceState],
        default=ConsequenceState.WAITING.value,
    )
    reason = models.CharField(max_length=24, blank=True)
    retention = models.PositiveIntegerField(
        null=True, help_text="number of the retention rules by which its fate was decided"
    )
    fate = models.CharField(
        max_length=8,
        blank=True,
        choices=[(i.value, i.value) for i in Fate],
        help_text="of a picture: decided once, before anything of it is destroyed",
    )
    keep_until = models.DateField(null=True, help_text="of a picture that is to be sealed")
    due_on = models.DateField(null=True, help_text="by when whoever was asked should have answered")
    asked_at = models.DateTimeField(null=True)
    times_asked = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    event = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal", "kind", "target"], name="one_line_for_each_consequence"
            )
        ]
        indexes = [
            models.Index(fields=["state"], name="consequence_by_state"),
            models.Index(fields=["target"], name="consequence_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class Certificate(models.Model):
    """What the patient is told in writing about one withdrawal; a later one tells of more.

    `event` certifies the statement in the log. PHI: `sealed_statement`, under the patient's
    custodian.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    withdrawal = models.ForeignKey(
        Withdrawal, on_delete=models.PROTECT, related_name="certificates"
    )
    number = models.PositiveSmallIntegerField()
    event = models.UUIDField()
    sealed_statement = models.BinaryField()
    made_at = models.DateTimeField()
    ends_told = models.PositiveIntegerField(
        help_text="how many lines had come to their end; one that was erased counts twice"
    )
    is_final = models.BooleanField(default=False, help_text="nothing is left, not even under lock")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal", "number"], name="certificate_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.withdrawal_id}"


class LegalCustody(models.Model):
    """A picture that was taken back and has to be kept: what it was, readable to nobody alone.

    PHI: `sealed_label` (labels, words and hashes) under the legal custodian of `owner`, the record
    with which the picture came.
    """

    photograph = models.OneToOneField(
        Photograph, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.UUIDField()
    sealed_label = models.BinaryField()
    since = models.DateTimeField()
    keep_until = models.DateField(null=True, help_text="after this day it is erased")
    ended_at = models.DateTimeField(
        null=True, help_text="when its time was found to be over; from then on it is being erased"
    )

    def __str__(self) -> str:
        return str(self.photograph_id)


class ChaseNote(models.Model):
    """What somebody did about a line, or was told. PHI: `sealed_text`, under the patient's custodian."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    consequence = models.ForeignKey(Consequence, on_delete=models.PROTECT, related_name="notes")
    state = models.CharField(max_length=16)
    written_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    sealed_text = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"{self.state} of {self.consequence_id}"


class LegalHold(models.Model):
    """While it stands, nothing of this patient (or of this stay) is erased: it is sealed instead.

    PHI: `sealed_reason`, under the patient's custodian.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    encounter = models.ForeignKey(Encounter, null=True, on_delete=models.PROTECT, related_name="+")
    sealed_reason = models.BinaryField()
    placed_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    ends_on = models.DateField(
        help_text="last day, whole; somebody has to look at it again by then"
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.id)


class CustodyRequest(models.Model):
    """Two persons open pictures of one patient that are in legal custody, for a while.

    It waits until somebody else confirms it, and opens for `minutes` from then on. PHI:
    `sealed_words`, under the patient's custodian.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=16, choices=[(i.value, i.value) for i in CustodyGround])
    sealed_words = models.BinaryField()
    requested_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    confirmed_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    confirmation = models.BinaryField(default=b"", help_text="keyed, over what was confirmed")
    ended_at = models.DateTimeField(null=True, help_text="turned down, or closed before its time")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None)
                | ~models.Q(confirmed_by=models.F("requested_by")),
                name="custody_is_opened_by_two_persons",
            )
        ]
        indexes = [models.Index(fields=["patient", "-requested_at"], name="custody_requests_of")]

    def __str__(self) -> str:
        return str(self.id)


class RequestedPicture(models.Model):
    """One of the pictures that a request is for."""

    request = models.ForeignKey(CustodyRequest, on_delete=models.PROTECT, related_name="pictures")
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "photograph"], name="picture_requested_once")
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} by {self.request_id}"
