"""How often somebody may try something, counted for all processes together.

GCRA (the leaky bucket of ATM Forum TM 4.0, 4.4.2): one moment per key, from which on everything is
free again, instead of a count that has to be reset.
"""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from safelight.people.models import AttemptLimit


def free_after(free_at: datetime, now: datetime, rate: int, per: timedelta) -> datetime | None:
    """When all is free again after one more attempt now; None if the attempt is one too many.

    `rate` attempts may come at once, then one every `per / rate`. A `free_at` that lies further
    ahead than `per` comes from a clock that went back, and counts as `per`.
    """
    begins = min(max(free_at, now), now + per)
    following = begins + per / rate
    return following if following <= now + per else None


def allow(bucket: str, key: str, *, rate: int, per: timedelta) -> bool:
    """Count one attempt of `key` in `bucket`; whether it is within `rate` attempts `per` time.

    Only a hash of `key` is kept.
    """
    now = timezone.now()
    key_hash = hashlib.sha256(key.encode()).hexdigest()
    with transaction.atomic():
        row, is_new = AttemptLimit.objects.select_for_update().get_or_create(
            bucket=bucket, key_hash=key_hash, defaults={"free_at": now}
        )
        following = free_after(row.free_at, now, rate, per)
        if following is not None:
            row.free_at = following
            row.save(update_fields=["free_at"])
    if is_new:
        AttemptLimit.objects.filter(free_at__lt=now).delete()
    return following is not None
