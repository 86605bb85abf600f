"""Founding the institution, opening its departments, deciding its policy."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from safelight.audit.services import Entry, record
from safelight.institution.models import Department, Institution, PolicyVersion
from safelight.institution.selectors import current_policy
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import ConsentToTake
from safelight.vocabulary.purposes import BY_AGREEMENT


class UnknownTimeZoneError(SafelightError):
    code: ClassVar[str] = "unknown-time-zone"
    message: ClassVar[str] = "There is no such time zone; name one such as Europe/Lisbon."


class PolicyRefusedError(SafelightError):
    code: ClassVar[str] = "policy-refused"
    message: ClassVar[str] = "The policy knows no such number; nothing was changed."


def require_time_zone(name: str) -> None:
    """UnknownTimeZoneError unless the IANA database knows the name."""
    if name not in available_timezones():
        raise UnknownTimeZoneError


def found_institution(
    name: str,
    *,
    time_zone: str,
    identifier_system: str,
    identifier_label: str,
    jurisdiction: str = "ZZ",
    is_test_data: bool = False,
) -> None:
    """Say whose hospital this is; there is one, and saying it again corrects it."""
    require_time_zone(time_zone)
    with transaction.atomic():
        Institution.objects.update_or_create(
            id=1,
            defaults={
                "name": name,
                "time_zone": time_zone,
                "identifier_system": identifier_system,
                "identifier_label": identifier_label,
                "jurisdiction": jurisdiction,
                "is_test_data": is_test_data,
            },
        )
        record(Entry(tag=EventTag.INSTITUTION_FOUNDED, actor=None, details={"name": name}))


def open_department(name: str, *, actor: UUID | None, is_test_data: bool = False) -> UUID:
    """The department of this name, opened if there is none."""
    with transaction.atomic():
        row, is_new = Department.objects.get_or_create(
            name=name, defaults={"is_test_data": is_test_data}
        )
        if is_new:
            record(
                Entry(
                    tag=EventTag.INSTITUTION_DEPARTMENT_OPENED,
                    actor=actor,
                    objects=(row.id,),
                    details={"name": name},
                )
            )
    return row.id


# What a policy may say: below the first a clinic cannot work, above the second nothing is safe.
POLICY_BOUNDS = {
    "max_bytes": (1_000_000, 500_000_000),
    "max_pixels": (1_000_000, 400_000_000),
    "idle_minutes": (1, 60),
    "break_glass_minutes": (5, 24 * 60),
    "opening_reason_minutes": (1, 60),
    "after_discharge_days": (0, 366),
    "upload_hours": (1, 7 * 24),
    "majority_age": (12, 25),
    "assent_age": (3, 25),
    "use_after_authority": (0, 1),
    "social_media": (0, 1),
    "portal_link_hours": (1, 30 * 24),
    "portal_idle_minutes": (5, 120),
    "ask_again_days": (0, 366),
    "share_days": (1, 90),
    "longest_share_days": (1, 90),
    "share_openings": (1, 500),
    "small_group_people": (2, 40),
    "lecture_hours": (1, 12),
    "lease_seconds": (2, 5),
    "keystore_backup_days": (1, 90),
    "recall_answer_days": (1, 90),
}
POLICY_WORDS = {
    "consent_to_take": frozenset(
        {
            ConsentToTake.VERBAL.value,
            ConsentToTake.WRITTEN.value,
            ConsentToTake.ADMISSION_FORM.value,
        }
    )
}
# Several words at once, with blanks between; "none" for an empty list.
POLICY_LISTS = {"second_person_for": frozenset(item.value for item in BY_AGREEMENT)}
NO_WORD = "none"


def decide_policy(changes: Mapping[str, int | str], *, actor: UUID | None) -> int:
    """Write a new version of the policy, as the one in force with these changes; its number.

    Raises PolicyRefusedError for a name that is none and a value out of bounds.
    """
    for name, value in changes.items():
        _check(name, value)
    changes = {name: "" if value == NO_WORD else value for name, value in changes.items()}
    with transaction.atomic():
        names = (*POLICY_BOUNDS, *POLICY_WORDS, *POLICY_LISTS)
        values = {name: getattr(current_policy(), name) for name in names}
        row = PolicyVersion.objects.create(**{**values, **changes})
        record(
            Entry(
                tag=EventTag.INSTITUTION_POLICY_CHANGED,
                actor=actor,
                details={"number": row.number, **changes},
            )
        )
    return row.number


def _check(name: str, value: int | str) -> None:
    said = name.replace("_", " ")
    if name in POLICY_WORDS:
        if value not in POLICY_WORDS[name]:
            words = ", ".join(sorted(POLICY_WORDS[name]))
            raise PolicyRefusedError(f"{said} must be one of {words}.")
        return
    if name in POLICY_LISTS:
        if strange := set(str(value).split()) - POLICY_LISTS[name] - {NO_WORD}:
            raise PolicyRefusedError(f"{said}: there is no purpose {min(strange)}.")
        return
    if name not in POLICY_BOUNDS:
        raise PolicyRefusedError
    least, most = POLICY_BOUNDS[name]
    if not isinstance(value, int) or not least <= value <= most:
        raise PolicyRefusedError(f"{said} must lie between {least} and {most}.")
