"""Agreements that name a recipient outside: what can be given under one, decided by the gate itself.

For the rooms that give something to somebody outside: a share to look by, a link to a copy.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from safelight.consent.models import Agreement, AgreementImage
from safelight.consent.records import recipient_name
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader
from safelight.engines.policy import (
    AgreementStatus,
    CitedAgreement,
    ReferenceFacts,
    ReferenceState,
)
from safelight.institution.selectors import current_policy, current_zone
from safelight.patients.selectors import surviving_patient
from safelight.photos.models import Photograph
from safelight.photos.selectors import PhotographView, photographs_in_order
from safelight.release.facts import Use
from safelight.release.references import Look, may_show
from safelight.release.rules import Term
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.clocks import end_of_day
from safelight.vocabulary.photograph import REASON_REQUIRED
from safelight.vocabulary.purposes import Purpose

GIVEN_OUTSIDE: Final = (Purpose.SECOND_OPINION, Purpose.RECORD_COPY)
"""For what something is given to a recipient whom an agreement names."""


@dataclass(frozen=True)
class Offer:
    """An agreement under which pictures can be given now. PHI: the recipient."""

    agreement: UUID
    recipient: str
    ends_at: datetime | None
    photographs: tuple[PhotographView, ...]


def use_of(agreement: Agreement) -> Use:
    """What the recipient whom it names may do.

    INVARIANT: whatever somebody wrote into the row, it is no other use than these. What is neither is
    asked about as a second opinion, to which no such row is an agreement.
    """
    known = (item for item in GIVEN_OUTSIDE if item.value == agreement.purpose)
    purpose = next(known, Purpose.SECOND_OPINION)
    return Use(purpose, Audience.ONE_RECIPIENT, agreement.recipient)


def offers(patient: UUID, purpose: Purpose) -> list[Offer]:
    """What can be given of this patient now for a purpose, and to whom; the newest agreement first.

    Decided by the policy: a page never offers what the gate would refuse.
    """
    rows = _naming_somebody(patient, purpose).filter(status=AgreementStatus.ACTIVE.value)
    found = [_offer(row) for row in rows.order_by("-decided_at", "id")]
    return [item for item in found if item.photographs]


def _naming_somebody(patient: UUID, purpose: Purpose) -> QuerySet[Agreement]:
    rows = Agreement.objects.filter(patient__in=records_of(patient), purpose=purpose.value)
    return rows.exclude(recipient=None)


def _offer(row: Agreement) -> Offer:
    images = AgreementImage.objects.filter(agreement=row, ended_at=None).order_by("id")
    wanted = dict.fromkeys(images.values_list("photograph", flat=True))
    shown = tuple(photographs_in_order(permitted(row, wanted)))
    return Offer(row.id, recipient_name(row), term_of(row).agreement_ends_at, shown)


def permitted(agreement: Agreement, wanted: Iterable[UUID]) -> tuple[UUID, ...]:
    """Those of `wanted` that the gate would show if something in force listed them.

    A reason that protected pictures need is taken as stated: it is asked for when it is given.
    """
    facts = ReferenceFacts(
        str(agreement.id),
        ReferenceState.IN_FORCE,
        lists_photograph=True,
        is_admitted=True,
        reason_stated=True,
    )
    use = use_of(agreement)
    return tuple(
        item
        for item in wanted
        if rests_on(agreement, Look(use=use, facts=facts, photograph=item, viewer=None))
    )


def rests_on(agreement: Agreement, look: Look) -> bool:
    """Permitted, and by this very agreement."""
    ground = may_show(look).ground
    return isinstance(ground, CitedAgreement) and ground.agreement_id == str(agreement.id)


def lock_agreement(patient: UUID, agreement: UUID, purpose: Purpose) -> Agreement | None:
    """The agreement, nobody else's until the transaction ends: a withdrawal comes before or after.

    None if there is none of this patient that names somebody for the purpose. It may have ended.
    """
    rows = _naming_somebody(patient, purpose).select_for_update(of=("self",))
    return rows.filter(id=agreement).first()


def term_of(agreement: Agreement) -> Term:
    """How long something under this agreement may last at most."""
    last = agreement.ends_on
    end = end_of_day(last, current_zone()) if last else None
    return Term(current_policy().longest_share_days, end)


def is_agreed(agreement: Agreement, wanted: list[UUID]) -> bool:
    """Whether these can be given, all of them and each once."""
    return bool(wanted) and list(permitted(agreement, dict.fromkeys(wanted))) == wanted


def needs_reason(photographs: Collection[UUID]) -> bool:
    """Whether intimate or forensic pictures are among them."""
    protected = [item.value for item in REASON_REQUIRED]
    return Photograph.objects.filter(id__in=photographs, sensitivity__in=protected).exists()


def readable_by(reader: Reader) -> Q:
    """Which rows of what was given under an agreement a reader of the patient's pages may see.

    The scope of `consent.selectors.mine`: for the patient in person everything of theirs, for
    whoever signs for them what was agreed to in their own request.
    """
    if reader.is_patient:
        return Q(patient__in=records_of(surviving_patient(reader.patient)))
    return Q(agreement__proposal=reader.proposal)
