"""Building the demo hospital through the same verbs that a hospital uses.

A build that was interrupted is taken up where it stopped: people come in one transaction, each
picture has an upload id that follows from what it shows, what is covered is not covered twice, and
patients are asked in a fixed order.
"""

import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from safelight.institution.models import Institution
from safelight.institution.services import found_institution, open_department
from safelight.patients.models import EncounterStatus
from safelight.patients.rules import Identifier, Identity
from safelight.patients.services import begin_encounter, register_patient
from safelight.people.hiring import hire
from safelight.people.services import assign
from safelight.project.demo import hospital
from safelight.project.demo.asking import approve_the_form, ask_patients
from safelight.project.demo.consulting import ask_colleagues
from safelight.project.demo.covering import cover_pictures
from safelight.project.demo.hospital import DemoPatient, Stay
from safelight.project.demo.library import fill_the_library
from safelight.project.demo.publishing import register_a_publication
from safelight.project.demo.recalling import take_a_copy_back
from safelight.project.demo.shares import share_with_rhea
from safelight.project.demo.studio import shots
from safelight.project.demo.taking_in import take_in_and_label
from safelight.project.demo.teaching import plan_to_teach
from safelight.project.demo.wristbands import print_wristbands


def is_built() -> bool:
    return _mark().exists()


def _mark() -> Path:
    return Path(settings.SAFELIGHT_HOME) / "demo-is-built"


def build_if_absent() -> None:
    """Build the demo hospital once. The caller has made sure that no other is kept here."""
    if is_built():
        return
    sys.stderr.write(
        f"Making {hospital.NAME}, once; it takes a minute. Everybody in it is invented.\n"
    )
    if not Institution.objects.exists():
        build_people()
    take_in_and_label(shots(datetime.now(ZoneInfo(hospital.TIME_ZONE)).date()))
    approve_the_form()
    cover_pictures()
    ask_patients()
    ask_colleagues()
    share_with_rhea()
    plan_to_teach()
    fill_the_library()
    register_a_publication()
    take_a_copy_back()
    print_wristbands()
    _mark().touch()


def build_people() -> None:
    """House, staff, patients and their stays: all of it or nothing."""
    with transaction.atomic():
        found_institution(
            hospital.NAME,
            time_zone=hospital.TIME_ZONE,
            identifier_system=hospital.IDENTIFIER_SYSTEM,
            identifier_label=hospital.IDENTIFIER_LABEL,
            is_test_data=True,
        )
        departments = {
            name: open_department(name, actor=None, is_test_data=True)
            for name in hospital.DEPARTMENTS
        }
        staff = _hire_all(departments)
        for patient in hospital.PATIENTS:
            _admit(patient, departments, staff)


def _hire_all(departments: dict[str, UUID]) -> dict[str, UUID]:
    """Nobody has a password: the demo's door is one click per person, and only in demo mode."""
    return {
        member.username: hire(
            member.username,
            None,
            display_name=member.name,
            role=member.role,
            departments=[departments[name] for name in member.departments],
            is_test_data=True,
        )
        for member in hospital.STAFF
    }


def _admit(patient: DemoPatient, departments: dict[str, UUID], staff: dict[str, UUID]) -> None:
    clinician = staff[patient.photographer]
    known = register_patient(_identity(patient), actor=clinician, is_test_data=True)
    for stay in patient.stays:
        begin_encounter(known, departments[stay.department], place=stay.place, **_times(stay))
    if patient.assigned:
        assign(staff[patient.assigned], known, actor=clinician, starts_at=datetime.now(UTC))


def _identity(patient: DemoPatient) -> Identity:
    return Identity(
        family=patient.family,
        given=patient.given,
        birth_date=patient.born,
        sex=patient.sex,
        identifiers=(Identifier(hospital.IDENTIFIER_SYSTEM, patient.number),),
    )


def _times(stay: Stay) -> dict[str, Any]:
    begins = _eight_o_clock(stay.since)
    if stay.until is None:
        return {"started_at": begins, "status": EncounterStatus.IN_PROGRESS}
    ends = _eight_o_clock(stay.until) + timedelta(hours=10)
    return {"started_at": begins, "ended_at": ends, "status": EncounterStatus.FINISHED}


def _eight_o_clock(days: int) -> datetime:
    zone = ZoneInfo(hospital.TIME_ZONE)
    day = datetime.now(zone).date() - timedelta(days=days)
    return datetime.combine(day, time(8), zone)
