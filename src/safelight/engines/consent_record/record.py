"""Everything that one consent record is made from, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from safelight.engines.consent_record.errors import ConsentRecordError
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole


class EventState(StrEnum):
    """The states of a consent (ISO/IEC TS 27560:2023, 6.3.7.6 `event_state` and Annex B)."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    INVALIDATED = "invalidated"


class PartyType(StrEnum):
    """What a party is to the consent (ISO/IEC TS 27560:2023, 6.3.6.9 `party_type`)."""

    CONTROLLER = "controller"
    RECIPIENT = "recipient"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who answers for the pictures or receives them (6.3.6); every field is required.

    `contact` is how to reach them: a name and a number to call, or an address for messages.
    """

    party_id: str
    party_type: PartyType
    name: str
    address: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to the consent (6.3.7). `entity_id` is who made it happen."""

    state: EventState
    time: datetime
    entity_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownImage:
    """A picture that was shown before the decision.

    `sha256` is that of the bytes shown, in lower-case hexadecimal. `agreed` is False for one that
    the patient left out.
    """

    photograph: UUID
    rendition: Rendition
    sha256: str
    agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The text that was read (6.3.4.1, 6.3.4.2): where it can be read again, and its SHA-256.

    `language` is a BCP 47 tag.
    """

    uri: str
    version: str
    text_sha256: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who decided, and by what authority; the patient needs none."""

    role: SignerRole
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """How to take the consent back, and where: a page, a number to call, a desk (6.3.4.18)."""

    how: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One consent: a purpose before an audience, from the request to its last event.

    `starts_on` and `ends_on` are days in the institution's time zone, the last one included; None
    has no end. `recipient` names the one recipient, publication, study or project. `retention` and
    `storage_locations` are sentences for people. `jurisdiction` is a country or subdivision code
    of ISO 3166. `events` are in the order of time. `lawful_basis`, `collection_method` and
    `privacy_rights` are optional in the standard and required by the GDPR.
    """

    record_id: UUID
    principal_id: UUID
    purpose: Purpose
    audience: Audience
    recipient: str = ""
    starts_on: date
    ends_on: date | None
    notice: Notice
    parties: tuple[Party, ...]
    storage_locations: tuple[str, ...]
    retention: str
    jurisdiction: str
    withdrawal: Withdrawal
    events: tuple[Event, ...]
    shown: tuple[ShownImage, ...]
    signer: Signer
    interpreter: str = ""
    witness: str = ""
    lawful_basis: str = ""
    collection_method: str = ""
    privacy_rights: tuple[str, ...] = ()
    test_data: bool = False

    def __post_init__(self) -> None:
        """ConsentRecordError when nobody answers for it or its history cannot be."""
        if not self.storage_locations or not self._of(PartyType.CONTROLLER):
            raise ConsentRecordError("A record names who keeps the pictures, and where.")
        if self.signer.role is not SignerRole.PATIENT and not self.signer.authority:
            raise ConsentRecordError("Somebody signs for the patient without a stated authority.")
        if len({party.party_id for party in self.parties}) < len(self.parties):
            raise ConsentRecordError("Two parties have the same id.")
        self._check_events()

    def party_ids(self, kind: PartyType) -> list[str]:
        """The ids of the parties of one type, as given."""
        return [party.party_id for party in self._of(kind)]

    def _of(self, kind: PartyType) -> list[Party]:
        return [party for party in self.parties if party.party_type is kind]

    def _check_events(self) -> None:
        if not self.events or any(event.time.utcoffset() is None for event in self.events):
            raise ConsentRecordError("A record has events, and each has a time with its offset.")
        times = [event.time for event in self.events]
        if times != sorted(times):
            raise ConsentRecordError("The events are not in the order of time.")
        given = [event.state is EventState.GIVEN for event in self.events]
        if any(given) and not any(image.agreed for image in self.shown):
            raise ConsentRecordError("A consent was given without a picture that it is about.")
