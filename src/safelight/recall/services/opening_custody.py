"""Opening what is in legal custody: one person asks, another confirms, and the first looks for a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Detail, Entry, record, record_durably
from safelight.consent.services.ending import records_of
from safelight.engines.policy import (
    CONFIRMING_ROLES,
    CUSTODY_ROLES,
    OpeningFacts,
    OpeningState,
)
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.recall.confirmation import confirmation_of, is_confirmed
from safelight.recall.errors import (
    CustodyRequestNotFoundError,
    CustodyRequestRefusedError,
    SamePersonError,
)
from safelight.recall.models import CustodyRequest, LegalCustody, RequestedPicture
from safelight.recall.rules import opening_state
from safelight.release.custody import CustodyLook, open_custody
from safelight.release.opened import Opened
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import CustodyGround

SHORTEST_WORDS, LONGEST_WORDS = 10, 500
USUAL_MINUTES: Final = 60
LEAST_MINUTES: Final = 5
MOST_MINUTES: Final = 240


@dataclass(frozen=True)
class NewRequest:
    """What is to be opened, on what ground, and for how long from the confirmation on.

    PHI: `words`, in which the ground is told.
    """

    patient: UUID
    photographs: Sequence[UUID]
    ground: CustodyGround
    words: str
    minutes: int = USUAL_MINUTES


def request_opening(asker: Asker, asked: NewRequest) -> UUID:
    """Ask to open pictures of one patient; nothing opens until a second person confirms it.

    Raises CustodyRequestRefusedError, and CustodyRequestNotFoundError for anybody who may not.
    """
    if asker.role not in CUSTODY_ROLES or not asker.is_usable:
        raise CustodyRequestNotFoundError
    words, current = asked.words.strip(), surviving_patient(asked.patient)
    _require_sound(asked, words, current)
    request = uuid4()
    with transaction.atomic():
        CustodyRequest.objects.create(
            id=request,
            patient_id=current,
            ground=asked.ground.value,
            sealed_words=patient_fields(current).seal("custody-request", request, words),
            requested_by_id=asker.staff,
            requested_at=timezone.now(),
            minutes=asked.minutes,
        )
        RequestedPicture.objects.bulk_create(
            RequestedPicture(request_id=request, photograph_id=item)
            for item in dict.fromkeys(asked.photographs)
        )
        said: dict[str, Detail] = {
            "ground": asked.ground.value,
            "words": words,
            "minutes": asked.minutes,
        }
        pictures = tuple(dict.fromkeys(asked.photographs))
        record(_entry(EventTag.RECALL_CUSTODY_REQUESTED, asker, current, request, said, pictures))
    return request


def _require_sound(asked: NewRequest, words: str, patient: UUID) -> None:
    under_lock = LegalCustody.objects.filter(
        photograph__in=asked.photographs, owner__in=records_of(patient), ended_at=None
    )
    is_sound = (
        SHORTEST_WORDS <= len(words) <= LONGEST_WORDS
        and LEAST_MINUTES <= asked.minutes <= MOST_MINUTES
        and len(asked.photographs) > 0
        and under_lock.count() == len(set(asked.photographs))
    )
    if not is_sound:
        raise CustodyRequestRefusedError


def confirm_opening(asker: Asker, request: UUID) -> None:
    """The second person says yes, in a session of their own; its time runs from now on.

    INVARIANT: never who asked. Raises SamePersonError, or CustodyRequestNotFoundError; recorded.
    """
    try:
        with transaction.atomic():
            row = _locked(request)
            _require_second(asker, row)
            row.confirmed_by_id, row.confirmed_at = asker.staff, timezone.now()
            row.confirmation = confirmation_of(row)
            row.save(update_fields=["confirmed_by", "confirmed_at", "confirmation"])
            record(_entry(EventTag.RECALL_CUSTODY_CONFIRMED, asker, row.patient_id, request, {}))
    except (SamePersonError, CustodyRequestNotFoundError) as error:
        _record_refusal(asker, request, error.code)
        raise


def _require_second(asker: Asker, row: CustodyRequest) -> None:
    if asker.role not in CONFIRMING_ROLES or not asker.is_usable:
        raise CustodyRequestNotFoundError
    if asker.staff == row.requested_by_id:
        raise SamePersonError
    if state_of(row) is not OpeningState.WAITING:
        raise CustodyRequestNotFoundError


def end_opening(asker: Asker, request: UUID) -> None:
    """Turn it down, or close it before its time; by whoever could confirm it, and who asked."""
    with transaction.atomic():
        row = _locked(request)
        is_open = state_of(row) in {OpeningState.WAITING, OpeningState.CONFIRMED}
        if asker.role not in CONFIRMING_ROLES or not asker.is_usable or not is_open:
            raise CustodyRequestNotFoundError
        row.ended_at, row.confirmation = timezone.now(), b""
        row.save(update_fields=["ended_at", "confirmation"])
        record(_entry(EventTag.RECALL_CUSTODY_ENDED, asker, row.patient_id, request, {}))


def look_into_custody(asker: Asker, request: UUID, photograph: UUID) -> Opened:
    """One original, if the request opens it at this moment. Raises AccessRefusedError; recorded."""
    return open_custody(look_at(asker, request, photograph))


def look_at(asker: Asker, request: UUID, photograph: UUID) -> CustodyLook:
    """The look as the gate needs it, with the facts of this moment; a guess is one that is unknown."""
    row = CustodyRequest.objects.filter(id=request).first()
    return CustodyLook(
        viewer=asker.staff,
        asker=asker.facts,
        photograph=photograph,
        request=request,
        opening=_facts(asker, row, photograph, request),
        second=row.confirmed_by_id if row else None,
        ground=row.ground if row else "",
        words=words_of(row) if row and row.requested_by_id == asker.staff else "",
    )


def _facts(
    asker: Asker, row: CustodyRequest | None, photograph: UUID, request: UUID
) -> OpeningFacts:
    if row is None:
        return OpeningFacts(str(request), None, None, None, None)
    return OpeningFacts(
        request_id=str(request),
        state=state_of(row),
        lists_photograph=row.pictures.filter(photograph=photograph).exists(),
        is_requester=row.requested_by_id == asker.staff,
        has_second_person=row.confirmed_by_id not in {None, row.requested_by_id},
    )


def state_of(row: CustodyRequest, now: datetime | None = None) -> OpeningState:
    """One whose confirmation was altered, or never given here, is over."""
    state = opening_state(
        now or timezone.now(),
        requested_at=row.requested_at,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        lasts=timedelta(minutes=row.minutes),
    )
    is_forged = state is OpeningState.CONFIRMED and not is_confirmed(row)
    return OpeningState.OVER if is_forged else state


def words_of(row: CustodyRequest) -> str:
    """What was said about the ground. PHI."""
    fields = patient_fields(row.patient_id)
    return fields.unseal("custody-request", row.id, row.sealed_words)


def _locked(request: UUID) -> CustodyRequest:
    row = CustodyRequest.objects.select_for_update(of=("self",)).filter(id=request).first()
    if row is None:
        raise CustodyRequestNotFoundError
    return row


def _record_refusal(asker: Asker, request: UUID, code: str) -> None:
    known = CustodyRequest.objects.filter(id=request).values_list("patient", flat=True).first()
    entry = _entry(EventTag.RECALL_CUSTODY_REFUSED, asker, known, request, {"reasons": [code]})
    record_durably(entry)


def _entry(
    tag: EventTag,
    asker: Asker,
    patient: UUID | None,
    request: UUID,
    details: Mapping[str, Detail],
    pictures: tuple[UUID, ...] = (),
) -> Entry:
    is_refused = tag is EventTag.RECALL_CUSTODY_REFUSED
    return Entry(
        tag=tag,
        actor=asker.staff,
        subject=patient,
        purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
        outcome=Outcome.DENIED if is_refused else Outcome.SUCCESS,
        objects=(*pictures, request),
        details=details,
    )
