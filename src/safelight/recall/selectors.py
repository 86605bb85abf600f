"""Reads of what was taken back, as plain values: for the signer who did it, and for who treats them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from safelight.consent.models import Agreement, PatientAccess
from safelight.consent.records import recipient_name
from safelight.consent.services.ending import may_withdraw, records_of
from safelight.consent.services.standing import require_treating
from safelight.consent.visits import Reader, Visit
from safelight.engines.policy import AgreementStatus
from safelight.institution.retention import retention_numbered
from safelight.institution.selectors import current_zone
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.recall.errors import WithdrawalNotFoundError
from safelight.recall.fates import locked_after_call
from safelight.recall.models import Consequence, LegalCustody, Withdrawal
from safelight.recall.naming import names_of, purposes_of
from safelight.recall.reach import in_record
from safelight.recall.rules import is_overdue
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import (
    FROM_CARE,
    ConsequenceKind,
    ConsequenceState,
    Fate,
    WhyNotRetractable,
    WithdrawalChannel,
    WithdrawalScope,
)


@dataclass(frozen=True)
class Kept:
    """Why a picture lies under lock. `grounds`: of the law, in words. `until` None: a legal hold.

    `is_after_call`: staff took it back for the patient, and it waits in case nobody had asked.
    """

    grounds: tuple[str, ...]
    until: date | None
    is_after_call: bool


@dataclass(frozen=True, kw_only=True)
class WithdrawalLine:
    """One consequence. PHI: `who`, the person, lecture or publication by name, or ""."""

    id: UUID
    kind: ConsequenceKind
    target: UUID
    state: ConsequenceState
    who: str
    purpose: Purpose | None
    why_not: WhyNotRetractable | None
    kept: Kept | None
    due_on: date | None
    is_overdue: bool
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ListedWithdrawal:
    """One act of taking back, as lists show it.

    Where it is about one use, `agreement` is the one that ended, and `purpose` what it was for.
    """

    id: UUID
    patient: UUID
    scope: WithdrawalScope
    channel: WithdrawalChannel
    at: datetime
    agreement: UUID | None
    purpose: Purpose | None
    is_closed: bool


@dataclass(frozen=True, kw_only=True)
class WithdrawalView(ListedWithdrawal):
    """With everything that follows from it. Not `is_listed`: the lines are still being found."""

    lines: tuple[WithdrawalLine, ...]
    taken_by_name: str
    is_listed: bool


def may_leave_record(visit: Visit) -> bool:
    """Whether this signer may take pictures out of the record: the patient in person alone."""
    return visit.is_patient


def has_uses(visit: Visit) -> bool:
    """Whether there is an agreement in force that this signer may end."""
    rows = Agreement.objects.filter(
        patient__in=records_of(surviving_patient(visit.patient)),
        status=AgreementStatus.ACTIVE.value,
    )
    return any(may_withdraw(visit, row) for row in rows)


def has_pictures(patient: UUID) -> bool:
    """Whether anything is left in the record that could be taken out of it."""
    return in_record(surviving_patient(patient)).exists()


def my_withdrawals(visit: Visit) -> list[ListedWithdrawal]:
    """The newest first: for the patient in person everything, else what was taken back as this signer."""
    return _listed(theirs(visit))


def withdrawal_view(visit: Visit, withdrawal: UUID) -> WithdrawalView:
    """WithdrawalNotFoundError for what is not theirs, and for what is not there."""
    row = theirs(visit).filter(id=withdrawal).first()
    if row is None:
        raise WithdrawalNotFoundError
    return _view(row)


def has_left_record(visit: Visit) -> bool:
    """Whether the patient in person took all pictures out of the record, at some time."""
    everything = WithdrawalScope.EVERYTHING.value
    return visit.is_patient and theirs(visit).filter(scope=everything).exists()


def left_record(patient: UUID) -> bool:
    """Whether pictures were taken out of the record, at some time; the caller may open it."""
    scopes = [item.value for item in FROM_CARE]
    return _of_patient(surviving_patient(patient)).filter(scope__in=scopes).exists()


def withdrawals_of(asker: Asker, patient: UUID) -> list[ListedWithdrawal]:
    """The newest first; ProposalNotFoundError unless the asker treats the patient."""
    return _listed(_of_patient(require_treating(asker, patient)))


def withdrawal_of(asker: Asker, patient: UUID, withdrawal: UUID) -> WithdrawalView:
    """One of the patient's; raises as `withdrawals_of`, and WithdrawalNotFoundError."""
    row = _of_patient(require_treating(asker, patient)).filter(id=withdrawal).first()
    if row is None:
        raise WithdrawalNotFoundError
    return _view(row)


@dataclass(frozen=True)
class UseInForce:
    """An agreement that could be taken back for the patient. PHI: `named`."""

    id: UUID
    purpose: Purpose
    audience: Audience
    people: int | None
    named: str


def uses_in_force(asker: Asker, patient: UUID) -> list[UseInForce]:
    """From near to far; ProposalNotFoundError unless the asker treats the patient."""
    rows = Agreement.objects.filter(
        patient__in=records_of(require_treating(asker, patient)),
        status=AgreementStatus.ACTIVE.value,
    )
    found = [
        UseInForce(
            row.id, Purpose(row.purpose), Audience(row.audience), row.people, recipient_name(row)
        )
        for row in rows.order_by("id")
    ]
    return sorted(found, key=lambda item: list(Purpose).index(item.purpose))


def _of_patient(patient: UUID) -> QuerySet[Withdrawal]:
    rows = Withdrawal.objects.filter(patient__in=records_of(surviving_patient(patient)))
    return rows.select_related("taken_by").order_by("-at", "id")


def theirs(visit: Reader) -> QuerySet[Withdrawal]:
    """INVARIANT: who is not the patient reads of what was taken back for their own request alone."""
    rows = _of_patient(visit.patient)
    if visit.is_patient:
        return rows
    ways_in = PatientAccess.objects.filter(proposal=visit.proposal)
    return rows.filter(access__in=ways_in.values("id"))


def _listed(rows: Iterable[Withdrawal]) -> list[ListedWithdrawal]:
    listed = list(rows)
    purposes = _purposes(listed)
    return [
        ListedWithdrawal(
            id=row.id,
            patient=surviving_patient(row.patient_id),
            scope=WithdrawalScope(row.scope),
            channel=WithdrawalChannel(row.channel),
            at=row.at,
            agreement=row.target if row.scope == WithdrawalScope.USE else None,
            purpose=purposes.get(row.target) if row.target else None,
            is_closed=row.closed_at is not None,
        )
        for row in listed
    ]


def _purposes(rows: Iterable[Withdrawal]) -> dict[UUID, Purpose]:
    uses = [row.target for row in rows if row.scope == WithdrawalScope.USE and row.target]
    return purposes_of(uses)


def _view(row: Withdrawal) -> WithdrawalView:
    listed = _listed([row])[0]
    return WithdrawalView(
        **vars(listed),
        lines=tuple(_lines(list(row.consequences.order_by("kind", "state", "id")))),
        taken_by_name=row.taken_by.display_name if row.taken_by else "",
        is_listed=row.planned_at is not None,
    )


def _lines(rows: Sequence[Consequence]) -> Iterable[WithdrawalLine]:
    targets: defaultdict[ConsequenceKind, list[UUID]] = defaultdict(list)
    for row in rows:
        targets[ConsequenceKind(row.kind)].append(row.target)
    names = {kind: names_of(kind, listed) for kind, listed in targets.items()}
    purposes = purposes_of(targets[ConsequenceKind.AGREEMENT])
    sealed = [row for row in rows if row.state == ConsequenceState.SEALED]
    kept = _kept_pictures([row for row in sealed if row.kind == ConsequenceKind.PICTURE])
    today = timezone.now().astimezone(current_zone()).date()
    for row in rows:
        kind, state = ConsequenceKind(row.kind), ConsequenceState(row.state)
        yield WithdrawalLine(
            id=row.id,
            kind=kind,
            target=row.target,
            state=state,
            who=names[kind].get(row.target, ""),
            purpose=purposes.get(row.target),
            why_not=WhyNotRetractable(row.reason) if row.reason else None,
            kept=kept.get(row.id),
            due_on=row.due_on,
            is_overdue=is_overdue(state, row.due_on, today),
            settled_at=row.settled_at,
        )


def _kept_pictures(rows: Sequence[Consequence]) -> dict[UUID, Kept]:
    """By line. A tombstone does not say of which class the picture was, nor need it."""
    targets = [row.target for row in rows]
    custody = LegalCustody.objects.in_bulk(targets)
    received = dict(Photograph.objects.filter(id__in=targets).values_list("id", "received_at"))
    found = {}
    for row in rows:
        until = custody[row.target].keep_until if row.target in custody else None
        day = received[row.target].astimezone(current_zone()).date()
        waits = until is not None and until == locked_after_call(row.withdrawal_id)
        found[row.id] = Kept(() if waits else _grounds(row.retention, day, until), until, waits)
    return found


def _grounds(number: int | None, received: date, until: date | None) -> tuple[str, ...]:
    """The grounds of those rules by which it is kept till that day; of none under a legal hold."""
    if until is None:
        return ()
    years = until.year - received.year
    rules = retention_numbered(number).rules.values()
    fitting = [item for item in rules if item.fate is Fate.SEAL and item.years == years]
    return tuple(dict.fromkeys(item.ground for item in fitting))


def scopes_of_all(visit: Visit) -> tuple[WithdrawalScope, ...]:
    """What this signer may take back as a whole, from less to more."""
    scopes = (WithdrawalScope.ALL_USES, WithdrawalScope.EVERYTHING)
    return tuple(item for item in scopes if item not in FROM_CARE or may_leave_record(visit))
