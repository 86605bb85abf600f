"""What goes into the policy: a request, and the facts that somebody else has gathered.

``None`` means *could not be found out* and never *no*, unless the field says otherwise. A decision
that needs such a fact denies with `fact-unknown`. Identifiers are opaque; no name or identity of a
patient belongs here.
"""

from dataclasses import dataclass
from enum import StrEnum

from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import PhotographState, Rendition, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole


class SessionState(StrEnum):
    """Whether the asker's session can be used at this moment."""

    USABLE = "usable"
    LOCKED = "locked"
    ABSENT = "absent"


class Training(StrEnum):
    """Where the asker stands with the course that the institution asks for."""

    CURRENT = "current"
    NOT_REQUIRED = "not-required"
    LAPSED = "lapsed"
    UNKNOWN = "unknown"


class PatientState(StrEnum):
    """Whether the patient's record is still one of its own."""

    CURRENT = "current"
    MERGED = "merged"


class AgreementStatus(StrEnum):
    """The states of FHIR R4 Consent.status (http://hl7.org/fhir/consent-state-codes)."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    REJECTED = "rejected"
    INACTIVE = "inactive"
    ENTERED_IN_ERROR = "entered-in-error"


class Provision(StrEnum):
    """FHIR R4 Consent.provision.type (http://hl7.org/fhir/consent-provision-type)."""

    PERMIT = "permit"
    DENY = "deny"


class Authority(StrEnum):
    """Whether whoever signed for the patient may still decide for them."""

    IN_FORCE = "in-force"
    """It is, or the patient signed in person."""
    ENDED = "ended"
    """The child came of age, or the adult can decide again, and nobody asked them since."""
    ENDED_BUT_CONTINUED = "ended-but-continued"
    """It ended, and the institution lets the use go on until the patient was asked."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to do: see this rendition for this purpose before this audience.

    `recipient` is the opaque id of the one person, publication, study or project the picture is
    for; None when nobody in particular is named. `audience_size` is how many people will see it;
    None when that was not stated.
    """

    purpose: Purpose
    audience: Audience
    rendition: Rendition
    recipient: str | None = None
    audience_size: int | None = None


@dataclass(frozen=True, slots=True)
class AskerFacts:
    """Who asks: the role they act in, their session, their training."""

    role: Role | None
    session: SessionState | None
    training: Training


@dataclass(frozen=True, slots=True)
class CareFacts:
    """What ties the asker to the patient, and whether the record is a current one.

    `break_glass` is whether the asker broke glass for this very patient and that is in force now.
    """

    relationship: Relationship | None
    break_glass: bool | None
    patient: PatientState | None


@dataclass(frozen=True, slots=True)
class PhotographFacts:
    """The photograph asked for."""

    state: PhotographState | None
    sensitivity: Sensitivity | None
    taken_by_asker: bool | None


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """One agreement of the patient, already compared with the photograph and the clock.

    `covers_image` is whether it lists the photograph in the rendition requested, `in_period`
    whether now lies in its period. `recipient` None means that it names nobody in particular.
    `audience_size` is the most people it agrees to; None means that it sets no bound.
    `authority` is that of whoever signed it.
    """

    agreement_id: str
    status: AgreementStatus | None
    provision: Provision | None
    purpose: Purpose | None
    audience: Audience | None
    covers_image: bool | None
    in_period: bool | None
    recipient: str | None = None
    audience_size: int | None = None
    authority: Authority | None = Authority.IN_FORCE


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision about one photograph rests on.

    `reason_stated` is whether the asker gave a reason for this one opening. `photograph` None is a
    photograph that does not exist; `agreements` None are agreements that could not be read.
    `social_media_enabled` is whether the institution uses social media for pictures at all.
    `reviewed` is whether the form asked for was looked over by as many people as the institution
    asks for this purpose; it counts beyond treatment only.
    """

    asker: AskerFacts
    care: CareFacts
    photograph: PhotographFacts | None
    reason_stated: bool | None = False
    agreements: tuple[AgreementFacts, ...] | None = ()
    social_media_enabled: bool | None = False
    reviewed: bool | None = None


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """Everything a decision rests on when the patient, or who signs for them, looks.

    `is_in_proposal` is whether the photograph was put before exactly this signer, `is_identified`
    whether they showed a second factor. `capacity` is in what capacity they decide.
    """

    session: SessionState | None
    capacity: SignerRole | None
    patient: PatientState | None
    photograph: PhotographFacts | None
    is_in_proposal: bool | None
    is_identified: bool | None


class ReferenceState(StrEnum):
    """Whether a reference can be looked by at this moment."""

    NOT_BEGUN = "not-begun"
    IN_FORCE = "in-force"
    OVER = "over"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class ReferenceFacts:
    """What a reference says about one look, compared with the photograph, the viewer and the clock.

    `is_admitted` is whether whoever looks is the one it is for, and has shown it; `has_room`
    whether there is an opening, and a place in the audience, left for them. `reason_stated` is
    whether whoever made it stated why an intimate or forensic photograph is shown.
    """

    reference_id: str
    state: ReferenceState | None
    lists_photograph: bool | None
    is_admitted: bool | None
    has_room: bool | None = True
    reason_stated: bool | None = False


@dataclass(frozen=True, slots=True)
class ReferredFacts:
    """Everything a decision rests on when somebody looks by reference.

    `viewer` is a member of staff, or None for a guest or a screen. The rest is as in `Facts`.
    """

    reference: ReferenceFacts
    viewer: AskerFacts | None
    patient: PatientState | None
    photograph: PhotographFacts | None
    agreements: tuple[AgreementFacts, ...] | None = ()
    social_media_enabled: bool | None = False
    reviewed: bool | None = None


class OpeningState(StrEnum):
    """How far a request to open what is in legal custody has come."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    OVER = "over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """What a request to open legal custody says about one look, compared with picture and clock.

    `is_requester` is whether whoever looks is who asked; `has_second_person` whether somebody
    else confirmed it.
    """

    request_id: str
    state: OpeningState | None
    lists_photograph: bool | None
    is_requester: bool | None
    has_second_person: bool | None


@dataclass(frozen=True, slots=True)
class CustodyFacts:
    """Everything a decision rests on when somebody opens a picture in legal custody."""

    asker: AskerFacts
    opening: OpeningFacts
    photograph: PhotographState | None
