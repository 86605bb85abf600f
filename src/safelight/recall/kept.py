"""Reads of what is kept: legal holds, pictures in legal custody, and who opened them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from safelight.audit.services import Entry, record_durably
from safelight.consent.services.ending import records_of
from safelight.engines.policy import CONFIRMING_ROLES, OpeningState
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.recall.errors import CustodyRequestNotFoundError
from safelight.recall.fates import today_here
from safelight.recall.labels import SealedLabel, label_of
from safelight.recall.models import CustodyRequest, LegalCustody, LegalHold
from safelight.recall.services.opening_custody import state_of, words_of
from safelight.release.custody_looks import CustodyOpened, openings_of_custody
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import CustodyGround
from safelight.vocabulary.roles import Role

ENDS_SOON: Final = timedelta(days=14)
LIMIT: Final = 200


@dataclass(frozen=True)
class Hold:
    """One legal hold as privacy officers read it. PHI: the reason.

    `state` is "stands", "over" or "lifted".
    """

    id: UUID
    patient: UUID
    encounter: UUID | None
    reason: str
    placed_by: str
    placed_at: datetime
    ends_on: date
    state: str
    lifted_by: str
    lifted_at: datetime | None


def holds_of(asker: Asker, patient: UUID) -> list[Hold]:
    """Every hold of the patient, the newest first."""
    rows = _holds(asker).filter(patient__in=records_of(surviving_patient(patient)))
    return _told(rows.order_by("-placed_at"))


def holds_ending_soon(asker: Asker) -> list[Hold]:
    """Those that stand and end within 14 days, the next first."""
    today = today_here()
    rows = _holds(asker).filter(lifted_at=None, ends_on__gte=today, ends_on__lte=today + ENDS_SOON)
    return _told(rows.order_by("ends_on")[:LIMIT])


def hold_of(asker: Asker, hold: UUID) -> Hold | None:
    """One of them, whether it stands or not; None for nobody's, and for anybody who may not read."""
    return next(iter(_told(_holds(asker).filter(id=hold))), None)


def _holds(asker: Asker) -> QuerySet[LegalHold]:
    rows = LegalHold.objects.select_related("placed_by", "lifted_by")
    return rows if _may_read(asker) else rows.none()


def _may_read(asker: Asker) -> bool:
    return asker.role is Role.PRIVACY_OFFICER and asker.is_usable


def _told(rows: Iterable[LegalHold]) -> list[Hold]:
    today = today_here()
    return [
        Hold(
            id=row.id,
            patient=surviving_patient(row.patient_id),
            encounter=row.encounter_id,
            reason=patient_fields(row.patient_id).unseal("hold-reason", row.id, row.sealed_reason),
            placed_by=row.placed_by.display_name,
            placed_at=row.placed_at,
            ends_on=row.ends_on,
            state=_hold_state(row, today),
            lifted_by=row.lifted_by.display_name if row.lifted_by else "",
            lifted_at=row.lifted_at,
        )
        for row in rows
    ]


def _hold_state(row: LegalHold, today: date) -> str:
    if row.lifted_at is not None:
        return "lifted"
    return "stands" if row.ends_on >= today else "over"


@dataclass(frozen=True)
class KeptPicture:
    """One picture under lock; what it shows is said on the page of an opening alone."""

    photograph: UUID
    since: datetime
    keep_until: date | None


def pictures_kept_of(asker: Asker, patient: UUID) -> list[KeptPicture]:
    """What is under lock of this patient, in the order in which it came there."""
    if not _may_read(asker):
        return []
    family = records_of(surviving_patient(patient))
    rows = LegalCustody.objects.filter(owner__in=family, ended_at=None)
    return [
        KeptPicture(row.photograph_id, row.since, row.keep_until)
        for row in rows.order_by("since", "photograph")
    ]


@dataclass(frozen=True)
class Opening:
    """A request to open legal custody. PHI: the words."""

    id: UUID
    patient: UUID
    ground: CustodyGround
    words: str
    minutes: int
    photographs: Sequence[UUID]
    requested_by: str
    requested_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    state: OpeningState
    is_mine: bool

    @property
    def is_waiting(self) -> bool:
        return self.state is OpeningState.WAITING

    @property
    def is_open(self) -> bool:
        return self.state is OpeningState.CONFIRMED

    @property
    def ends_at(self) -> datetime | None:
        return self.confirmed_at + timedelta(minutes=self.minutes) if self.confirmed_at else None


def openings_of(asker: Asker, patient: UUID) -> list[Opening]:
    """Every request about this patient, the newest first."""
    if not _may_read(asker):
        return []
    rows = _requests().filter(patient__in=records_of(surviving_patient(patient)))
    return [_opening(row, asker) for row in rows.order_by("-requested_at")[:LIMIT]]


def openings_to_confirm(asker: Asker) -> list[Opening]:
    """Those that wait for a second person, and were not asked for by this one."""
    if asker.role not in CONFIRMING_ROLES or not asker.is_usable:
        return []
    rows = _requests().filter(confirmed_at=None, ended_at=None)
    rows = rows.exclude(requested_by=asker.staff).order_by("-requested_at")
    return [item for item in (_opening(row, asker) for row in rows[:LIMIT]) if item.is_waiting]


def find_opening(asker: Asker, request: UUID) -> Opening:
    """One of them, for who asked and who may confirm. Raises CustodyRequestNotFoundError."""
    row = _requests().filter(id=request).first()
    if row is None or asker.role not in CONFIRMING_ROLES or not asker.is_usable:
        raise CustodyRequestNotFoundError
    return _opening(row, asker)


def _requests() -> QuerySet[CustodyRequest]:
    return CustodyRequest.objects.select_related("requested_by", "confirmed_by")


def _opening(row: CustodyRequest, asker: Asker) -> Opening:
    pictures = row.pictures.order_by("id").values_list("photograph", flat=True)
    return Opening(
        id=row.id,
        patient=surviving_patient(row.patient_id),
        ground=CustodyGround(row.ground),
        words=words_of(row),
        minutes=row.minutes,
        photographs=tuple(pictures),
        requested_by=row.requested_by.display_name,
        requested_at=row.requested_at,
        confirmed_by=row.confirmed_by.display_name if row.confirmed_by else "",
        confirmed_at=row.confirmed_at,
        state=state_of(row),
        is_mine=row.requested_by_id == asker.staff,
    )


def labels_for(asker: Asker, request: UUID) -> dict[UUID, SealedLabel]:
    """The labels of what an opening shows, while it is open, to who asked. Recorded by the look.

    Raises CustodyRequestNotFoundError.
    """
    found = find_opening(asker, request)
    if not (found.is_open and found.is_mine and _may_read(asker)):
        raise CustodyRequestNotFoundError
    rows = LegalCustody.objects.filter(photograph__in=found.photographs, ended_at=None)
    labels = {row.photograph_id: label_of(row) for row in rows}
    record_durably(
        Entry(
            tag=EventTag.RECALL_CUSTODY_LABELS_READ,
            actor=asker.staff,
            subject=found.patient,
            purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
            objects=(*labels, request),
        )
    )
    return labels


def custody_openings_of(patient: UUID) -> list[CustodyOpened]:
    """Who opened what this patient took back, the newest first; who may ask is decided above."""
    return openings_of_custody(records_of(surviving_patient(patient)))
