"""A lecture as it was planned: rows that were written to by another hand show nothing."""

from datetime import datetime

from django.utils.crypto import constant_time_compare

from safelight.engines.policy import ReferenceState
from safelight.teaching.models import Lecture
from safelight.teaching.rules import state_at
from safelight.vault.institution_keys import search_token

UNBOUND = b""
"""Stands in a lecture that was ended, so that nobody who writes rows makes it go on."""


def lecture_binding(row: Lecture) -> bytes:
    """Which deck, by whom, for whom and when, under the institution's key. Times in seconds."""
    told = (row.id, row.deck_id, row.given_by_id, row.number, row.purpose, row.people)
    times = (int(row.starts_at.timestamp()), int(row.ends_at.timestamp()))
    return search_token("lecture", "/".join(map(str, (*told, *times))))


def state_of_lecture(row: Lecture, now: datetime) -> ReferenceState:
    """Where a lecture stands at this moment.

    INVARIANT: one that is not as it was planned is called off, whatever its columns say.
    """
    if row.ended_at is None and not _is_as_planned(row):
        return ReferenceState.REVOKED
    return state_at(now, row.starts_at, row.ends_at, row.ended_at)


def _is_as_planned(row: Lecture) -> bool:
    return constant_time_compare(bytes(row.binding), lecture_binding(row))
