"""Legal hold: while one stands, nothing of the patient (or of one stay) is erased."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Detail, Entry, record
from safelight.consent.services.ending import records_of
from safelight.patients.models import Encounter
from safelight.people.asker import Asker
from safelight.recall.errors import HoldNotFoundError, HoldRefusedError
from safelight.recall.fates import lock_patient, today_here
from safelight.recall.models import LegalHold
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role

SHORTEST_REASON, LONGEST_REASON = 10, 500
LONGEST_HOLD: Final = timedelta(days=366)
"""From today; by then somebody has to look at it again, and may extend it."""


def place_hold(
    asker: Asker, patient: UUID, encounter: UUID | None, reason: str, ends_on: date
) -> UUID:
    """From the commit on nothing is decided to be erased, until the end of `ends_on`.

    INVARIANT: under the patient's lock, as every decision to erase. Raises HoldRefusedError.
    """
    words = reason.strip()
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise HoldRefusedError
    _require_may(asker)
    _require_day(ends_on)
    with transaction.atomic():
        current = lock_patient(patient)
        _require_stay(current, encounter)
        hold = uuid4()
        LegalHold.objects.create(
            id=hold,
            patient_id=current,
            encounter_id=encounter,
            sealed_reason=patient_fields(current).seal("hold-reason", hold, words),
            placed_by_id=asker.staff,
            placed_at=timezone.now(),
            ends_on=ends_on,
        )
        details = {"reason": words, "ends_on": ends_on.isoformat()}
        _record(EventTag.RECALL_HOLD_PLACED, asker, current, hold, details)
    return hold


def extend_hold(asker: Asker, hold: UUID, ends_on: date) -> None:
    """Give a hold that stands another last day. Raises HoldNotFoundError, HoldRefusedError."""
    _require_may(asker)
    _require_day(ends_on)
    with transaction.atomic():
        row = _locked(hold)
        row.ends_on = ends_on
        row.save(update_fields=["ends_on"])
        details = {"ends_on": ends_on.isoformat()}
        _record(EventTag.RECALL_HOLD_EXTENDED, asker, row.patient_id, hold, details)


def lift_hold(asker: Asker, hold: UUID) -> None:
    """End a hold before its day; what it alone kept goes the way of the rules. Once."""
    _require_may(asker)
    with transaction.atomic():
        row = _locked(hold)
        row.lifted_at, row.lifted_by_id = timezone.now(), asker.staff
        row.save(update_fields=["lifted_at", "lifted_by"])
        _record(EventTag.RECALL_HOLD_LIFTED, asker, row.patient_id, hold, {})


def _require_may(asker: Asker) -> None:
    if asker.role is not Role.PRIVACY_OFFICER or not asker.is_usable:
        raise HoldNotFoundError


def _require_day(ends_on: date) -> None:
    today = today_here()
    if not today <= ends_on <= today + LONGEST_HOLD:
        raise HoldRefusedError


def _require_stay(patient: UUID, encounter: UUID | None) -> None:
    if encounter is None:
        return
    stays = Encounter.objects.filter(id=encounter, patient__in=records_of(patient))
    if not stays.exists():
        raise HoldRefusedError


def _locked(hold: UUID) -> LegalHold:
    """One that stands, with the patient's lock, so that no decision is taken beside this one."""
    row = LegalHold.objects.filter(id=hold).first()
    if row is None:
        raise HoldNotFoundError
    lock_patient(row.patient_id)
    row.refresh_from_db()
    if row.lifted_at is not None or row.ends_on < today_here():
        raise HoldNotFoundError
    return row


def _record(
    tag: EventTag, asker: Asker, patient: UUID, hold: UUID, details: Mapping[str, Detail]
) -> None:
    record(
        Entry(
            tag=tag,
            actor=asker.staff,
            subject=patient,
            purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
            objects=(hold,),
            details=details,
        )
    )
