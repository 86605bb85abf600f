"""Reads of the staff as plain values."""

from dataclasses import dataclass
from uuid import UUID

from safelight.people.models import StaffMember
from safelight.vocabulary.roles import Role


@dataclass(frozen=True)
class StaffCard:
    """A member of staff, as a page shows them."""

    username: str
    name: str
    role: Role


def invented_staff() -> list[StaffCard]:
    """The invented staff of the demo hospital, by name."""
    rows = StaffMember.objects.filter(is_test_data=True, is_active=True)
    return [
        StaffCard(username=row.username, name=row.display_name, role=Role(row.role))
        for row in rows.order_by("username")
    ]


def invented_member(username: str) -> StaffMember | None:
    """One of the invented staff; None for anybody real."""
    return StaffMember.objects.filter(is_test_data=True, is_active=True, username=username).first()


def staff_id(username: str) -> UUID | None:
    return (
        StaffMember.objects.filter(username=username, is_active=True)
        .values_list("id", flat=True)
        .first()
    )
