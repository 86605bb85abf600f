"""Withdrawal reaches the shares: what is shown by them is dark already; here they are closed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.consent.records import recipient_name
from safelight.engines.policy import AgreementStatus
from safelight.sharing.guests import listed
from safelight.sharing.models import Share
from safelight.sharing.services.giving import end_openings
from safelight.sharing.services.standing import lock_share, record_share
from safelight.vocabulary.events import EventTag


def shares_reached(
    agreements: Collection[UUID], photographs: Collection[UUID], at: datetime
) -> list[UUID]:
    """Shares under these agreements that showed one of the pictures when it was taken back."""
    rows = Share.objects.filter(
        agreement__in=agreements,
        pictures__photograph__in=photographs,
        revoked_at=None,
        expires_at__gt=at,
    )
    return list(rows.distinct().values_list("id", flat=True))


def take_back_share(share: UUID, photographs: Collection[UUID]) -> None:
    """Revoked where nothing is left to show; else whoever has it open has to come in again."""
    with transaction.atomic():
        row = lock_share(share)
        if row.revoked_at is not None:
            return
        end_openings(row)
        has_ended = row.agreement.status != AgreementStatus.ACTIVE
        if has_ended or set(listed(row)) <= set(photographs):
            row.revoked_at, row.binding = timezone.now(), b""
            row.save(update_fields=["revoked_at", "binding"])
            record_share(EventTag.SHARING_SHARE_REVOKED, row, None)


def recipients_of_shares(shares: Collection[UUID]) -> dict[UUID, str]:
    """Whom each was for, also once it is over. PHI."""
    rows = Share.objects.filter(id__in=shares).select_related("agreement")
    return {row.id: recipient_name(row.agreement) for row in rows}
