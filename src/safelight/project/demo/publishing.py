"""A publication that is under way: registered by name, its layout is still to come."""

from typing import Final

from safelight.project.demo.taking_in import known_cases
from safelight.publishing.models import Publication
from safelight.publishing.services import NewPublication, register
from safelight.vocabulary.purposes import Purpose

WHOSE: Final = "kofi"
PICTURES: Final = ("30021000/overview/91", "30021000/overview/28")
NAMED: Final = "Venous ulcers that heal: two pictures, nine weeks apart"
WHERE: Final = "The Elswhere Journal of Wounds"
RESPONSIBLE: Final = "Rhea Lindqvist, managing editor"


def register_a_publication() -> None:
    """Once. Nobody is asked: that needs the final layout."""
    if Publication.objects.exists():
        return
    case = known_cases()[WHOSE]
    found = [case.photograph(f"{WHOSE}/{key}") for key in PICTURES]
    register(
        case.asker,
        NewPublication(
            patient=case.patient,
            purpose=Purpose.PRINT_PUBLICATION,
            named=NAMED,
            where=WHERE,
            responsible=RESPONSIBLE,
            photographs=[photograph for photograph in found if photograph is not None],
        ),
    )
