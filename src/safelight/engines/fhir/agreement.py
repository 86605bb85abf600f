"""One agreement of a patient, as plain values ready to be written in FHIR."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from safelight.engines.fhir.errors import FhirInputError
from safelight.engines.fhir.primitives import day, instant, resource_id, string, uri
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import NAMED, Purpose
from safelight.vocabulary.signers import SignerRole


class ConsentStatus(StrEnum):
    """FHIR R4 Consent.status (http://hl7.org/fhir/consent-state-codes), required binding."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    REJECTED = "rejected"
    INACTIVE = "inactive"
    ENTERED_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class Image:
    """A photograph in the one rendition that the agreement lists (see `Rendition`)."""

    photograph: UUID
    rendition: str

    def __post_init__(self) -> None:
        """FhirInputError for a rendition that is not in the vocabulary."""
        photograph: object = self.photograph
        if not isinstance(photograph, UUID) or self.rendition not in set(Rendition):
            raise FhirInputError("A picture of the agreement is not known.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What one purpose before one audience was answered with, by whom, for which pictures.

    `performer_authority` says by what right somebody signs who is not the patient. `ends_on` is
    the last day, which is part of the period; both days are of the institution's time zone.
    `recipient_display` names the one recipient, publication, study or project, or is empty.
    `organization_id` and `source_reference` are FHIR ids: of the institution, and of the
    DocumentReference that holds the signed record. FhirInputError for what could not be written,
    or would be read as more than the patient agreed to.
    """

    agreement_id: UUID
    patient: UUID
    status: str
    provision: Literal["permit", "deny"]
    purpose: Purpose
    audience: Audience
    recipient_display: str = ""
    decided_at: datetime
    starts_on: date
    ends_on: date | None
    organization_id: str
    organization_name: str
    policy_uri: str
    performer: SignerRole = SignerRole.PATIENT
    performer_authority: str = ""
    source_reference: str
    images: tuple[Image, ...]
    test_data: bool = False

    def __post_init__(self) -> None:
        """Refuse what has no place in the resource."""
        self._check_codes()
        self._check_values()
        self._check_reach()

    def _check_codes(self) -> None:
        typed: tuple[tuple[object, type], ...] = (
            (self.agreement_id, UUID),
            (self.patient, UUID),
            (self.purpose, Purpose),
            (self.audience, Audience),
            (self.performer, SignerRole),
        )
        known = self.status in set(ConsentStatus) and self.provision in {"permit", "deny"}
        if not known or not all(isinstance(value, kind) for value, kind in typed):
            raise FhirInputError("The agreement has a status, purpose or code that is not known.")

    def _check_values(self) -> None:
        instant(self.decided_at)
        resource_id(self.organization_id)
        resource_id(self.source_reference)
        string(self.organization_name)
        uri(self.policy_uri)
        if self.recipient_display:
            string(self.recipient_display)
        if self.performer is not SignerRole.PATIENT:
            string(self.performer_authority)
        if day(self.starts_on) > day(self.ends_on or self.starts_on):
            raise FhirInputError("The agreement ends before it starts.")

    def _check_reach(self) -> None:
        # INVARIANT: what a permit leaves out, FHIR reads as "any" (R4 Consent.provision.data).
        if len(set(self.images)) != len(self.images):
            raise FhirInputError("The agreement lists a picture twice.")
        if self.provision == "permit" and not self.images:
            raise FhirInputError("An agreement without pictures would permit all of them.")
        unnamed = self.purpose in NAMED and not self.recipient_display
        if self.provision == "permit" and unnamed:
            raise FhirInputError("A named use without its name would permit every use of its kind.")
