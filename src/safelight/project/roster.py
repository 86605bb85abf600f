"""A hospital's own list of departments, patients and stays, until its record system is connected.

The file is JSON; docs/operations/roster.md describes it. Loading it again changes nothing that is
there already: patients are known by their identifiers, stays by department and start.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone

from safelight.institution.services import found_institution, open_department
from safelight.patients.models import EncounterStatus
from safelight.patients.rules import Identifier, Identity
from safelight.patients.selectors import encounters_of, find_patients
from safelight.patients.services import begin_encounter, end_encounter, register_patient
from safelight.people.relationships import relationship
from safelight.people.services import assign
from safelight.people.staff import staff_id
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.relationships import Relationship


class RosterError(SafelightError):
    code: ClassVar[str] = "roster"
    message: ClassVar[str] = "The roster cannot be read."


@dataclass
class Loaded:
    """What a roster added."""

    patients: int = 0
    encounters: int = 0
    assignments: int = 0


def load_roster(path: Path) -> Loaded:
    """Load a roster file; RosterError names the entry that does not fit, by its place."""
    roster = _read(path)
    loaded = Loaded()
    if "institution" in roster:
        _at("institution", lambda: found_institution(**roster["institution"]))
    for number, entry in enumerate(roster.get("patients", [])):
        _at(f"patients[{number}]", lambda entry=entry: _admit(entry, loaded))
    for number, entry in enumerate(roster.get("assignments", [])):
        _at(f"assignments[{number}]", lambda entry=entry: _assign(entry, loaded))
    return loaded


def _read(path: Path) -> Mapping[str, Any]:
    try:
        roster = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RosterError("The roster is not a JSON file that can be read.") from error
    if not isinstance(roster, dict):
        raise RosterError("The roster must be a JSON object.")
    return roster


def _at(place: str, step: Any) -> None:  # noqa: ANN401 - any step without arguments
    """Run one step; whatever does not fit is told by its place, never by a name."""
    try:
        step()
    except SafelightError as error:
        raise RosterError(f"{place}: {error.sentence}") from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise RosterError(f"{place}: something is missing or has the wrong form.") from error


def _admit(entry: Mapping[str, Any], loaded: Loaded) -> None:
    identity = Identity(
        family=entry["family"],
        given=entry["given"],
        birth_date=date.fromisoformat(entry["birth_date"]),
        sex=entry.get("sex", "unknown"),
        identifiers=tuple(Identifier(**item) for item in entry["identifiers"]),
    )
    patient = _known(identity.identifiers[0].value)
    if patient is None:
        patient = register_patient(identity, actor=None)
        loaded.patients += 1
    for stay in entry.get("encounters", []):
        loaded.encounters += _stay(patient, stay)


def _known(identifier: str) -> UUID | None:
    found = find_patients(identifier).patients
    return found[0].id if len(found) == 1 else None


def _stay(patient: UUID, stay: Mapping[str, Any]) -> int:
    """How many encounters were added: one, or none if it was known and is only ended now."""
    department = open_department(stay["department"], actor=None)
    started_at, ended_at = _moment(stay["started_at"]), _moment(stay.get("ended_at"))
    if started_at is None:
        raise RosterError("A stay needs a start.")
    if started_at > timezone.now():
        raise RosterError("A stay that has not begun cannot be loaded yet.")
    for known in encounters_of(patient):
        if (known.department, known.started_at) == (department, started_at):
            if ended_at and known.status != EncounterStatus.FINISHED:
                end_encounter(known.id, ended_at)
            return 0
    begin_encounter(
        patient,
        department,
        started_at=started_at,
        ended_at=ended_at,
        status=EncounterStatus.FINISHED if ended_at else EncounterStatus.IN_PROGRESS,
        place=stay.get("place", ""),
    )
    return 1


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _assign(entry: Mapping[str, Any], loaded: Loaded) -> None:
    staff, patient = staff_id(entry["username"]), _known(entry["identifier"])
    if staff is None or patient is None:
        raise RosterError("There is no such member of staff or patient.")
    if relationship(staff, patient) is Relationship.ASSIGNMENT:
        return
    assign(
        staff, patient, actor=None, starts_at=timezone.now(), ends_at=_moment(entry.get("ends_at"))
    )
    loaded.assignments += 1
