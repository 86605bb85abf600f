"""Who on the staff may work on a link: whoever treats the patient. Refusals look like *missing*."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from safelight.audit.services import Detail, Entry
from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.services.standing import require_treating
from safelight.exporting.errors import CopyLinkNotFoundError
from safelight.exporting.models import CopyLink
from safelight.exporting.seals import link_binding
from safelight.people.asker import Asker
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.purposes import Purpose


def require_patient(asker: Asker, patient: UUID) -> UUID:
    """The record that holds the patient now; CopyLinkNotFoundError if it is not the asker's."""
    try:
        return require_treating(asker, patient)
    except ProposalNotFoundError as error:
        raise CopyLinkNotFoundError from error


def require_link(asker: Asker, link: UUID) -> None:
    """CopyLinkNotFoundError if it is not the asker's to see. Call it before a transaction opens."""
    patient = CopyLink.objects.filter(id=link).values_list("patient", flat=True).first()
    if patient is None:
        raise CopyLinkNotFoundError
    require_patient(asker, patient)


def lock_link(link: UUID) -> CopyLink:
    """The row, nobody else's until the open transaction ends."""
    rows = CopyLink.objects.select_for_update(of=("self",)).select_related("agreement")
    row = rows.filter(id=link).first()
    if row is None:
        raise CopyLinkNotFoundError
    return row


def save_tries(link: CopyLink, failed: int, locked_at: datetime | None = None) -> None:
    """So many wrong passcodes until now, in the open transaction that holds the row."""
    link.failed_attempts, link.locked_at = failed, locked_at
    link.binding = link_binding(link)
    link.save(update_fields=["failed_attempts", "locked_at", "binding"])


def entry_about(
    tag: EventTag,
    link: CopyLink,
    actor: UUID | None,
    *others: UUID,
    outcome: Outcome = Outcome.SUCCESS,
    details: Mapping[str, Detail] | None = None,
) -> Entry:
    """An event about a link; its first object is the link."""
    return Entry(
        tag=tag,
        actor=actor,
        subject=link.patient_id,
        purpose=Purpose.RECORD_COPY.value,
        outcome=outcome,
        objects=(link.id, *others),
        details=details or {},
    )
