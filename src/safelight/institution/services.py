"""Founding the institution and opening its departments."""

from typing import ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from safelight.audit.services import Entry, record
from safelight.institution.models import Department, Institution
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag


class UnknownTimeZoneError(SafelightError):
    code: ClassVar[str] = "unknown-time-zone"
    message: ClassVar[str] = "There is no such time zone; name one such as Europe/Lisbon."


def found_institution(
    name: str,
    *,
    time_zone: str,
    identifier_system: str,
    identifier_label: str,
    is_test_data: bool = False,
) -> None:
    """Say whose hospital this is; there is one, and saying it again corrects it."""
    if time_zone not in available_timezones():
        raise UnknownTimeZoneError
    with transaction.atomic():
        Institution.objects.update_or_create(
            id=1,
            defaults={
                "name": name,
                "time_zone": time_zone,
                "identifier_system": identifier_system,
                "identifier_label": identifier_label,
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
