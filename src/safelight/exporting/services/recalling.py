"""Withdrawal reaches the links to copies: nothing is fetched by them already; here they are closed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from safelight.audit.services import record
from safelight.consent.records import recipient_name
from safelight.exporting.models import CopyLink, CopyRequest
from safelight.exporting.services.standing import entry_about, lock_link
from safelight.vocabulary.events import EventTag


def links_reached(
    agreements: Collection[UUID], photographs: Collection[UUID], at: datetime
) -> list[UUID]:
    """Links under these agreements by which one of the pictures could still be fetched."""
    rows = _listing(agreements, photographs).filter(revoked_at=None, expires_at__gt=at)
    return list(rows.values_list("id", flat=True))


def copies_that_left(agreements: Collection[UUID], photographs: Collection[UUID]) -> list[UUID]:
    """Links by which a copy left with one of the pictures, whether they are over or not."""
    left = CopyRequest.objects.exclude(fetched_at=None).values("link")
    return list(_listing(agreements, photographs).filter(id__in=left).values_list("id", flat=True))


def _listing(agreements: Collection[UUID], photographs: Collection[UUID]) -> QuerySet[CopyLink]:
    rows = CopyLink.objects.filter(agreement__in=agreements, pictures__photograph__in=photographs)
    return rows.distinct()


def take_back_link(link: UUID) -> None:
    """Closed, whatever else it lists: a copy is of all its pictures or of none. 404 from now on."""
    with transaction.atomic():
        row = lock_link(link)
        if row.revoked_at is not None:
            return
        row.revoked_at, row.binding = timezone.now(), b""
        row.save(update_fields=["revoked_at", "binding"])
        record(entry_about(EventTag.EXPORTING_LINK_REVOKED, row, None))


def deletion_was_asked(link: UUID, actor: UUID) -> None:
    """Somebody asked whoever fetched it to delete it; noted once."""
    with transaction.atomic():
        row = lock_link(link)
        if row.deletion_asked_at is None:
            row.deletion_asked_at = timezone.now()
            row.save(update_fields=["deletion_asked_at"])
            record(entry_about(EventTag.EXPORTING_DELETION_ASKED, row, actor))


def recipients_of_links(links: Collection[UUID]) -> dict[UUID, str]:
    """Whom each was for, also once it is over. PHI."""
    rows = CopyLink.objects.filter(id__in=links).select_related("agreement")
    return {row.id: recipient_name(row.agreement) for row in rows}
