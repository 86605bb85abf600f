"""The number that is hidden in what a member of staff opens beyond treatment, and whose it is."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safelight.audit.services import Entry, record_durably
from safelight.people.models import StaffMember
from safelight.release.marking import Mark
from safelight.vault.institution_keys import search_token
from safelight.vocabulary.events import EventTag

_MARK_BYTES: Final = 4


@dataclass(frozen=True)
class TracedStaff:
    """A member of staff whose number stood in a copy."""

    id: UUID
    name: str
    username: str


def mark_of_staff(staff: UUID) -> Mark:
    """The same 32 bits whenever they look. Kept nowhere, and without the institution's key nobody's."""
    return Mark("", int.from_bytes(search_token("staff-mark", str(staff))[:_MARK_BYTES]))


def staff_of_number(number: int) -> tuple[TracedStaff, ...]:
    """Everybody with this number, whether they still work here or not; that they were named is recorded.

    For whoever runs the server, where the record cannot say who it was. Nearly always nobody or one:
    of 10,000 people two share a number with a chance of about one in a hundred.
    """
    found = tuple(
        TracedStaff(row.id, row.display_name, row.username)
        for row in StaffMember.objects.order_by("id")
        if mark_of_staff(row.id).number == number
    )
    if found:
        named = tuple(item.id for item in found)
        record_durably(Entry(tag=EventTag.PHOTOGRAPH_MARK_READ, actor=None, objects=named))
    return found
