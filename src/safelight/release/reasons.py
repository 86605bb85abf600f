"""Stating why an intimate or forensic picture is opened."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.release.access import open_photograph_record
from safelight.release.models import StatedReason
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import OpeningReason


def state_reason(asker: Asker, photograph: UUID, reason: OpeningReason) -> None:
    """Let this session open this picture for a few minutes, for this reason; recorded at once.

    Raises AccessRefusedError when the asker may not see the picture for any reason.
    """
    opened, found = open_photograph_record(asker, photograph)
    now = timezone.now()
    with transaction.atomic():
        StatedReason.objects.create(
            session_key=asker.session_key,
            staff_id=asker.staff,
            photograph_id=photograph,
            reason=reason.value,
            stated_at=now,
            ends_at=now + timedelta(minutes=current_policy().opening_reason_minutes),
        )
        record(
            Entry(
                tag=EventTag.PHOTOGRAPH_OPENING_REASON_STATED,
                actor=asker.staff,
                subject=found.patient,
                purpose=opened.purpose,
                objects=(photograph,),
                details={"reason": reason.value},
            )
        )


def has_stated_reason(asker: Asker, photograph: UUID) -> bool:
    """Whether this session gave a reason for this picture that still holds."""
    now = timezone.now()
    return StatedReason.objects.filter(
        session_key=asker.session_key,
        staff=asker.staff,
        photograph=photograph,
        stated_at__lte=now,
        ends_at__gt=now,
    ).exists()


def forget_reasons(photographs: Collection[UUID]) -> None:
    """Of pictures that left the record it is not told why they were opened."""
    StatedReason.objects.filter(photograph__in=photographs).delete()
