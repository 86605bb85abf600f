"""The worker's part of chasing: holders that can be asked by machine are asked, and their answers read."""

import logging
from uuid import UUID

from django.db import transaction

from safelight.recall.models import Consequence
from safelight.recall.ports import Answer, CopyHolder, CopyLine, wiring
from safelight.recall.rules import may_go
from safelight.recall.services.cascade import close_if_settled
from safelight.recall.services.chasing import Said, mark_asked, mark_ended
from safelight.vocabulary.recall import CHASING, ConsequenceKind, ConsequenceState

_log = logging.getLogger(__name__)
_BY_MACHINE = Said(actor=None)


def ask_holders() -> int:
    """Go through every line that is chased; how many went on. One that fails keeps no other back."""
    states = [item.value for item in CHASING]
    rows = Consequence.objects.filter(state__in=states).order_by("id")
    return sum(_go_on(row) for row in list(rows))


def _go_on(row: Consequence) -> bool:
    holder = wiring.holders.get(ConsequenceKind(row.kind))
    if holder is None:
        return False
    line = CopyLine(row.id, row.target)
    try:
        if row.state == ConsequenceState.TO_ASK:
            return _ask(holder, line)
        return _take_answer(holder, line)
    except Exception as error:  # noqa: BLE001 - whatever it is, the line stays open and is seen
        _log.warning("asking for a copy met %s and is tried again", type(error).__name__)
        return False


def _ask(holder: CopyHolder, line: CopyLine) -> bool:
    if not holder.ask(line).was_sent:
        return False
    with transaction.atomic():
        row = _locked(line.id)
        if row.state != ConsequenceState.TO_ASK:  # a person was quicker
            return False
        mark_asked(row, _BY_MACHINE)
    return True


def _take_answer(holder: CopyHolder, line: CopyLine) -> bool:
    answer = holder.answer(line)
    if answer is None:
        return False
    with transaction.atomic():
        row = _locked(line.id)
        state = _end(answer)
        if not may_go(ConsequenceState(row.state), state):
            return False
        mark_ended(row, state, _BY_MACHINE, answer.refused)
    close_if_settled(row.withdrawal_id)
    return True


def _end(answer: Answer) -> ConsequenceState:
    refused = answer.refused is not None
    return ConsequenceState.NOT_RETRACTABLE if refused else ConsequenceState.ACKNOWLEDGED


def _locked(line: UUID) -> Consequence:
    rows = Consequence.objects.select_for_update(of=("self",)).select_related("withdrawal")
    return rows.get(id=line)
