"""Colleagues who can be asked for advice: clinicians who work here, by name or by department."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from safelight.institution.models import Department
from safelight.patients.rules import name_words
from safelight.people.models import DepartmentMembership, StaffMember
from safelight.vocabulary.roles import CLINICAL_ROLES

MOST_FOUND: Final = 8
_ROLES: Final = [role.value for role in CLINICAL_ROLES]


@dataclass(frozen=True)
class Colleague:
    """A clinician, and where they work, in words."""

    id: UUID
    name: str
    departments: str


@dataclass(frozen=True)
class Team:
    """A department of which at least one clinician, other than who asks, can answer."""

    id: UUID
    name: str
    people: int


def colleagues(text: str, *, besides: UUID, limit: int = MOST_FOUND) -> list[Colleague]:
    """Clinicians of whose names each word of `text` begins a word; all of them for no text."""
    wanted = name_words(text)
    rows = _clinicians().exclude(id=besides).order_by("display_name", "id")
    found = [row for row in rows if _matches(row.display_name, wanted)]
    return _cards(found[:limit])


def _matches(name: str, wanted: Sequence[str]) -> bool:
    words = name_words(name)
    return all(any(word.startswith(part) for word in words) for part in wanted)


def colleagues_by_id(ids: Iterable[UUID]) -> list[Colleague]:
    """Those of them who can be asked now, in the order given."""
    known = {item.id: item for item in _cards(_clinicians().filter(id__in=list(ids)))}
    return [known[item] for item in dict.fromkeys(ids) if item in known]


def can_be_asked(staff: UUID) -> bool:
    return _clinicians().filter(id=staff).exists()


def teams(*, besides: UUID) -> list[Team]:
    """Departments in which somebody can answer, by name."""
    now = timezone.now()
    works_there = (
        Q(departmentmembership__staff__is_active=True)
        & Q(departmentmembership__staff__role__in=_ROLES)
        & (Q(departmentmembership__ends_at=None) | Q(departmentmembership__ends_at__gt=now))
        & ~Q(departmentmembership__staff=besides)
    )
    people = Count("departmentmembership", filter=works_there)
    rows = Department.objects.annotate(people=people).filter(people__gt=0).order_by("name")
    return [Team(row.id, row.name, row.people) for row in rows]


def _clinicians() -> QuerySet[StaffMember]:
    return StaffMember.objects.filter(is_active=True, role__in=_ROLES)


def _cards(rows: Iterable[StaffMember]) -> list[Colleague]:
    listed = list(rows)
    now = timezone.now()
    memberships = DepartmentMembership.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), staff__in=listed
    )
    places: dict[UUID, list[str]] = {}
    for staff, name in memberships.order_by("department__name").values_list(
        "staff", "department__name"
    ):
        places.setdefault(staff, []).append(name)
    return [
        Colleague(row.id, row.display_name, ", ".join(places.get(row.id, ()))) for row in listed
    ]
