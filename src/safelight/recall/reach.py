"""What one withdrawal reaches: its agreements, its pictures, and which of them left the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from safelight.consent.erasing import signed_papers
from safelight.consent.models import AgreementImage
from safelight.consent.services.ending import records_of
from safelight.patients.selectors import surviving_patient
from safelight.photos.models import Photograph
from safelight.publishing.recalling import pages_with
from safelight.recall.models import Withdrawal
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.recall import FROM_CARE, WithdrawalScope

_HERE = (PhotographState.SEALED, PhotographState.VERIFIED, PhotographState.UNREADABLE)


@dataclass(frozen=True)
class Reach:
    """`agreements` ended, or lost pictures. `photographs` may be used less than before `at`;
    `from_care` left the record. `withdrawn_on` is the day of `at`.
    """

    withdrawal: UUID
    at: datetime
    agreements: tuple[UUID, ...]
    photographs: frozenset[UUID]
    from_care: tuple[UUID, ...]

    @property
    def withdrawn_on(self) -> date:
        return self.at.date()


def reach_of(row: Withdrawal) -> Reach:
    agreements = tuple(row.agreements.order_by("id").values_list("agreement", flat=True))
    from_care = tuple(_left_care(row))
    return Reach(
        withdrawal=row.id,
        at=row.at,
        agreements=agreements,
        photographs=frozenset(_used(row, agreements)) | frozenset(from_care),
        from_care=from_care,
    )


def _used(row: Withdrawal, agreements: Sequence[UUID]) -> set[UUID]:
    """One picture where it is about one; else everything that its agreements opened till then."""
    if row.target and row.scope == WithdrawalScope.PICTURE:
        return leaving_with(row.target)
    if row.target and row.scope == WithdrawalScope.PICTURE_USES:
        return {row.target}
    listed = AgreementImage.objects.filter(agreement__in=agreements)
    return set(listed.values_list("photograph", flat=True))


def _left_care(row: Withdrawal) -> list[UUID]:
    if WithdrawalScope(row.scope) not in FROM_CARE:
        return []
    rows = Photograph.objects.filter(
        patient__in=records_of(surviving_patient(row.patient_id)),
        state=PhotographState.WITHDRAWN.value,
    )
    if row.target is not None:
        rows = rows.filter(id__in=leaving_with(row.target))
    return list(rows.order_by("id").values_list("id", flat=True))


def leaving_with(photograph: UUID) -> set[UUID]:
    """What leaves the record with this picture: itself, and the pages of layouts that show it."""
    return {photograph} | pages_with([photograph])


def in_record(patient: UUID) -> QuerySet[Photograph]:
    """The pictures that can be taken out of the record of treatment; no form signed on paper is one."""
    rows = Photograph.objects.filter(
        patient__in=records_of(patient), state__in=[item.value for item in _HERE]
    )
    papers = signed_papers(list(rows.values_list("id", flat=True)))
    return rows.exclude(id__in=papers)
