"""The recall board: every withdrawal under way, and of one every line with its proof and next step.

The board of all names nobody. Opening one withdrawal tells who has what, and is in the record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from safelight.audit.services import Entry, record_durably
from safelight.people.asker import Asker
from safelight.recall.board_lines import Line, lines_for
from safelight.recall.errors import WithdrawalNotFoundError
from safelight.recall.models import Certificate, Consequence, Withdrawal
from safelight.recall.rules import ASKED_ENOUGH
from safelight.recall.services.chasing import require_officer_or_treating, today
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import (
    SETTLED,
    ConsequenceState,
    WithdrawalChannel,
    WithdrawalScope,
)
from safelight.vocabulary.roles import Role

MOST_CLOSED: Final = 200
"""Of those that are closed the page shows the latest; of those under way, all."""


class Filter(StrEnum):
    """Which withdrawals a board lists."""

    UNDER_WAY = "under-way"
    TO_ASK = "to-ask"
    OVERDUE = "overdue"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True)
class BoardRow:
    """One withdrawal in numbers of lines."""

    id: UUID
    at: datetime
    scope: WithdrawalScope
    channel: WithdrawalChannel
    closed_at: datetime | None
    lines: int
    settled: int
    to_ask: int
    overdue: int
    escalated: int
    waiting: int
    """For an answer that is not late, or for the worker."""

    @property
    def code(self) -> str:
        """The beginning of the code on the certificate, by which a caller finds it."""
        return str(self.id)[:8]


@dataclass(frozen=True)
class Due:
    """How many lines of all withdrawals need somebody now."""

    to_ask: int
    overdue: int

    @property
    def total(self) -> int:
        return self.to_ask + self.overdue


@dataclass(frozen=True)
class OpenedWithdrawal:
    """One withdrawal with its lines: those that need somebody first. PHI: who has what."""

    row: BoardRow
    patient: UUID
    lines: Sequence[Line]
    certificate: int | None
    """The number of the newest certificate."""


def board(asker: Asker, shown: Filter = Filter.UNDER_WAY) -> list[BoardRow]:
    """For a privacy officer; nothing for anybody else. What is overdue comes first."""
    if not _is_officer(asker):
        return []
    rows = [_row(item) for item in _filtered(shown)]
    return sorted(rows, key=lambda row: (-row.escalated, -row.overdue, -row.to_ask, row.at))


def due() -> Due:
    """For the badge on the privacy officer's pages."""
    counted = _lines("")
    found = Consequence.objects.filter(withdrawal__closed_at=None).aggregate(
        **{name: Count("id", filter=counted[name]) for name in ("to_ask", "overdue")}
    )
    return Due(found["to_ask"], found["overdue"])


def open_withdrawal(asker: Asker, withdrawal: UUID) -> OpenedWithdrawal:
    """For a privacy officer, or whoever treats the patient; recorded before it is told.

    Raises WithdrawalNotFoundError for anybody else.
    """
    row = _counted().filter(id=withdrawal).first()
    if row is None:
        raise WithdrawalNotFoundError
    require_officer_or_treating(asker, row.patient_id)
    record_durably(
        Entry(
            tag=EventTag.RECALL_WITHDRAWAL_READ,
            actor=asker.staff,
            subject=row.patient_id,
            purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
            objects=(row.id,),
        )
    )
    last = Certificate.objects.filter(withdrawal=row).order_by("-number").first()
    number = last.number if last else None
    return OpenedWithdrawal(_row(row), row.patient_id, lines_for(row), number)


def _is_officer(asker: Asker) -> bool:
    return asker.role is Role.PRIVACY_OFFICER and asker.is_usable


def _filtered(shown: Filter) -> QuerySet[Withdrawal]:
    if shown is Filter.CLOSED:
        return _counted().exclude(closed_at=None).order_by("-closed_at")[:MOST_CLOSED]
    rows = _counted().filter(closed_at=None)
    counted = {
        Filter.TO_ASK: "to_ask",
        Filter.OVERDUE: "overdue",
        Filter.WAITING: "waiting",
    }
    return rows.filter(**{f"{counted[shown]}__gt": 0}) if shown in counted else rows


def _counted() -> QuerySet[Withdrawal]:
    numbers: dict[str, Any] = {
        name: Count("consequences", filter=meant)
        for name, meant in _lines("consequences__").items()
    }
    return Withdrawal.objects.annotate(lines=Count("consequences"), **numbers)


def _lines(prefix: str) -> dict[str, Q]:
    """The lines that are meant by each of the numbers."""
    day: date = today()
    is_chased = Q(**{f"{prefix}state": ConsequenceState.CHASED.value})
    is_late = is_chased & Q(**{f"{prefix}due_on__lt": day})
    is_running = Q(**{f"{prefix}state": ConsequenceState.WAITING.value})
    return {
        "settled": Q(**{f"{prefix}state__in": [item.value for item in SETTLED]}),
        "to_ask": Q(**{f"{prefix}state": ConsequenceState.TO_ASK.value}),
        "overdue": is_late,
        "escalated": is_late & Q(**{f"{prefix}times_asked__gte": ASKED_ENOUGH}),
        "waiting": is_running | (is_chased & Q(**{f"{prefix}due_on__gte": day})),
    }


def _row(row: Any) -> BoardRow:  # noqa: ANN401 - a withdrawal with the numbers of `_counted`
    return BoardRow(
        id=row.id,
        at=row.at,
        scope=WithdrawalScope(row.scope),
        channel=WithdrawalChannel(row.channel),
        closed_at=row.closed_at,
        lines=row.lines,
        settled=row.settled,
        to_ask=row.to_ask,
        overdue=row.overdue,
        escalated=row.escalated,
        waiting=row.waiting,
    )
