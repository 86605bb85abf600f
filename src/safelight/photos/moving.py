"""Wrong patient: a new record where the picture belongs, the old one entered in error.

The bytes are not copied and not opened. Their keys are granted to the right patient's custodian
and taken from the wrong one's, so that the wrong record can open them no more.
"""

from copy import copy
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.photos.errors import MoveRefusedError
from safelight.photos.forms import PREPARED
from safelight.photos.models import Photograph, RenditionRow, UnfinishedMove
from safelight.photos.services import content_token, is_taken_back
from safelight.vault.custodians import Holder, drop_agreement_grants, drop_grants, hand_over
from safelight.vault.fields import SealedFields, patient_fields
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState

LONGEST_MOVE = timedelta(minutes=10)


class MoveReason(Coded):
    """How a picture came into the wrong record."""

    WRONG_PATIENT_OPEN = "wrong-patient-open", "Another patient's record was open"
    WRISTBAND = "wristband", "The wristband or the list was wrong"
    FILES = "files", "Files of several patients were imported together"
    OTHER = "other", "Another reason"


def move_photograph(photograph: UUID, target: UUID, *, actor: UUID, reason: MoveReason) -> UUID:
    """Move one verified picture to `target`; the id of its new record.

    Raises MoveRefusedError when it is not verified, gone, or there already.
    """
    rows = Photograph.objects.filter(id=photograph, state=PhotographState.VERIFIED.value)
    source = rows.values_list("patient", flat=True).first()
    if source is None or source == target:
        raise MoveRefusedError
    _settle_or_refuse(photograph)
    UnfinishedMove.objects.create(photograph_id=photograph, source=source, target=target)
    hand_over(_objects_of(photograph), _care(source), _care(target))
    moved = _move_rows(photograph, target, actor=actor, reason=reason)
    _settle(UnfinishedMove.objects.get(photograph=photograph))
    return moved


def settle_unfinished_moves() -> int:
    """Finish what a crash left half done: the keys stay with whichever record has the picture."""
    rows = list(UnfinishedMove.objects.filter(started_at__lt=timezone.now() - LONGEST_MOVE))
    for row in rows:
        _settle(row)
    return len(rows)


def _settle_or_refuse(photograph: UUID) -> None:
    """A move under way is left alone; one that a crash left behind is settled first."""
    row = UnfinishedMove.objects.filter(photograph=photograph).first()
    if row is None:
        return
    if timezone.now() - row.started_at < LONGEST_MOVE:
        raise MoveRefusedError("This picture is being moved just now.")
    _settle(row)


def _settle(row: UnfinishedMove) -> None:
    """Take the keys from the record that does not hold the picture, and forget the move."""
    is_done = Photograph.objects.filter(moved_from=row.photograph_id).exists()
    holder = Photograph.objects.get(moved_from=row.photograph_id) if is_done else row.photograph
    loser = row.source if is_done else row.target
    drop_grants(_objects_of(holder.id), _care(loser))
    if is_done:
        # What was covered in the wrong record stays there, dark: a moved picture is prepared anew.
        drop_grants(_objects_of(row.photograph_id))
        # INVARIANT: what one patient agreed to opens no picture of another's.
        drop_agreement_grants(_objects_of(holder.id))
    row.delete()


def _objects_of(photograph: UUID) -> list[UUID]:
    return list(RenditionRow.objects.filter(photograph=photograph).values_list("id", flat=True))


def _care(patient: UUID) -> Holder:
    return Holder(CustodianKind.CARE, patient)


def _move_rows(photograph: UUID, target: UUID, *, actor: UUID, reason: MoveReason) -> UUID:
    with transaction.atomic():
        old = (
            Photograph.objects.select_for_update()
            .filter(id=photograph, state=PhotographState.VERIFIED.value)
            .first()
        )
        if old is None:  # somebody moved it meanwhile
            raise MoveRefusedError
        new = _copied(old, target)
        taken = RenditionRow.objects.filter(photograph=old).exclude(rendition__in=PREPARED)
        taken.update(photograph=new)
        old.state = PhotographState.ENTERED_IN_ERROR.value
        old.save(update_fields=["state"])
        _record(old, new, actor, reason)
    return new.id


def _copied(old: Photograph, target: UUID) -> Photograph:
    """The new record: the same picture and label, sealed anew, without the other's encounter."""
    giver, taker = patient_fields(old.patient_id), patient_fields(target)
    new = copy(old)
    new.id, new.upload = uuid4(), uuid4()
    facts = giver.unseal_data("facts", old.id, old.sealed_facts)
    new.patient_id = target
    new.encounter = None
    new.moved_from = old
    if is_taken_back(target, old.received_at):
        new.state = PhotographState.WITHDRAWN.value
    new.sealed_facts = taker.seal_data("facts", new.id, facts)
    new.sealed_description = _resealed(old, new, giver, taker)
    new.content_token = content_token(target, bytes.fromhex(facts["received_sha256"]))
    new.save(force_insert=True)
    # The day on which it came here counts for how long it is kept, not the day of the move.
    Photograph.objects.filter(id=new.id).update(received_at=old.received_at)
    return new


def _resealed(old: Photograph, new: Photograph, giver: SealedFields, taker: SealedFields) -> bytes:
    sealed = bytes(old.sealed_description)
    if not sealed:
        return b""
    return taker.seal("description", new.id, giver.unseal("description", old.id, sealed))


def _record(old: Photograph, new: Photograph, actor: UUID, reason: MoveReason) -> None:
    record(
        Entry(
            tag=EventTag.PHOTOGRAPH_ENTERED_IN_ERROR,
            actor=actor,
            subject=old.patient_id,
            objects=(old.id,),
            details={"reason": reason.value},
        )
    )
    record(
        Entry(
            tag=EventTag.PHOTOGRAPH_MOVED,
            actor=actor,
            subject=new.patient_id,
            objects=(new.id,),
            details={"reason": reason.value},
        )
    )
