"""Reads of the institution's rows as plain values."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from safelight.institution.models import Department, Institution, PolicyVersion
from safelight.vocabulary.purposes import Purpose


@dataclass(frozen=True)
class Policy:
    """The policy in force, in the units its names say."""

    number: int
    max_bytes: int
    max_pixels: int
    idle_minutes: int
    break_glass_minutes: int
    opening_reason_minutes: int
    after_discharge_days: int
    upload_hours: int
    consent_to_take: str
    majority_age: int
    assent_age: int
    use_after_authority: bool
    social_media: bool
    portal_link_hours: int
    portal_idle_minutes: int
    ask_again_days: int
    second_person_for: str
    share_days: int
    longest_share_days: int
    share_openings: int
    small_group_people: int
    lecture_hours: int
    lease_seconds: int
    keystore_backup_days: int
    recall_answer_days: int

    def reviewers_for(self, purpose: Purpose) -> int:
        """How many people have to approve the form of a picture that is used for this purpose.

        None need to where a picture is used as it was taken; a covered form always has one.
        """
        return 2 if purpose.value in self.second_person_for.split() else 0


@dataclass(frozen=True)
class House:
    """What every page says about the institution."""

    name: str
    time_zone: str
    identifier_system: str
    identifier_label: str
    jurisdiction: str
    is_test_data: bool

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


# Written by hand because it runs for every byte that leaves.
_POLICY_SQL = (
    f"SELECT {', '.join(Policy.__dataclass_fields__)} FROM institution_policyversion "  # noqa: S608 - names of our own fields
    "ORDER BY number DESC LIMIT 1"
)


def current_policy() -> Policy:
    """The newest version; before an administrator has written one, the careful defaults."""
    with connection.cursor() as cursor:
        cursor.execute(_POLICY_SQL)
        row = cursor.fetchone()
    return Policy(*row) if row else _careful_defaults()


@cache
def _careful_defaults() -> Policy:
    row = PolicyVersion(number=0)
    return Policy(**{name: getattr(row, name) for name in Policy.__dataclass_fields__})


def current_house() -> House:
    row = Institution.objects.first() or Institution(
        name="Safelight", identifier_system="urn:local"
    )
    return House(**{name: getattr(row, name) for name in House.__dataclass_fields__})


def current_zone() -> ZoneInfo:
    """The institution's time zone alone, for decisions about days; UTC before it is founded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT time_zone FROM institution_institution LIMIT 1")
        row = cursor.fetchone()
    return ZoneInfo(row[0] if row else "UTC")


def department_names() -> dict[UUID, str]:
    return dict(Department.objects.values_list("id", "name"))
