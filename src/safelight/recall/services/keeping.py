"""The end of keeping: what the law made the institution keep is erased when its time is over.

A worker does this every so often. Each step may run again, by any worker, after any crash.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from safelight.institution.retention import retention_numbered
from safelight.institution.selectors import current_zone
from safelight.photos.models import Photograph
from safelight.recall.custody import erase, record_erasure
from safelight.recall.fates import (
    is_under_hold,
    last_day,
    lock_patients,
    locked_after_call,
    owners_of,
    today_here,
)
from safelight.recall.labels import SealedLabel, label_of
from safelight.recall.models import Consequence, LegalCustody
from safelight.recall.services.cascade import settle
from safelight.recall.targets import Settled
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, Fate

_YESTERDAY: Final = timedelta(days=1)
_log = logging.getLogger(__name__)


def erase_due_custody() -> int:
    """Erase what is kept without a ground any more; how many pictures."""
    due = Q(ended_at__isnull=False) | Q(keep_until=None) | Q(keep_until__lt=today_here())
    rows = LegalCustody.objects.filter(due).order_by("since", "photograph")
    done = sum(_tried(_end, list(rows.values_list("photograph", flat=True))))
    sum(_tried(_settle_lines, _erased_without_word()))
    return done


def erase_if_due(photographs: Iterable[UUID]) -> int:
    """The same of these, as far as they are in custody and nothing keeps them; how many."""
    return sum(_tried(_end, list(photographs)))


def _tried(step: Callable[[UUID], bool], photographs: Iterable[UUID]) -> Iterable[bool]:
    """One that fails waits for the next time, and keeps no other from its end."""
    for photograph in photographs:
        try:
            yield step(photograph)
        except Exception as error:  # noqa: BLE001 - it stays under lock, and is tried again
            _log.warning("the end of keeping met %s and waits", type(error).__name__)


def _end(photograph: UUID) -> bool:
    """INVARIANT: that its time is over is committed before anything of it is destroyed."""
    if not _is_over(photograph):
        return False
    if not _lines(photograph).exists():  # a restored record is of before it was taken back
        record_erasure([photograph])
    erase([photograph])
    return _settle_lines(photograph)


def _is_over(photograph: UUID) -> bool:
    """Under the patient's lock, as a hold is placed. Once it was said, no hold comes in time."""
    with transaction.atomic():
        row = LegalCustody.objects.filter(photograph=photograph).first()
        if row is None:
            return False
        lock_patients(owners_of([photograph]))
        row.refresh_from_db()
        if row.ended_at is not None:
            return True
        label = label_of(row)
        if is_under_hold(photograph, label.encounter):
            return False
        row.keep_until = row.keep_until or _by_rule(photograph, label)
        is_over = row.keep_until < today_here()
        row.ended_at = timezone.now() if is_over else None
        row.save(update_fields=["keep_until", "ended_at"])
    return is_over


def _by_rule(photograph: UUID, label: SealedLabel) -> date:
    """The last day of what only a hold kept, by the rules in force when the patient took it back.

    INVARIANT: a hold that is lifted within the week after a call does not shorten it.
    """
    line = _lines(photograph).order_by("withdrawal__at").first()
    waits = locked_after_call(line.withdrawal_id) if line else None
    rule = retention_numbered(line.retention if line else None).rules[label.sensitivity]
    if rule.fate is Fate.ERASE:
        return waits or today_here() - _YESTERDAY
    received = Photograph.objects.get(id=photograph).received_at
    last = last_day(received.astimezone(current_zone()).date(), rule.years)
    return max(last, waits or last)


def _lines(photograph: UUID) -> QuerySet[Consequence]:
    return Consequence.objects.filter(kind=ConsequenceKind.PICTURE.value, target=photograph)


def _settle_lines(photograph: UUID) -> bool:
    """Every line that says *sealed* says *erased*, with an event of its own."""
    sealed = _lines(photograph).filter(state=ConsequenceState.SEALED.value)
    for line, retention in list(sealed.values_list("id", "retention")):
        settle(line, Settled(ConsequenceState.ERASED, retention))
    return True


def _erased_without_word() -> list[UUID]:
    """What a crash left between the end of a picture and the word of it."""
    sealed = Consequence.objects.filter(
        kind=ConsequenceKind.PICTURE.value, state=ConsequenceState.SEALED.value
    )
    gone = Photograph.objects.filter(
        state=PhotographState.ERASED.value, id__in=sealed.values("target")
    )
    return list(gone.values_list("id", flat=True))
