"""Taking back. One transaction ends everything it is about; from its commit on every decision denies."""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.errors import ProposalNotFoundError, WithdrawalRefusedError
from safelight.consent.models import Agreement, AgreementImage
from safelight.consent.services.ending import (
    LONGEST_NOTE,
    SHORTEST_NOTE,
    end_agreements,
    end_pictures,
    may_withdraw,
    records_of,
)
from safelight.consent.services.standing import require_treating
from safelight.consent.visits import Visit, is_alive
from safelight.engines.policy import Decision, Reason
from safelight.patients.models import Patient
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.people.refusing import record_refused_access
from safelight.people.relationships import relationship
from safelight.photos.models import Photograph
from safelight.recall.errors import ScopeRefusedError
from safelight.recall.fates import end_waits
from safelight.recall.models import Consequence, Withdrawal, WithdrawnAgreement
from safelight.recall.reach import in_record, leaving_with
from safelight.recall.services.cascade import carry_out, plan
from safelight.recall.services.keeping import erase_if_due
from safelight.vocabulary.agreements import AccessKind
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.recall import (
    FROM_CARE,
    ConsequenceKind,
    WithdrawalChannel,
    WithdrawalScope,
)
from safelight.vocabulary.relationships import Relationship

MOST_AT_ONCE = 40
"""Lines that are carried out before the page answers; the worker goes on with more than these."""

_log = logging.getLogger(__name__)
_ABOUT_ONE = frozenset({WithdrawalScope.USE, WithdrawalScope.PICTURE_USES, WithdrawalScope.PICTURE})
_STAFF_LANGUAGE = "en"
_ONLY_BROKE_GLASS = (
    "Who opened the record by breaking the glass takes no pictures out of it. Somebody who treats the "
    "patient can, or the patient in person."
)


@dataclass(frozen=True)
class Order:
    """What is to be taken back; `target` is the agreement (USE) or the photograph (PICTURE…)."""

    scope: WithdrawalScope
    target: UUID | None = None


@dataclass(frozen=True)
class _Act:
    """One taking back: what, whose, by whom, and which agreements that person may end."""

    order: Order
    patient: UUID
    actor: UUID
    channel: WithdrawalChannel
    language: str
    agreements: tuple[UUID, ...]
    access: UUID | None = None
    staff: UUID | None = None
    identified_by: str = ""


def withdraw(visit: Visit, order: Order) -> UUID:
    """The signer takes back; no reason is asked. The withdrawal's id. Twice is as good as once.

    Raises ProposalNotFoundError for what is not theirs, ScopeRefusedError where only the patient in
    person may.
    """
    if order.scope in FROM_CARE and not visit.is_patient:
        raise ScopeRefusedError
    with transaction.atomic():
        current = _lock(visit.patient)
        if not is_alive(visit):
            raise ProposalNotFoundError
        return _withdraw(_act_of(visit, order, current))


def _act_of(visit: Visit, order: Order, current: UUID) -> _Act:
    by_copy = visit.kind is AccessKind.COPY
    return _Act(
        order=order,
        patient=current,
        actor=visit.access,
        channel=WithdrawalChannel.COPY if by_copy else WithdrawalChannel.PORTAL,
        language=visit.language,
        agreements=tuple(_of_visit(visit, current)),
        access=visit.access,
    )


def withdraw_for(
    asker: Asker, patient: UUID, order: Order, identified_by: str, language: str = _STAFF_LANGUAGE
) -> UUID:
    """The patient called, wrote or came; who took it notes how they made sure who it was.

    Raises ProposalNotFoundError unless the asker treats the patient, WithdrawalRefusedError without
    the note, and for pictures that are to leave the record on the word of who only broke the glass.
    """
    words = identified_by.strip()
    if not SHORTEST_NOTE <= len(words) <= LONGEST_NOTE:
        raise WithdrawalRefusedError
    _require_tie(asker, require_treating(asker, patient), order)
    with transaction.atomic():
        current = _lock(patient)
        theirs = Agreement.objects.filter(patient__in=records_of(current))
        act = _Act(
            order=order,
            patient=current,
            actor=asker.staff,
            channel=WithdrawalChannel.STAFF,
            language=language,
            agreements=tuple(theirs.values_list("id", flat=True)),
            staff=asker.staff,
            identified_by=words,
        )
        return _withdraw(act)


def _require_tie(asker: Asker, patient: UUID, order: Order) -> None:
    """INVARIANT: who only broke the glass ends uses at most; nothing is destroyed on their word."""
    if order.scope not in FROM_CARE:
        return
    if relationship(asker.staff, patient) is Relationship.NONE:
        record_refused_access(asker, patient, Decision(None, (Reason.NO_CARE_RELATIONSHIP,)))
        raise WithdrawalRefusedError(_ONLY_BROKE_GLASS)


def _of_visit(visit: Visit, current: UUID) -> list[UUID]:
    rows = Agreement.objects.filter(patient__in=records_of(current))
    return [row.id for row in rows if may_withdraw(visit, row)]


def _lock(patient: UUID) -> UUID:
    """The record that holds the patient now, and nobody else's until the open transaction ends.

    INVARIANT: of two words about one patient one is the later, as in `supersede`.
    """
    current = surviving_patient(patient)
    row = Patient.objects.select_for_update(no_key=True).get(id=current)
    return current if row.merged_into_id is None else _lock(current)


def _withdraw(act: _Act) -> UUID:
    _require_theirs(act)
    now = timezone.now()
    ended = _end(act)
    gone = _leave_record(act, now) if act.order.scope in FROM_CARE else 0
    heard = _end_waits(act)
    known = None if ended or gone or heard else _earlier(act)
    return known or _written(act, ended, now, heard)


def _end_waits(act: _Act) -> list[UUID]:
    """Pictures that staff took back, and that wait for a week unless the patient says the same."""
    if act.channel is WithdrawalChannel.STAFF or act.order.scope not in FROM_CARE:
        return []
    target = act.order.target
    return end_waits(act.patient, None if target is None else leaving_with(target))


def _require_theirs(act: _Act) -> None:
    target = act.order.target
    if (target is not None) is not (act.order.scope in _ABOUT_ONE):
        raise ProposalNotFoundError
    if act.order.scope is WithdrawalScope.USE:
        is_theirs = target in act.agreements
    elif target is not None:
        listed = AgreementImage.objects.filter(agreement__in=act.agreements, photograph=target)
        theirs = Photograph.objects.filter(id=target, patient__in=records_of(act.patient))
        is_theirs = listed.exists() or (_speaks_for_all(act) and theirs.exists())
    else:
        is_theirs = True
    if not is_theirs:
        raise ProposalNotFoundError


def _speaks_for_all(act: _Act) -> bool:
    """Whether the act may reach pictures that no agreement lists: from care, or through staff."""
    return act.staff is not None or act.order.scope in FROM_CARE


def _end(act: _Act) -> list[UUID]:
    details = {"identified_by": act.identified_by} if act.identified_by else None
    order = act.order
    if order.scope is WithdrawalScope.USE:
        return end_agreements([order.target] if order.target else [], act.actor, details)
    if order.target is not None:
        is_whole = order.scope is WithdrawalScope.PICTURE
        pictures = sorted(leaving_with(order.target)) if is_whole else [order.target]
        return end_pictures(pictures, act.agreements, act.actor, details)
    return end_agreements(act.agreements, act.actor, details)


def _leave_record(act: _Act, now: datetime) -> int:
    """INVARIANT: the state is what stops everybody, at the commit; keys and bytes follow."""
    rows = in_record(act.patient)
    if act.order.target is not None:
        rows = rows.filter(id__in=leaving_with(act.order.target))
    else:
        Patient.objects.filter(id__in=records_of(act.patient)).update(withdrew_at=now)
    return Photograph.objects.filter(id__in=rows.values("id")).update(
        state=PhotographState.WITHDRAWN.value
    )


def _earlier(act: _Act) -> UUID | None:
    """The act that did this already, if there was nothing left to take back."""
    rows = Withdrawal.objects.filter(
        patient__in=records_of(act.patient), scope=act.order.scope, target=act.order.target
    )
    return rows.order_by("-at").values_list("id", flat=True).first()


def _written(act: _Act, ended: list[UUID], now: datetime, heard: list[UUID]) -> UUID:
    withdrawal = uuid4()
    entry = record(
        Entry(
            tag=EventTag.RECALL_WITHDRAWN,
            actor=act.actor,
            subject=act.patient,
            objects=(withdrawal,),
            details={
                "scope": act.order.scope.value,
                "channel": act.channel.value,
                "identified_by": act.identified_by,
            },
            may_lack_details=True,  # INVARIANT: taking back waits for no key
        )
    )
    row = Withdrawal.objects.create(
        id=withdrawal,
        patient_id=act.patient,
        scope=act.order.scope.value,
        channel=act.channel.value,
        target=act.order.target,
        access=act.access,
        taken_by_id=act.staff,
        language=act.language,
        at=now,
        event=entry.id,
    )
    WithdrawnAgreement.objects.bulk_create(
        WithdrawnAgreement(withdrawal=row, agreement_id=item) for item in ended
    )
    Consequence.objects.bulk_create(
        Consequence(withdrawal=row, kind=ConsequenceKind.PICTURE.value, target=item)
        for item in heard
    )
    # A lambda, since Django cannot name a partial that fails.
    transaction.on_commit(lambda: _begin(withdrawal), robust=True)
    return withdrawal


def _begin(withdrawal: UUID) -> None:
    """List what follows, so that the page that comes next can say it; a short list is done at once."""
    try:
        plan(withdrawal)
        row = Withdrawal.objects.get(id=withdrawal)
        if row.consequences.count() <= MOST_AT_ONCE:
            pictures = row.consequences.filter(kind=ConsequenceKind.PICTURE.value)
            erase_if_due(pictures.values_list("target", flat=True))
            carry_out(withdrawal)
    except Exception as error:  # noqa: BLE001 - it is withdrawn; the worker goes on from here
        _log.warning("a withdrawal met %s and is carried on later", type(error).__name__)
