"""Chasing: whoever has something is asked for it, and what they say ends the line.

INVARIANT: a line ends once. Its row is locked, the table of transitions is asked, and the event is
written in the same transaction.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Detail, Entry, record
from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.services.standing import require_treating
from safelight.institution.selectors import current_policy, current_zone
from safelight.people.asker import Asker
from safelight.recall.errors import (
    NoteMissingError,
    NotYetGivenUpError,
    StepRefusedError,
    WithdrawalNotFoundError,
)
from safelight.recall.models import ChaseNote, Consequence
from safelight.recall.ports import CopyLine, wiring
from safelight.recall.rules import is_escalated, may_give_up, may_go
from safelight.recall.services.cascade import close_if_settled
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.recall import (
    CHASING,
    ConsequenceKind,
    ConsequenceState,
    WhyNotRetractable,
)
from safelight.vocabulary.roles import Role

SHORTEST_NOTE: Final = 3
LONGEST_NOTE: Final = 2000
"""Characters."""


@dataclass(frozen=True)
class Said:
    """What was done about a line: by whom (None: by machine), and in which words. PHI: the words."""

    actor: UUID | None
    words: str = ""


def note_asked(asker: Asker, line: UUID, words: str) -> date:
    """Somebody was asked to give it back or to delete it; the day by which they should answer.

    Asking again counts again. Raises WithdrawalNotFoundError for whoever may not see the line,
    NoteMissingError, StepRefusedError where it has ended.
    """
    said = _said(asker, line, words)
    with transaction.atomic():
        row = _locked(line, ConsequenceState.CHASED)
        if holder := wiring.holders.get(ConsequenceKind(row.kind)):
            holder.was_asked(CopyLine(row.id, row.target), asker.staff)
        return mark_asked(row, said)


def note_acknowledged(asker: Asker, line: UUID, words: str) -> None:
    """Who had it says that it is gone. Raises as `note_asked`."""
    said = _said(asker, line, words)
    with transaction.atomic():
        row = _locked(line, ConsequenceState.ACKNOWLEDGED)
        mark_ended(row, ConsequenceState.ACKNOWLEDGED, said)
    close_if_settled(row.withdrawal_id)


def note_not_retractable(asker: Asker, line: UUID, reason: WhyNotRetractable, words: str) -> None:
    """It stays where it is, and the patient is told why.

    Raises as `note_asked`, and NotYetGivenUpError for a reason that does not fit.
    """
    said = _said(asker, line, words)
    with transaction.atomic():
        row = _locked(line, ConsequenceState.NOT_RETRACTABLE)
        if not may_give_up(ConsequenceKind(row.kind), reason, is_escalated=_is_escalated(row)):
            raise NotYetGivenUpError
        mark_ended(row, ConsequenceState.NOT_RETRACTABLE, said, reason)
    close_if_settled(row.withdrawal_id)


def require_line(asker: Asker, line: UUID) -> Consequence:
    """The row, for a privacy officer or whoever treats the patient; else WithdrawalNotFoundError."""
    row = Consequence.objects.select_related("withdrawal").filter(id=line).first()
    if row is None:
        raise WithdrawalNotFoundError
    require_officer_or_treating(asker, row.withdrawal.patient_id)
    return row


def require_officer_or_treating(asker: Asker, patient: UUID) -> None:
    """WithdrawalNotFoundError for anybody else, which is recorded."""
    if asker.role is Role.PRIVACY_OFFICER and asker.is_usable:
        return
    try:
        require_treating(asker, patient)
    except ProposalNotFoundError as error:
        raise WithdrawalNotFoundError from error


def today() -> date:
    """The day at the institution."""
    return timezone.now().astimezone(current_zone()).date()


def mark_asked(row: Consequence, said: Said) -> date:
    """For whoever holds the row's lock: asked once more, and due some days from now."""
    now = timezone.now()
    row.state = ConsequenceState.CHASED.value
    row.asked_at, row.times_asked = now, row.times_asked + 1
    row.due_on = today() + timedelta(days=current_policy().recall_answer_days)
    row.save(update_fields=["state", "asked_at", "times_asked", "due_on"])
    _note(row, said, EventTag.RECALL_ASKED, {"times": row.times_asked})
    return row.due_on


def mark_ended(
    row: Consequence,
    state: ConsequenceState,
    said: Said,
    reason: WhyNotRetractable | None = None,
) -> None:
    """For whoever holds the row's lock: how it ended, with the event that proves it."""
    row.state, row.reason = state.value, reason.value if reason else ""
    row.settled_at = timezone.now()
    row.event = _note(row, said, EventTag.RECALL_SETTLED, {"reason": row.reason})
    row.save(update_fields=["state", "reason", "settled_at", "event"])


def _said(asker: Asker, line: UUID, words: str) -> Said:
    require_line(asker, line)
    said = words.strip()
    if not SHORTEST_NOTE <= len(said) <= LONGEST_NOTE:
        raise NoteMissingError
    return Said(asker.staff, said)


def _locked(line: UUID, after: ConsequenceState) -> Consequence:
    """The row, nobody else's until the open transaction ends; StepRefusedError where it has gone on."""
    rows = Consequence.objects.select_for_update(of=("self",)).select_related("withdrawal")
    row = rows.get(id=line)
    before = ConsequenceState(row.state)
    if before not in CHASING or not may_go(before, after):
        raise StepRefusedError
    return row


def _is_escalated(row: Consequence) -> bool:
    return is_escalated(ConsequenceState(row.state), row.due_on, row.times_asked, today())


def _note(row: Consequence, said: Said, tag: EventTag, told: dict[str, Detail]) -> UUID:
    """The note, its words sealed, and its event; the event's id."""
    note, patient = uuid4(), row.withdrawal.patient_id
    sealed = patient_fields(patient).seal("recall-note", note, said.words) if said.words else b""
    ChaseNote.objects.create(
        id=note,
        consequence=row,
        state=row.state,
        written_by_id=said.actor,
        written_at=timezone.now(),
        sealed_text=sealed,
    )
    entry = Entry(
        tag=tag,
        actor=said.actor,
        subject=patient,
        objects=(row.target, row.withdrawal_id, note),
        details={"kind": row.kind, "state": row.state, **told},
    )
    return record(entry).id
