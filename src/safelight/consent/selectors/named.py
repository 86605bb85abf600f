"""Agreements to one named recipient or work, as the rooms above follow them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from safelight.consent.models import Agreement, AgreementImage
from safelight.consent.records import recipient_name
from safelight.consent.services.ending import records_of
from safelight.engines.policy import AgreementStatus
from safelight.patients.selectors import surviving_patient
from safelight.vocabulary.purposes import Purpose


@dataclass(frozen=True)
class NamedAgreement:
    """One of them. PHI: `named`. `was_agreed`: the patient said yes once, whatever became of it."""

    id: UUID
    proposal: UUID
    purpose: Purpose
    recipient: UUID
    named: str
    status: AgreementStatus
    was_agreed: bool
    decided_at: datetime | None
    ends_on: date | None
    photographs: frozenset[UUID]
    """Those that it opens now; for one that ended, those that it opened last."""


def named_agreements(
    patient: UUID, purpose: Purpose, recipient: UUID | None = None
) -> list[NamedAgreement]:
    """The patient's agreements to this purpose by name, the newest first; those of merged records too.

    The caller has made sure that the asker may open the record. What a row says is no permit: the
    gate compares it with what was signed.
    """
    rows = Agreement.objects.filter(
        patient__in=records_of(surviving_patient(patient)), purpose=purpose.value
    ).exclude(recipient=None)
    if recipient is not None:
        rows = rows.filter(recipient=recipient)
    listed = list(rows.order_by("-decided_at", "id"))
    pictures = _pictures(listed)
    return [_named(row, pictures.get(row.id, frozenset())) for row in listed]


def _named(row: Agreement, photographs: frozenset[UUID]) -> NamedAgreement:
    status = AgreementStatus(row.status)
    return NamedAgreement(
        id=row.id,
        proposal=row.proposal_id,
        purpose=Purpose(row.purpose),
        recipient=row.recipient or UUID(int=0),
        named=recipient_name(row),
        status=status,
        # Only what was agreed to has a first day; marked as a mistake it never counted.
        was_agreed=row.starts_on is not None and status is not AgreementStatus.ENTERED_IN_ERROR,
        decided_at=row.decided_at,
        ends_on=row.ends_on,
        photographs=photographs,
    )


def _pictures(rows: Sequence[Agreement]) -> dict[UUID, frozenset[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    images = AgreementImage.objects.filter(agreement__in=rows).values_list(
        "agreement", "agreement__status", "photograph", "ended_at"
    )
    for agreement, status, photograph, ended_at in images:
        if ended_at is None or status != AgreementStatus.ACTIVE.value:
            found.setdefault(agreement, set()).add(photograph)
    return {agreement: frozenset(photographs) for agreement, photographs in found.items()}
