"""Rows of consent. Who signed, in which words and for whom is sealed; codes and dates stand in clear.

Everything sealed here is sealed under the care custodian of the patient the row names.
"""

import uuid

from django.db import models

from safelight.engines.policy import AgreementStatus, Provision
from safelight.patients.models import Patient
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph
from safelight.vocabulary.consent_forms import FormState


class FormVersion(models.Model):
    """One version of the institution's consent form. INVARIANT: an approved one never changes."""

    number = models.AutoField(primary_key=True)
    content = models.TextField(help_text="canonical JSON, see rules/form.py")
    content_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default=FormState.DRAFT.value)
    drafted_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state=FormState.APPROVED.value),
                name="one_form_in_use",
            )
        ]

    def __str__(self) -> str:
        return f"form {self.number}"


class ProposalState(models.TextChoices):
    """How far one asking of one patient has come."""

    DRAFT = "draft"
    """The taking was agreed to; the pictures are not there yet."""
    PROPOSED = "proposed"
    """Put before the signer. While this lasts nothing is released."""
    TO_CHECK = "to-check"
    """Signed on paper; a second person has yet to look at the form."""
    SIGNED = "signed"
    CLOSED = "closed"


class Proposal(models.Model):
    """One patient is asked once: about these pictures, in these words, for these uses.

    PHI: `sealed_people` (who signs and with what authority, interpreter, witness, chaperone),
    `sealed_draft` (answers so far) and `sealed_record` (what was signed, word for word).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="proposals")
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT)
    language = models.CharField(max_length=8)
    style = models.CharField(max_length=12)
    signer_role = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default=ProposalState.PROPOSED.value)
    asked_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sealed_people = models.BinaryField()
    paper = models.ForeignKey(
        Photograph,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the picture of the form that was signed on paper",
    )
    paper_signed_on = models.DateField(null=True)
    attested_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taking = models.CharField(max_length=12, blank=True, help_text="how the taking was agreed to")
    taking_at = models.DateTimeField(null=True)
    draft_version = models.PositiveIntegerField(default=0)
    sealed_draft = models.BinaryField(default=b"")
    closed_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    sealed_record = models.BinaryField(default=b"")
    signature = models.BinaryField(default=b"", help_text="Ed25519 over the record's SHA-256")
    verification_token = models.BinaryField(null=True, unique=True, max_length=16)

    class Meta:
        indexes = [models.Index(fields=["patient", "state"], name="proposal_by_patient")]

    def __str__(self) -> str:
        return str(self.id)


class ProposedPicture(models.Model):
    """A picture that the patient is asked about, and that it was shown to them.

    `sealed_shown` holds the SHA-256 of the very bytes that were sent to the signer's screen,
    `sealed_wish` what more they want covered, in their words (PHI).
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="pictures")
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    shown_at = models.DateTimeField(null=True)
    sealed_shown = models.BinaryField(default=b"")
    removed_at = models.DateTimeField(null=True)
    wished_at = models.DateTimeField(null=True, help_text="when the signer asked for more covering")
    wish_met_at = models.DateTimeField(null=True)
    sealed_wish = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "photograph"], name="picture_proposed_once")
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} in {self.proposal_id}"


class Agreement(models.Model):
    """One purpose before one audience (FHIR Consent). Its custodian opens what it lists.

    `ends_on` is the last day, whole, in the institution's time zone. `sealed_authority_end` is the
    day on which a guardian's authority ends; it would tell a birthday, so it is sealed.
    `sealed_terms` is under the agreement's own custodian: what the row must still say.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="agreements")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="agreements")
    purpose = models.CharField(max_length=32)
    audience = models.CharField(max_length=20)
    people = models.PositiveIntegerField(null=True)
    months = models.PositiveIntegerField(null=True)
    recipient = models.UUIDField(null=True)
    sealed_recipient = models.BinaryField(default=b"")
    provision = models.CharField(max_length=8, default=Provision.PERMIT.value)
    status = models.CharField(max_length=20, default=AgreementStatus.PROPOSED.value)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    sealed_authority_end = models.BinaryField(default=b"")
    authority_ended_at = models.DateTimeField(null=True)
    sealed_terms = models.BinaryField(default=b"")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "purpose"], name="agreement_by_purpose"),
            models.Index(
                fields=["ends_on"],
                condition=models.Q(status=AgreementStatus.ACTIVE.value),
                name="agreement_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AgreementImage(models.Model):
    """One rendition that an agreement lists; `object_id` is the sealed object it may open."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="images")
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    rendition = models.CharField(max_length=20)
    object_id = models.UUIDField()
    grown_from = models.UUIDField(
        null=True, help_text="the object that was signed for, if this one only covers more of it"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "object_id"], name="image_listed_once")
        ]
        indexes = [models.Index(fields=["photograph", "rendition"], name="image_by_photograph")]

    def __str__(self) -> str:
        return f"{self.photograph_id} in {self.agreement_id}"


class PatientAccess(models.Model):
    """A way for one signer to reach the portal: a link with a second factor, or a tablet in hand.

    Only hashes are kept: of the link's letters a keyed one, of the code a slow one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="accesses")
    kind = models.CharField(max_length=12)
    token_digest = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=128, blank=True)
    created_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    failed_attempts = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    binding = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class PatientSession(models.Model):
    """A browser in which a signer has shown who they are; `key` is a keyed hash of its cookie."""

    key = models.CharField(max_length=64, primary_key=True)
    access = models.ForeignKey(PatientAccess, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    last_active_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    handed_over_from = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="the locked staff session behind it"
    )
    binding = models.BinaryField(max_length=16, help_text="ties the cookie to the access")

    def __str__(self) -> str:
        return f"session of {self.access_id}"


class PatientQuestion(models.Model):
    """A patient asks the contact something, in words that are sealed; so is the answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="questions")
    sealed_question = models.BinaryField()
    asked_at = models.DateTimeField()
    sealed_answer = models.BinaryField(default=b"")
    answered_by = models.ForeignKey(
        StaffMember, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class CopyDocument(models.Model):
    """The patient's copy as PDF, sealed as the object `id`."""

    id = models.UUIDField(primary_key=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="copies")
    has_thumbnails = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "has_thumbnails"], name="one_copy_of_each_kind"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class DocumentSeal(models.Model):
    """The institution's own seal for documents: a certificate, and its key sealed."""

    number = models.AutoField(primary_key=True)
    certificate = models.BinaryField(help_text="X.509, DER")
    sealed_key = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.number}"
