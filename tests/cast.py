"""Builders of the people every test speaks of, by the real verbs. Nobody else plays here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from safelight.connectors.keys.file import FileRootKey, create_root_key, open_root_key
from safelight.engines.policy import SessionState
from safelight.institution.models import Department, Institution
from safelight.patients.rules import Identifier, Identity
from safelight.patients.services import begin_encounter, register_patient
from safelight.people.asker import Asker
from safelight.people.models import DepartmentMembership, StaffMember
from safelight.vocabulary.roles import Role

IDENTIFIER_SYSTEM = "urn:test:hospital-number"
PASSWORD = "a lamp of amber glass"
PASSPHRASE = "a passphrase for tests, nowhere else"
CHEAP = 2**10

PETRA = Identity(
    family="Okonjo-Müller",
    given="Petra",
    birth_date=date(1971, 3, 9),
    sex="female",
    identifiers=(Identifier(IDENTIFIER_SYSTEM, "H-204817"),),
)
PABLO = Identity(
    family="Serrano",
    given="Pablo",
    birth_date=date(2016, 11, 30),
    sex="male",
    identifiers=(Identifier(IDENTIFIER_SYSTEM, "H-318802"),),
)


@dataclass(frozen=True)
class Cast:
    """Staff as askers with a usable session; patients and places as their ids.

    Alice works in dermatology, which treats Petra and Pablo now; Bob in surgery, which treats
    neither; Charlie works nowhere.
    """

    alice: Asker
    bob: Asker
    charlie: Asker
    theo: Asker
    priya: Asker
    ada: Asker
    petra: UUID
    pablo: UUID
    dermatology: UUID
    surgery: UUID
    petras_encounter: UUID
    pablos_encounter: UUID


def open_cheap_root_key(home: Path) -> FileRootKey:
    """The root key of a test's home, made on first use."""
    path = home / "root-key.json"
    if not path.exists():
        create_root_key(path, PASSPHRASE, cost=CHEAP)
    return open_root_key(path, PASSPHRASE, cost=CHEAP)


def hire(username: str, role: Role, *departments: Department) -> Asker:
    """A member of staff with PASSWORD, working in `departments`."""
    name = f"{username.capitalize()} {role.value.replace('-', ' ')}"
    member = StaffMember.objects.create_staff(
        username, PASSWORD, display_name=name, role=role.value, is_test_data=True
    )
    for department in departments:
        DepartmentMembership.objects.create(staff=member, department=department)
    return asker(member)


def asker(member: StaffMember) -> Asker:
    return Asker(
        staff=member.id,
        role=Role(member.role),
        display_name=member.display_name,
        session_key=f"session-of-{member.username}",
        session=SessionState.USABLE,
    )


def admit(identity: Identity, department: Department) -> tuple[UUID, UUID]:
    """A patient under way in a department, and the encounter."""
    patient = register_patient(identity, actor=None, is_test_data=True)
    since = datetime.now(UTC) - timedelta(hours=3)
    return patient, begin_encounter(patient, department.id, started_at=since, place="Bed 4")


def set_the_stage() -> Cast:
    Institution.objects.get_or_create(
        id=1, defaults={"name": "Test Hospital", "identifier_system": IDENTIFIER_SYSTEM}
    )
    dermatology = Department.objects.create(name="Dermatology")
    surgery = Department.objects.create(name="Surgery")
    petra, petras_encounter = admit(PETRA, dermatology)
    pablo, pablos_encounter = admit(PABLO, dermatology)
    return Cast(
        alice=hire("alice", Role.CLINICIAN, dermatology),
        bob=hire("bob", Role.CLINICIAN, surgery),
        charlie=hire("charlie", Role.CLINICIAN),
        theo=hire("theo", Role.TEACHER),
        priya=hire("priya", Role.PRIVACY_OFFICER),
        ada=hire("ada", Role.ADMINISTRATOR),
        petra=petra,
        pablo=pablo,
        dermatology=dermatology.id,
        surgery=surgery.id,
        petras_encounter=petras_encounter,
        pablos_encounter=pablos_encounter,
    )
