"""After a restore of an older record: no share goes on, since nobody knows which were ended since.

A step of `project/backup/replaying.py`; it may run again after a crash.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.sharing.models import Share
from safelight.sharing.services.giving import end_openings
from safelight.sharing.services.standing import lock_share, record_share
from safelight.vocabulary.events import EventTag


def end_every_share() -> int:
    """Revoke what was in force when the record was copied; how many. Their senders give new ones.

    INVARIANT: what was over then is unbound, so that nobody extends what may have been revoked.
    """
    rows = Share.objects.filter(revoked_at=None)
    alive = list(rows.filter(expires_at__gt=timezone.now()).values_list("id", flat=True))
    rows.exclude(id__in=alive).update(binding=b"")
    for share in alive:
        _end(share)
    return len(alive)


def _end(share: UUID) -> None:
    with transaction.atomic():
        row = lock_share(share)
        row.revoked_at, row.binding, row.ended_by_restore = timezone.now(), b"", True
        row.save(update_fields=["revoked_at", "binding", "ended_by_restore"])
        end_openings(row)
        record_share(EventTag.SHARING_SHARE_REVOKED, row, None)
