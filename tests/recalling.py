"""Taking back, by the real verbs, and what became of it."""

from uuid import UUID

from safelight.consent.visits import Visit
from safelight.people.asker import Asker
from safelight.recall.models import Consequence, Withdrawal
from safelight.recall.services.withdrawing import Order, withdraw, withdraw_for
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, WithdrawalScope

CHECKED = "Called back on the number in the record, birth date and address were right."


def takes_back(visit: Visit, scope: WithdrawalScope, target: UUID | None = None) -> Withdrawal:
    return Withdrawal.objects.get(id=withdraw(visit, Order(scope, target)))


def takes_back_by_phone(
    asker: Asker, patient: UUID, scope: WithdrawalScope, target: UUID | None = None
) -> Withdrawal:
    found = withdraw_for(asker, patient, Order(scope, target), CHECKED)
    return Withdrawal.objects.get(id=found)


def lines(withdrawal: Withdrawal) -> dict[tuple[ConsequenceKind, UUID], ConsequenceState]:
    """Every line of the board, by what it is about."""
    rows = Consequence.objects.filter(withdrawal=withdrawal)
    return {(ConsequenceKind(row.kind), row.target): ConsequenceState(row.state) for row in rows}


def states_of(withdrawal: Withdrawal, kind: ConsequenceKind) -> list[ConsequenceState]:
    return [state for (found, _), state in lines(withdrawal).items() if found is kind]
