"""What ties a member of staff to a patient at a moment: the closest relationship that holds now.

The rule is one SQL expression, used for lists of patients here and by the gate in its one query,
so that a page never offers what the gate would refuse.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from safelight.institution.selectors import Policy, current_policy
from safelight.patients.models import Encounter, EncounterStatus
from safelight.people.models import BreakGlassSession, CareAssignment, DepartmentMembership
from safelight.vocabulary.relationships import Relationship

# Takes `patient` and `staff` as SQL expressions and, in this order, the parameters of
# `closeness_parameters`. Assignment by name is closest, then an encounter that is under way, then
# a department that treats the patient or did so within the time the policy allows.
CLOSENESS_SQL = """
CASE
WHEN EXISTS (
    SELECT 1 FROM people_careassignment a
    WHERE a.patient_id = {patient} AND a.staff_id = {staff} AND a.encounter_id IS NULL
    AND a.starts_at <= %s AND (a.ends_at IS NULL OR a.ends_at > %s)
) THEN 'assignment'
WHEN EXISTS (
    SELECT 1 FROM people_careassignment a
    JOIN patients_encounter e ON e.id = a.encounter_id AND e.status = 'in-progress'
    WHERE a.patient_id = {patient} AND a.staff_id = {staff}
    AND a.starts_at <= %s AND (a.ends_at IS NULL OR a.ends_at > %s)
) THEN 'encounter'
WHEN EXISTS (
    SELECT 1 FROM patients_encounter e
    JOIN people_departmentmembership m ON m.department_id = e.department_id
    WHERE e.patient_id = {patient} AND m.staff_id = {staff}
    AND (m.ends_at IS NULL OR m.ends_at > %s)
    AND (e.status = 'in-progress' OR (e.status = 'finished' AND e.ended_at > %s))
) THEN 'department'
ELSE 'none' END
"""

BREAK_GLASS_SQL = """
EXISTS (
    SELECT 1 FROM people_breakglasssession g
    WHERE g.patient_id = {patient} AND g.staff_id = {staff}
    AND g.started_at <= %s AND g.ends_at > %s
)
"""


def as_moment(moment: datetime) -> Any:  # noqa: ANN401 - what the database driver takes
    return connection.ops.adapt_datetimefield_value(moment)


def as_id(value: UUID) -> Any:  # noqa: ANN401 - what the database driver takes
    return value if connection.features.has_native_uuid_field else value.hex


def closeness_parameters(now: datetime, policy: Policy) -> list[Any]:
    """The parameters of CLOSENESS_SQL."""
    moment = as_moment(now)
    since = as_moment(now - timedelta(days=policy.after_discharge_days))
    return [moment] * 5 + [since]


def relationships(staff: UUID, patients: Iterable[UUID]) -> dict[UUID, Relationship]:
    """The closest relationship to each of these patients; unknown patients are left out."""
    wanted = [as_id(patient) for patient in patients]
    if not wanted:
        return {}
    closeness = CLOSENESS_SQL.format(patient="p.id", staff="s.id")
    marks = ", ".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id, {closeness} FROM patients_patient p, people_staffmember s "  # noqa: S608 - no input in the text
            f"WHERE s.id = %s AND p.id IN ({marks})",
            [*closeness_parameters(timezone.now(), current_policy()), as_id(staff), *wanted],
        )
        return {as_uuid(patient): Relationship(found) for patient, found in cursor.fetchall()}


def as_uuid(value: UUID | str) -> UUID:
    """What the driver gave for an id: SQLite keeps ids as text."""
    return value if isinstance(value, UUID) else UUID(hex=value)


def relationship(staff: UUID, patient: UUID) -> Relationship:
    return relationships(staff, [patient]).get(patient, Relationship.NONE)


def departments_of(staff: UUID, now: datetime | None = None) -> list[UUID]:
    moment = now or timezone.now()
    rows = DepartmentMembership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=moment), staff=staff)
    return list(rows.values_list("department", flat=True))


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
    by_name = CareAssignment.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        Q(encounter=None) | Q(encounter__status=EncounterStatus.IN_PROGRESS),
        staff=staff,
        starts_at__lte=now,
    ).values_list("patient", flat=True)
    return set(through_departments) | set(by_name)
