"""The demo hospital as data: its house, its staff and its patients. Every one of them is invented.

Days count back from today. The patients' keys are those of the drawing catalogue.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date

from safelight.vocabulary.roles import Role

NAME = "St Elswhere's Hospital"
TIME_ZONE = "Europe/Lisbon"
IDENTIFIER_SYSTEM = "https://st-elswhere.example/hospital-number"
IDENTIFIER_LABEL = "Hospital number"
CONTACT = "Patient photography desk"
CONTACT_PHONE = "+1 555 0142"

DERMATOLOGY, SURGERY, EMERGENCY = "Dermatology", "Surgery", "Emergency"
DEPARTMENTS = (DERMATOLOGY, SURGERY, EMERGENCY)


@dataclass(frozen=True)
class Member:
    """Somebody who works here."""

    username: str
    name: str
    role: Role
    departments: tuple[str, ...] = ()


STAFF = (
    Member("alice", "Alice Archer", Role.CLINICIAN, (DERMATOLOGY,)),
    Member("bob", "Bob Bauer", Role.CLINICIAN, (SURGERY, EMERGENCY)),
    Member("charlie", "Charlie Costa", Role.CLINICIAN),
    Member("theo", "Theo Thorne", Role.TEACHER),
    Member("priya", "Priya Pillai", Role.PRIVACY_OFFICER),
    Member("ada", "Ada Almeida", Role.ADMINISTRATOR),
)


@dataclass(frozen=True)
class Stay:
    """A stay or visit: from so many days ago until so many days ago, or still under way."""

    department: str
    place: str
    since: int
    until: int | None = None


@dataclass(frozen=True)
class DemoPatient:
    """Somebody invented. `photographer` takes the pictures; `assigned` is named to the patient."""

    key: str
    given: str
    family: str
    born: date
    sex: str
    number: str
    stays: tuple[Stay, ...]
    photographer: str
    assigned: str = ""

    @property
    def printed_name(self) -> str:
        """As the printer of wristbands writes it, which knows no accents."""
        plain = unicodedata.normalize("NFKD", f"{self.family}, {self.given}")
        return "".join(letter for letter in plain if not unicodedata.combining(letter))


PATIENTS = (
    DemoPatient(
        "petra",
        "Petra",
        "Okonjo-Müller",
        date(1971, 3, 9),
        "female",
        "H-204817",
        (Stay(DERMATOLOGY, "Wound clinic, room 2", 43),),
        "alice",
    ),
    DemoPatient(
        "pablo",
        "Pablo",
        "Serrano",
        date(2016, 11, 30),
        "male",
        "H-318802",
        (Stay(EMERGENCY, "Burns room", 22, 20), Stay(DERMATOLOGY, "Children's clinic", 19)),
        "alice",
        "alice",
    ),
    DemoPatient(
        "nadia",
        "Nadia",
        "Haddad",
        date(1989, 7, 22),
        "female",
        "H-277310",
        (Stay(DERMATOLOGY, "Day clinic, chair 4", 85),),
        "alice",
    ),
    DemoPatient(
        "kofi",
        "Kofi",
        "Mensah",
        date(1948, 1, 17),
        "male",
        "H-118264",
        (Stay(DERMATOLOGY, "Wound clinic, room 1", 92),),
        "alice",
    ),
    DemoPatient(
        "mei",
        "Mei",
        "Tanaka",
        date(1994, 5, 3),
        "female",
        "H-300945",
        (Stay(DERMATOLOGY, "Mole clinic", 365, 181), Stay(DERMATOLOGY, "Mole clinic", 3)),
        "alice",
    ),
    DemoPatient(
        "omar",
        "Omar",
        "Farouk",
        date(1979, 12, 11),
        "male",
        "H-251176",
        (Stay(DERMATOLOGY, "Clinic, room 6", 16),),
        "alice",
    ),
    DemoPatient(
        "amara",
        "Amara",
        "Diallo",
        date(2001, 9, 28),
        "female",
        "H-322057",
        (Stay(DERMATOLOGY, "Clinic, room 6", 13),),
        "alice",
    ),
    DemoPatient(
        "samuel",
        "Samuel",
        "Whitlock",
        date(1956, 6, 14),
        "male",
        "H-092733",
        (Stay(EMERGENCY, "Observation, bay 3", 9),),
        "bob",
    ),
    DemoPatient(
        "ines",
        "Inês",
        "Carvalho",
        date(1983, 2, 25),
        "female",
        "H-286491",
        (Stay(SURGERY, "Ward 4, bed 12", 32),),
        "bob",
    ),
    DemoPatient(
        "lucia",
        "Lucía",
        "Ferrer",
        date(1990, 4, 18),
        "female",
        "H-334418",
        (Stay(DERMATOLOGY, "Clinic, room 3", 10),),
        "alice",
    ),
    DemoPatient(
        "lior",
        "Lior",
        "Adler",
        date(1967, 10, 6),
        "male",
        "H-219508",
        (Stay(DERMATOLOGY, "Clinic, room 3", 0),),
        "alice",
    ),
)

# The newest picture of these series waits in Alice's list to be labelled.
UNLABELLED = frozenset({"petra", "nadia", "amara"})

# Whose wristband was photographed on the first day.
BANDED = frozenset({"petra", "ines"})
