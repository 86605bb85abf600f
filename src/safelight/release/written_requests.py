"""A patient asks in writing, or at the desk, for what is kept of them; staff answer it."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils import timezone

from safelight.audit.services import Entry, record_durably
from safelight.consent.visits import Reader, Visit, is_alive, stay
from safelight.engines.policy import SessionState
from safelight.institution.selectors import current_policy
from safelight.patients.selectors import find_patients, surviving_patient
from safelight.people.asker import Asker
from safelight.people.presence import facts_of, presence_at, session_state
from safelight.release.access import can_open_record, open_record
from safelight.release.errors import RequestRefusedError
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole

SHORTEST_NOTE: Final = 5
LONGEST_NOTE: Final = 500
_NO_PROPOSAL: Final = UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class WrittenRequest:
    """The patient's own reading, by the hands of staff who made sure who asks.

    PHI: `identified_by`, how they made sure. It reads as a visit of the patient in person does,
    but belongs to no proposal, and `access` is the member of staff.
    """

    asker: Asker
    patient: UUID
    identified_by: str
    language: str
    style: TextStyle = TextStyle.STANDARD
    proposal: UUID = _NO_PROPOSAL
    signer_role: SignerRole = SignerRole.PATIENT
    is_patient: bool = True

    @property
    def access(self) -> UUID:
        return self.asker.staff


def on_written_request(
    asker: Asker, patient: UUID, identified_by: str, language: str
) -> WrittenRequest:
    """A request that this asker may answer: who treats the patient, or the privacy officer.

    Raises AccessRefusedError for anybody else; RequestRefusedError without a note of how the
    patient's identity was checked.
    """
    if asker.role is not Role.PRIVACY_OFFICER:
        open_record(asker, patient)  # refuses, and records it
    words = identified_by.strip()
    if not SHORTEST_NOTE <= len(words) <= LONGEST_NOTE:
        raise RequestRefusedError
    return WrittenRequest(
        asker=asker, patient=surviving_patient(patient), identified_by=words, language=language
    )


def named_in_request(asker: Asker, number: str, birth_date: date) -> UUID | None:
    """The one patient whose hospital number and birth date a letter gives, both in full.

    For the privacy officer, who finds nobody by name. None for no match, and for anybody else. The
    attempt is recorded.
    """
    if asker.role is not Role.PRIVACY_OFFICER or not asker.is_usable:
        return None
    wanted = number.strip().casefold()
    found = find_patients(number).patients if wanted else ()
    same = [
        item.id
        for item in found
        if item.identity.birth_date == birth_date
        and any(each.value.casefold() == wanted for each in item.identity.identifiers)
    ]
    record_durably(
        Entry(
            tag=EventTag.PATIENT_SEARCHED,
            actor=asker.staff,
            purpose=Purpose.PATIENT_REQUEST.act_reason or "",
            objects=tuple(same),
            details={"text": number, "birth_date": birth_date.isoformat()},
        )
    )
    return same[0] if len(same) == 1 else None


def is_present(reader: Reader) -> bool:
    """Whether the reader may go on at this very moment; asked again before anything is shown."""
    if isinstance(reader, Visit):
        return is_alive(reader)
    return isinstance(reader, WrittenRequest) and _may_answer(reader)


def go_on(reader: Reader) -> bool:
    """The same, and a long download counts as being there."""
    return stay(reader) if isinstance(reader, Visit) else is_present(reader)


def _may_answer(request: WrittenRequest) -> bool:
    """As the rows say now: the session may have ended since, and the care, or the role."""
    row = presence_at(request.asker.session_key)
    if row is None or row.staff_id != request.asker.staff:
        return False
    state = session_state(facts_of(row), current_policy(), timezone.now())
    if state is not SessionState.USABLE or row.staff.role != request.asker.role.value:
        return False
    is_officer = request.asker.role is Role.PRIVACY_OFFICER
    return is_officer or can_open_record(request.asker, request.patient)
