"""What a second person confirmed, keyed: a row that somebody else wrote opens no legal custody."""

from datetime import UTC

from django.utils.crypto import constant_time_compare

from safelight.recall.models import CustodyRequest
from safelight.vault.institution_keys import search_token


def confirmation_of(row: CustodyRequest) -> bytes:
    """Who asked, for which pictures and how long, and who said yes to that, and when.

    INVARIANT: keyed by the institution's secret, so that whoever writes to the database is no second
    person, nor gives a request another picture or a longer time.
    """
    pictures = sorted(map(str, row.pictures.values_list("photograph", flat=True)))
    at = row.confirmed_at.astimezone(UTC).isoformat() if row.confirmed_at else ""
    told = (row.id, row.patient_id, row.requested_by_id, row.minutes, row.confirmed_by_id, at)
    return search_token("custody-confirmation", "/".join([*map(str, told), *pictures]))


def is_confirmed(row: CustodyRequest) -> bool:
    """Whether the confirmation that the row tells of was given through this program."""
    return constant_time_compare(bytes(row.confirmation), confirmation_of(row))
