"""By which link a copy left, by the number that is hidden in its pictures."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from safelight.audit.services import record_durably
from safelight.consent.records import recipient_name
from safelight.exporting.models import CopyLink
from safelight.exporting.services.standing import entry_about
from safelight.vocabulary.events import EventTag


@dataclass(frozen=True)
class TracedLink:
    """PHI: the recipient."""

    id: UUID
    recipient: str
    given_by: str
    given_at: datetime


def link_of_number(number: int) -> TracedLink | None:
    """For whoever runs the server; that a link was named is recorded, and not by whom."""
    rows = CopyLink.objects.select_related("agreement", "given_by").filter(mark_number=number)
    link = rows.first()
    if link is None:
        return None
    record_durably(entry_about(EventTag.EXPORTING_MARK_READ, link, None))
    name = recipient_name(link.agreement)
    return TracedLink(link.id, name, link.given_by.display_name, link.given_at)
