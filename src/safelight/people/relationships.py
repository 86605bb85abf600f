"""What ties a member of staff to a patient at a moment: the closest relationship that holds now."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from safelight.institution.selectors import current_policy
from safelight.patients.models import Encounter, EncounterStatus
from safelight.people.models import BreakGlassSession, CareAssignment, DepartmentMembership
from safelight.vocabulary.relationships import Relationship


def _current_assignments(staff: UUID, now: datetime) -> Q:
    return Q(staff=staff, starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))


def _in_reach_of_departments(now: datetime) -> Q:
    """Encounters that are under way, or ended so lately that the department still follows up."""
    since = now - timedelta(days=current_policy().after_discharge_days)
    return Q(status=EncounterStatus.IN_PROGRESS) | Q(
        status=EncounterStatus.FINISHED, ended_at__gt=since
    )


def relationships(staff: UUID, patients: Iterable[UUID]) -> dict[UUID, Relationship]:
    """The closest relationship to each of these patients; NONE is not left out."""
    wanted = list(patients)
    now = timezone.now()
    found = dict.fromkeys(wanted, Relationship.NONE)
    for patient in _department_patients(staff, wanted, now):
        found[patient] = Relationship.DEPARTMENT
    rows = CareAssignment.objects.filter(_current_assignments(staff, now), patient__in=wanted)
    by_closeness = rows.values_list("patient", "encounter", "encounter__status")
    for patient, encounter, status in sorted(by_closeness, key=lambda row: row[1] is None):
        if encounter is None:
            found[patient] = Relationship.ASSIGNMENT
        elif status == EncounterStatus.IN_PROGRESS:
            found[patient] = Relationship.ENCOUNTER
    return found


def _department_patients(staff: UUID, patients: list[UUID], now: datetime) -> set[UUID]:
    return set(
        Encounter.objects.filter(
            _in_reach_of_departments(now),
            patient__in=patients,
            department__in=departments_of(staff, now),
        ).values_list("patient", flat=True)
    )


def departments_of(staff: UUID, now: datetime | None = None) -> list[UUID]:
    moment = now or timezone.now()
    rows = DepartmentMembership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=moment), staff=staff)
    return list(rows.values_list("department", flat=True))


def relationship(staff: UUID, patient: UUID) -> Relationship:
    return relationships(staff, [patient])[patient]


def open_break_glass(staff: UUID, patient: UUID) -> BreakGlassSession | None:
    """The break-glass session that is in force now, if any."""
    now = timezone.now()
    rows = BreakGlassSession.objects.filter(
        staff=staff, patient=patient, started_at__lte=now, ends_at__gt=now
    )
    return rows.order_by("-ends_at").first()


def patients_of(staff: UUID) -> set[UUID]:
    """Whom this member of staff treats today."""
    now = timezone.now()
    through_departments = Encounter.objects.filter(
        status=EncounterStatus.IN_PROGRESS, department__in=departments_of(staff, now)
    ).values_list("patient", flat=True)
    by_name = CareAssignment.objects.filter(_current_assignments(staff, now)).filter(
        Q(encounter=None) | Q(encounter__status=EncounterStatus.IN_PROGRESS)
    )
    return set(through_departments) | set(by_name.values_list("patient", flat=True))
