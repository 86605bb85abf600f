"""One line of the board as people work on it: who has it, what was done, and what is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from safelight.consent.records import recipient_name
from safelight.exporting.models import CopyLink
from safelight.exporting.seals import subject_in_copy
from safelight.institution.selectors import current_house, current_policy, current_zone
from safelight.publishing.selectors import publications_of
from safelight.recall.models import ChaseNote, Consequence, Withdrawal
from safelight.recall.requests import ADVICE, COPY_ADVICE, Copy, Work, to_publisher, to_recipient
from safelight.recall.rules import REASONS, is_escalated, is_overdue, may_give_up
from safelight.recall.services.chasing import today
from safelight.vault.fields import SealedFields, patient_fields
from safelight.vocabulary.recall import (
    CHASING,
    ConsequenceKind,
    ConsequenceState,
    WhyNotRetractable,
)


@dataclass(frozen=True)
class Note:
    """What somebody did about a line, or was told. PHI: the words."""

    at: datetime
    who: str
    state: ConsequenceState
    words: str


@dataclass(frozen=True)
class Held:
    """Who has it, and how they are asked. PHI."""

    who: str
    advice: str
    request: str


NOBODY: Final = Held("", "", "")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One consequence. `proof` is the entry in the record that proves its end."""

    id: UUID
    kind: ConsequenceKind
    state: ConsequenceState
    reason: WhyNotRetractable | None
    held: Held
    times_asked: int
    due_on: date | None
    is_overdue: bool
    is_escalated: bool
    reasons: tuple[WhyNotRetractable, ...]
    """Why it may be given up now."""
    notes: Sequence[Note]
    settled_at: datetime | None
    proof: UUID | None

    @property
    def is_chased(self) -> bool:
        """Whether somebody has to do something, or to wait for an answer."""
        return self.state in CHASING


def lines_for(withdrawal: Withdrawal) -> list[Line]:
    """Every line: escalated and late ones first, then what is to be asked, then the rest by kind."""
    rows = list(withdrawal.consequences.order_by("kind", "id"))
    held, notes = _held(withdrawal, rows), _notes(withdrawal)
    lines = [_line(row, held.get(row.id, NOBODY), notes.get(row.id, [])) for row in rows]
    return sorted(lines, key=_urgency)


def _urgency(line: Line) -> tuple[bool, bool, bool, bool]:
    is_to_ask = line.state is ConsequenceState.TO_ASK
    return (not line.is_escalated, not line.is_overdue, not is_to_ask, not line.is_chased)


def _line(row: Consequence, held: Held, notes: Sequence[Note]) -> Line:
    kind, state, day = ConsequenceKind(row.kind), ConsequenceState(row.state), today()
    escalated = is_escalated(state, row.due_on, row.times_asked, day)
    return Line(
        id=row.id,
        kind=kind,
        state=state,
        reason=WhyNotRetractable(row.reason) if row.reason else None,
        held=held,
        times_asked=row.times_asked,
        due_on=row.due_on,
        is_overdue=is_overdue(state, row.due_on, day),
        is_escalated=escalated,
        reasons=tuple(
            why for why in REASONS.get(kind, ()) if may_give_up(kind, why, is_escalated=escalated)
        ),
        notes=notes,
        settled_at=row.settled_at,
        proof=row.event,
    )


def _notes(withdrawal: Withdrawal) -> Mapping[UUID, list[Note]]:
    fields = patient_fields(withdrawal.patient_id)
    rows = ChaseNote.objects.filter(consequence__withdrawal=withdrawal)
    found: dict[UUID, list[Note]] = {}
    for row in rows.select_related("written_by").order_by("written_at"):
        found.setdefault(row.consequence_id, []).append(_note(row, fields))
    return found


def _note(row: ChaseNote, fields: SealedFields) -> Note:
    sealed = bytes(row.sealed_text)
    return Note(
        at=row.written_at,
        who=row.written_by.display_name if row.written_by else "",
        state=ConsequenceState(row.state),
        words=fields.unseal("recall-note", row.id, sealed) if sealed else "",
    )


def _held(withdrawal: Withdrawal, rows: Sequence[Consequence]) -> dict[UUID, Held]:
    """By line, for what left."""
    kinds = {ConsequenceKind.PUBLICATION.value: _publications, ConsequenceKind.COPY.value: _copies}
    found: dict[UUID, Held] = {}
    for kind, read in kinds.items():
        lines = {row.target: row.id for row in rows if row.kind == kind}
        if lines:
            told = read(withdrawal, list(lines))
            found |= {lines[target]: held for target, held in told.items()}
    return found


def _publications(withdrawal: Withdrawal, targets: Sequence[UUID]) -> dict[UUID, Held]:
    views = [item for item in publications_of(withdrawal.patient_id) if item.id in set(targets)]
    works = {
        item.id: Work(item.named, item.where, item.responsible, item.purpose) for item in views
    }
    hospital, dates = current_house().name, (_withdrawn_on(withdrawal), _answer_by())
    return {
        target: Held(
            who=f"{work.named} · {work.where} · {work.responsible}",
            advice=ADVICE[work.purpose],
            request=to_publisher(work, hospital, *dates),
        )
        for target, work in works.items()
    }


def _copies(withdrawal: Withdrawal, targets: Sequence[UUID]) -> dict[UUID, Held]:
    rows = CopyLink.objects.select_related("agreement").filter(id__in=targets)
    return {row.id: _copy(withdrawal, row) for row in rows}


def _copy(withdrawal: Withdrawal, row: CopyLink) -> Held:
    fetched = row.requests.exclude(fetched_at=None).order_by("fetched_at").first()
    day = _day(fetched.fetched_at) if fetched and fetched.fetched_at else None
    who = recipient_name(row.agreement)
    hospital = current_house().name
    copy = Copy(who, subject_in_copy(row.id), day)
    request = to_recipient(copy, hospital, _withdrawn_on(withdrawal), _answer_by())
    return Held(who, COPY_ADVICE, request)


def _withdrawn_on(withdrawal: Withdrawal) -> date:
    return _day(withdrawal.at)


def _day(at: datetime) -> date:
    return at.astimezone(current_zone()).date()


def _answer_by() -> date:
    return today() + timedelta(days=current_policy().recall_answer_days)
