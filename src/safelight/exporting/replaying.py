"""After a restore of an older record: no copy is fetched by a link that may have been ended since.

A step of `project/backup/replaying.py`; it may run again after a crash.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import record
from safelight.exporting.models import CopyLink
from safelight.exporting.services.standing import entry_about, lock_link
from safelight.vocabulary.events import EventTag


def end_every_link() -> int:
    """Revoke what was in force when the record was copied; how many. Their senders make new ones."""
    rows = CopyLink.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    alive = list(rows.values_list("id", flat=True))
    for link in alive:
        _end(link)
    return len(alive)


def _end(link: UUID) -> None:
    with transaction.atomic():
        row = lock_link(link)
        row.revoked_at, row.binding, row.ended_by_restore = timezone.now(), b"", True
        row.save(update_fields=["revoked_at", "binding", "ended_by_restore"])
        record(entry_about(EventTag.EXPORTING_LINK_REVOKED, row, None))
