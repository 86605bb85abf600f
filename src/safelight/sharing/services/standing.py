"""Who on the staff may work on a share: whoever treats the patient. Refusals look like *missing*."""

from collections.abc import Mapping
from uuid import UUID

from safelight.audit.services import Detail, Entry, record
from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.services.standing import require_treating
from safelight.people.asker import Asker
from safelight.sharing.errors import ShareNotFoundError
from safelight.sharing.guests import share_binding
from safelight.sharing.models import Share
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.purposes import Purpose


def require_patient(asker: Asker, patient: UUID) -> UUID:
    """The record that holds the patient now; ShareNotFoundError if the asker may not work in it."""
    try:
        return require_treating(asker, patient)
    except ProposalNotFoundError as error:
        raise ShareNotFoundError from error


def require_share(asker: Asker, share: UUID) -> None:
    """ShareNotFoundError if it is not the asker's to see. Call it before a transaction opens."""
    patient = Share.objects.filter(id=share).values_list("patient", flat=True).first()
    if patient is None:
        raise ShareNotFoundError
    require_patient(asker, patient)


def lock_share(share: UUID) -> Share:
    """The row, nobody else's until the open transaction ends."""
    rows = Share.objects.select_for_update(of=("self",)).select_related("agreement")
    row = rows.filter(id=share).first()
    if row is None:
        raise ShareNotFoundError
    return row


def save_tries(share: Share) -> None:
    """The count of wrong codes and the lock, in the open transaction that holds the row.

    INVARIANT: what was revoked is not bound anew.
    """
    if share.revoked_at is None:
        share.binding = share_binding(share)
    share.save(update_fields=["failed_attempts", "locked_at", "binding"])


def record_share(
    tag: EventTag,
    share: Share,
    actor: UUID | None,
    *others: UUID,
    outcome: Outcome = Outcome.SUCCESS,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """One event about a share in the open transaction; its first object is the share."""
    record(
        Entry(
            tag=tag,
            actor=actor,
            subject=share.patient_id,
            purpose=Purpose.SECOND_OPINION.value,
            outcome=outcome,
            objects=(share.id, *others),
            details=details or {},
        )
    )
