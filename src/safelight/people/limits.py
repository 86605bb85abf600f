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
    key_hash = _hash(key)
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


def begin_alone(bucket: str, key: str, *, lasting: timedelta) -> bool:
    """Begin what `key` may do only once at a time; False while it is under way elsewhere.

    A process that dies in the midst of it blocks `key` for no longer than `lasting`, counted from
    when it began or from when it last called `go_on_alone`.
    """
    now = timezone.now()
    with transaction.atomic():
        row, is_new = AttemptLimit.objects.select_for_update().get_or_create(
            bucket=bucket, key_hash=_hash(key), defaults={"free_at": now + lasting}
        )
        # A moment further ahead than `lasting` comes from a clock that went back.
        is_free = is_new or not now < row.free_at <= now + lasting
        if is_free and not is_new:
            row.free_at = now + lasting
            row.save(update_fields=["free_at"])
    return is_free


def go_on_alone(bucket: str, key: str, *, lasting: timedelta) -> None:
    """It is still under way."""
    rows = AttemptLimit.objects.filter(bucket=bucket, key_hash=_hash(key))
    rows.update(free_at=timezone.now() + lasting)


def end_alone(bucket: str, key: str) -> None:
    """It is done, or was given up."""
    AttemptLimit.objects.filter(bucket=bucket, key_hash=_hash(key)).delete()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
