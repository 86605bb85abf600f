"""Whether a picture that leaves the record is erased or kept under lock: by rule, and by legal hold."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from safelight.audit.models import Event
from safelight.consent.services.ending import records_of
from safelight.institution.retention import Retention, RetentionRule, current_retention
from safelight.institution.selectors import current_zone
from safelight.patients.models import Patient
from safelight.patients.selectors import surviving_patient
from safelight.photos.models import Photograph
from safelight.photos.tombstones import with_earlier
from safelight.recall.models import Consequence, LegalCustody, LegalHold, Withdrawal
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState, Sensitivity
from safelight.vocabulary.recall import (
    ConsequenceKind,
    ConsequenceState,
    Fate,
    WithdrawalChannel,
    WithdrawalScope,
)

AFTER_CALL: Final = timedelta(days=7)
"""For so long nothing is destroyed on the word of staff that the patient asked."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`keep_until`: the last day on which it is kept under lock; None while a hold stands.

    `retention` is the number of the rules that decided.
    """

    fate: Fate
    retention: int
    keep_until: date | None = None


def decide_fates(
    photographs: Collection[UUID], not_before: date | None = None
) -> dict[UUID, Decided]:
    """By the rules in force now; until `not_before` is past, all is kept under lock at least.

    INVARIANT: under a legal hold nothing is erased.
    """
    retention, zone = current_retention(), current_zone()
    return {
        row.id: _decided(row, retention, zone, not_before)
        for row in Photograph.objects.filter(id__in=photographs)
    }


def _decided(
    row: Photograph, retention: Retention, zone: ZoneInfo, not_before: date | None
) -> Decided:
    rule = retention.rules[Sensitivity(row.sensitivity)]
    if is_held(row):
        return Decided(Fate.SEAL, retention.number)
    if rule.fate is Fate.SEAL:
        last = _last_day(row, rule, zone)
        return Decided(Fate.SEAL, retention.number, max(last, not_before or last))
    return Decided(Fate.SEAL if not_before else Fate.ERASE, retention.number, not_before)


def locked_after_call(withdrawal: UUID) -> date | None:
    """The last day on which what staff took back for the patient is kept; None for the patient's own.

    INVARIANT: nobody's pictures are destroyed on one other person's word that they called. They are
    dark at once all the same; a hold that is placed in these days keeps them. Once the patient says
    it as well, nothing waits.
    """
    row = Withdrawal.objects.get(id=withdrawal)
    if row.channel != WithdrawalChannel.STAFF.value or _said_in_person(row):
        return None
    return row.at.astimezone(current_zone()).date() + AFTER_CALL


def _said_in_person(row: Withdrawal) -> bool:
    """Whether the patient took back the same, or more, after staff had."""
    same = Q(scope=row.scope, target=row.target)
    rows = Withdrawal.objects.filter(
        same | Q(scope=WithdrawalScope.EVERYTHING.value),
        patient__in=records_of(surviving_patient(row.patient_id)),
        at__gte=row.at,
    )
    return rows.exclude(channel=WithdrawalChannel.STAFF.value).exists()


def end_waits(patient: UUID, only: Collection[UUID] | None = None) -> list[UUID]:
    """The patient says in person what staff noted: what waits for that alone waits no more.

    Under the patient's lock. Which pictures these are; all that waits, or of `only` these.
    """
    lines = Consequence.objects.filter(
        kind=ConsequenceKind.PICTURE.value, withdrawal__patient__in=records_of(patient)
    )
    if only is not None:
        lines = lines.filter(target__in=only)
    by_staff = Q(withdrawal__channel=WithdrawalChannel.STAFF.value)
    said = set(lines.exclude(by_staff).values_list("target", flat=True))
    open_ = [ConsequenceState.WAITING.value, ConsequenceState.SEALED.value]
    waiting = [
        line
        for line in lines.filter(by_staff, state__in=open_).exclude(target__in=said)
        if line.keep_until in (None, locked_after_call(line.withdrawal_id))
    ]
    found = {line.target for line in waiting}
    Consequence.objects.filter(id__in=[line.id for line in waiting]).update(keep_until=None)
    LegalCustody.objects.filter(photograph__in=found).update(keep_until=None)
    return sorted(found)


def fix_fates(withdrawal: UUID, photographs: Collection[UUID]) -> dict[UUID, Decided]:
    """Decide once and for all, before the first step that destroys anything.

    INVARIANT: of a hold and the end of a picture one is first: both are decided under the
    patient's lock. A hold that stands by then seals the picture; one that is placed later finds
    this decision taken, also if a crash left the picture half erased.
    """
    lines = Consequence.objects.filter(kind=ConsequenceKind.PICTURE.value, target__in=photographs)
    with transaction.atomic():
        lock_patients(owners_of(photographs))
        known = {line.target: _fixed(line) for line in lines.exclude(fate="")}
        waiting = set(photographs) - set(known)
        late = _moved_since(withdrawal, waiting)
        decided = decide_fates(waiting - late, locked_after_call(withdrawal)) | known
        decided |= decide_fates(late, today_here() + AFTER_CALL)
        _fix(list(lines.filter(withdrawal=withdrawal)), decided)
    return decided


def _moved_since(withdrawal: UUID, photographs: Collection[UUID]) -> set[UUID]:
    """Pictures that came into a record from which everything had been taken back before.

    INVARIANT: nobody destroys a picture by moving it there: it waits for a week, as after a call.
    """
    at = Withdrawal.objects.get(id=withdrawal).at
    moves = Event.objects.filter(
        tag=EventTag.PHOTOGRAPH_MOVED.value,
        recorded_at_ms__gt=at.timestamp() * 1000,
        objects_told__object_id__in=photographs,
    )
    return set(moves.values_list("objects_told__object_id", flat=True))


def _fix(lines: list[Consequence], decided: Mapping[UUID, Decided]) -> None:
    for line in lines:
        found = decided[line.target]
        line.fate, line.retention = found.fate.value, found.retention
        line.keep_until = found.keep_until
    Consequence.objects.bulk_update(lines, ["fate", "retention", "keep_until"])


def _fixed(line: Consequence) -> Decided:
    return Decided(Fate(line.fate), line.retention or 0, line.keep_until)


def erased(photographs: Collection[UUID]) -> list[UUID]:
    """Those that are gone by now, such as by the end of their keeping: nothing is there to seal."""
    rows = Photograph.objects.filter(id__in=list(photographs), state=PhotographState.ERASED.value)
    return list(rows.values_list("id", flat=True))


def lock_patients(patients: Iterable[UUID]) -> None:
    """Nobody else decides about these patients until the open transaction ends."""
    current = {surviving_patient(item) for item in set(patients)}
    rows = Patient.objects.select_for_update(no_key=True).filter(id__in=current).order_by("id")
    list(rows)


def lock_patient(patient: UUID) -> UUID:
    """The same of one; whose record it is."""
    lock_patients([patient])
    return surviving_patient(patient)


def last_day(received: date, years: int) -> date:
    """The last day on which a picture that was received then is kept."""
    try:
        return received.replace(year=received.year + years)
    except ValueError:  # 29 February
        return received.replace(year=received.year + years, day=28)


def _last_day(row: Photograph, rule: RetentionRule, zone: ZoneInfo) -> date:
    return last_day(row.received_at.astimezone(zone).date(), rule.years)


def is_held(row: Photograph) -> bool:
    """Whether a hold on the patient, or on the stay in which it was taken, stands today."""
    return is_under_hold(row.id, row.encounter_id)


def is_under_hold(photograph: UUID, encounter: UUID | None) -> bool:
    """The same of a picture whose labels are under lock, and so is the stay that it came from.

    INVARIANT: nobody takes a picture from under a hold by moving it. Of which stay it was in an
    earlier record is forgotten with its labels, so there a hold on any stay counts.
    """
    standing = LegalHold.objects.filter(lifted_at=None, ends_on__gte=today_here())
    if not standing.exists():  # the usual case, of a thousand pictures one by one
        return False
    now, *earlier = owners_of([photograph])
    of_all_or_this_stay = Q(encounter=None) | Q(encounter=encounter)
    here = Q(patient__in=records_of(surviving_patient(now))) & of_all_or_this_stay
    before = Q(
        patient__in=[item for owner in earlier for item in records_of(surviving_patient(owner))]
    )
    return standing.filter(here | before).exists()


def owners_of(photographs: Collection[UUID]) -> list[UUID]:
    """Whose they are, and then whose they were said to be before they were moved."""
    order = with_earlier(photographs)
    rows = Photograph.objects.in_bulk(order)
    return [rows[item].patient_id for item in order if item in rows]


def today_here() -> date:
    """Today, by the institution's clock."""
    return timezone.now().astimezone(current_zone()).date()
