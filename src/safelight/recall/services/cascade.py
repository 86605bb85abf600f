"""The cascade: what follows from a withdrawal, line by line, until nothing is left to be done.

From the commit of the withdrawal on every decision denies, so nothing about safety waits for this.
Each step may run again, by any worker, after any crash.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.forgetting import forget_descriptions_of
from safelight.audit.services import Entry, write
from safelight.consent.services.ending import records_of
from safelight.patients.selectors import surviving_patient
from safelight.photos.models import Photograph
from safelight.photos.tombstones import with_earlier
from safelight.recall.models import Consequence, Withdrawal
from safelight.recall.reach import Reach, reach_of
from safelight.recall.rules import is_all_settled, may_go
from safelight.recall.targets import TARGETS, Settled
from safelight.vault.scrubbing import scrub_record
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, WithdrawalScope

BATCH = 50
_log = logging.getLogger(__name__)


def carry_out_all() -> int:
    """Go on with every withdrawal that is under way; how many lines were settled."""
    adopt_late_pictures()
    rows = Withdrawal.objects.filter(closed_at=None).order_by("at")
    return sum(_tried(item) for item in list(rows.values_list("id", flat=True)))


def _tried(withdrawal: UUID) -> int:
    """One that cannot even be listed, such as for an altered row, keeps no other from its end."""
    try:
        return carry_out(withdrawal)
    except Exception as error:  # noqa: BLE001 - it stays open and is seen, and is tried again
        _log.warning("a withdrawal met %s and waits", type(error).__name__)
        return 0


def carry_out(withdrawal: UUID) -> int:
    """List its consequences, settle what needs nobody, close it when nothing is left; how many."""
    plan(withdrawal)
    reach = reach_of(Withdrawal.objects.get(id=withdrawal))
    waiting = Consequence.objects.filter(
        withdrawal=withdrawal, state=ConsequenceState.WAITING.value
    )
    done = sum(_carried_out(reach, batch) for batch in _batches(waiting.order_by("kind", "id")))
    close_if_settled(withdrawal)
    if done:
        scrub_record()  # what is erased leaves the record's files as well
    return done


def _batches(lines: Iterable[Consequence]) -> Iterator[list[Consequence]]:
    """Lines of one kind, as many as may be settled together."""
    for kind, several in groupby(list(lines), key=lambda line: line.kind):
        found = list(several)
        size = BATCH if TARGETS[ConsequenceKind(kind)].settle_many else 1
        yield from (found[at : at + size] for at in range(0, len(found), size))


def _carried_out(reach: Reach, batch: Sequence[Consequence]) -> int:
    """How many of the batch came to their end.

    One that fails waits for the next time, and keeps no other from its end.
    """
    try:
        return settle_all(_ends(reach, batch))
    except Exception as error:  # noqa: BLE001 - whatever it is, the lines stay open and are seen
        if len(batch) > 1:
            return sum(_carried_out(reach, [line]) for line in batch)
        _log.warning("a consequence met %s and waits", type(error).__name__)
        return 0


def _ends(reach: Reach, batch: Sequence[Consequence]) -> dict[UUID, Settled]:
    """How each line of the batch ends, by the line's id; here it is done."""
    target = TARGETS[ConsequenceKind(batch[0].kind)]
    if target.settle_many is None:
        return {line.id: target.settle(reach, line.target) for line in batch}
    ends = target.settle_many(reach, [line.target for line in batch])
    return {line.id: ends[line.target] for line in batch}


def adopt_late_pictures() -> int:
    """A picture that came in withdrawn, when all had been listed, gets its line; how many did."""
    known = Consequence.objects.filter(kind=ConsequenceKind.PICTURE.value).values("target")
    late = Photograph.objects.filter(state=PhotographState.WITHDRAWN.value).exclude(id__in=known)
    return sum(_adopted(picture) for picture in late.order_by("id")[:BATCH])


def _adopted(picture: Photograph) -> bool:
    family = records_of(surviving_patient(picture.patient_id))
    with transaction.atomic():
        rows = Withdrawal.objects.select_for_update().filter(
            patient__in=family, scope=WithdrawalScope.EVERYTHING.value
        )
        row = rows.order_by("-at").first()
        if row is None or row.planned_at is None:  # its own plan will list it
            return False
        Consequence.objects.get_or_create(
            withdrawal=row, kind=ConsequenceKind.PICTURE.value, target=picture.id
        )
        row.closed_at = None
        row.save(update_fields=["closed_at"])
    return True


def plan(withdrawal: UUID) -> None:
    """One line for each thing that is reached. What is listed already stays as it is."""
    row = Withdrawal.objects.get(id=withdrawal)
    if row.planned_at is not None:
        return
    reach = reach_of(row)
    lines = [
        Consequence(withdrawal=row, kind=item.kind, target=item.target, state=item.state)
        for target in TARGETS.values()
        for item in target.find(reach)
    ]
    with transaction.atomic():
        Consequence.objects.bulk_create(lines, ignore_conflicts=True)
        Withdrawal.objects.filter(id=withdrawal, planned_at=None).update(planned_at=timezone.now())


def settle(line: UUID, settled: Settled) -> bool:
    """Write down how a line ended, with the event that proves it; False if it had ended before."""
    return settle_all({line: settled}) > 0


def settle_all(ends: Mapping[UUID, Settled]) -> int:
    """The same of several lines of one withdrawal, in one transaction; how many ended now."""
    with transaction.atomic():
        rows = Consequence.objects.select_for_update(of=("self",)).filter(id__in=list(ends))
        due = [
            row
            for row in rows.select_related("withdrawal")
            if may_go(ConsequenceState(row.state), ends[row.id].state)
        ]
        moved = _moved([row.target for row in due])
        entries = [_entry(row, ends[row.id], is_moved=row.target in moved) for row in due]
        write(entries)
        forget_descriptions_of([item for entry in entries for item in _pictures_erased(entry)])
        for row, entry in zip(due, entries, strict=True):
            row.state, row.retention = ends[row.id].state.value, ends[row.id].retention
            row.settled_at, row.event = timezone.now(), entry.id
        Consequence.objects.bulk_update(due, ["state", "retention", "settled_at", "event"])
    return len(due)


_PICTURE_TAGS = {
    ConsequenceState.ERASED: EventTag.PHOTOGRAPH_ERASED,
    ConsequenceState.SEALED: EventTag.PHOTOGRAPH_TAKEN_INTO_CUSTODY,
}


def _pictures_erased(entry: Entry) -> Sequence[UUID]:
    return entry.objects if entry.tag is EventTag.PHOTOGRAPH_ERASED else ()


def _moved(targets: Collection[UUID]) -> set[UUID]:
    rows = Photograph.objects.filter(id__in=targets).exclude(moved_from=None)
    return set(rows.values_list("id", flat=True))


def _entry(row: Consequence, settled: Settled, *, is_moved: bool) -> Entry:
    is_picture = row.kind == ConsequenceKind.PICTURE
    earlier = with_earlier([row.target])[1:] if is_moved else ()
    return Entry(
        tag=_PICTURE_TAGS[settled.state] if is_picture else EventTag.RECALL_SETTLED,
        actor=None,
        subject=row.withdrawal.patient_id,
        outcome=Outcome.SUCCESS,
        objects=(row.target, row.withdrawal_id, *earlier),
        details={"kind": row.kind, "state": settled.state.value},
    )


def close_if_settled(withdrawal: UUID) -> bool:
    """Whether this was the moment at which nothing was left to be done."""
    with transaction.atomic():
        row = Withdrawal.objects.select_for_update().get(id=withdrawal)
        if row.closed_at is not None or row.planned_at is None:
            return False
        if not is_all_settled(_states(withdrawal)):
            return False
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
    return True


def _states(withdrawal: UUID) -> Iterator[ConsequenceState]:
    rows = Consequence.objects.filter(withdrawal=withdrawal).values_list("state", flat=True)
    return (ConsequenceState(state) for state in rows.distinct())
