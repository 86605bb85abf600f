"""What the record said of a picture goes with the picture; that it said it stays proven.

A leaf has of the details of an event only their hash, so they can go without breaking the log.
"""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from safelight.audit.models import Event
from safelight.vocabulary.events import EventTag

_DESCRIBING: Final = frozenset(
    {
        EventTag.PHOTOGRAPH_SEALED.value,
        EventTag.PHOTOGRAPH_LABELLED.value,
        EventTag.PHOTOGRAPH_REDACTION_PREPARED.value,
        EventTag.PHOTOGRAPH_REDACTION_APPROVED.value,
        EventTag.PHOTOGRAPH_REDACTION_SENT_BACK.value,
    }
)
"""Whose details tell what is on a picture. Who did and saw what stands in clear, and stays."""


def forget_descriptions_of(photographs: Collection[UUID]) -> None:
    """Empty these details; in the transaction that says that the pictures are erased."""
    rows = Event.objects.filter(tag__in=_DESCRIBING, objects_told__object_id__in=photographs)
    rows.exclude(sealed_details=b"").update(sealed_details=b"")


def is_forgotten(event: Event, told: Sequence[UUID]) -> bool:
    """Whether its details are gone by right.

    INVARIANT: only with an entry of the record which says that one of these pictures was erased.
    """
    if event.sealed_details or event.tag not in _DESCRIBING:
        return False
    erased = Event.objects.filter(tag=EventTag.PHOTOGRAPH_ERASED.value)
    return erased.filter(objects_told__object_id__in=told).exists()
