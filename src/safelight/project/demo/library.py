"""What Theo wrote in the teaching library, and one case: by the verbs that a teacher uses."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from safelight.library.models import Collection
from safelight.library.rules import CaseWords, SkinTone, Words
from safelight.library.services import collect, describe, make_collection, write_collection
from safelight.people.asker import Asker
from safelight.project.demo.taking_in import asker_named, known_cases
from safelight.release.teachable import teachable


@dataclass(frozen=True)
class DemoDescription:
    """The same words for pictures of one patient; `pictures` are keys of shots, without theirs."""

    patient: str
    pictures: tuple[str, ...]
    words: Words


DESCRIPTIONS: Final = (
    DemoDescription(
        "petra",
        ("14975008/overview/42", "14975008/overview/28", "14975008/close-up/28"),
        Words("Abrasion", SkinTone.LIGHT, ("wound", "second intention")),
    ),
    DemoDescription(
        "kofi",
        ("30021000/overview/91", "30021000/overview/28"),
        Words("Venous leg ulcer", SkinTone.DARK, ("wound", "compression")),
    ),
    DemoDescription(
        "amara",
        ("60819002/overview/7",),
        Words("Contact dermatitis", SkinTone.DARK, ("rash", "redness on dark skin")),
    ),
    DemoDescription(
        "ines",
        ("818981001/overview/30", "818981001/overview/24", "818981001/overview/3"),
        Words("Surgical wound", SkinTone.MEDIUM, ("wound", "first intention", "staples")),
    ),
    DemoDescription(
        "samuel",
        ("30021000/overview/8", "30021000/overview/5"),
        Words("Cellulitis", SkinTone.LIGHT, ("infection", "redness")),
    ),
)
CASE: Final = CaseWords(
    "A leg that does not heal",
    "An open sore above the inner ankle for five months, in somebody who stands at work. The leg is "
    "heavy in the evening. The pulses of the foot are felt. Nine weeks lie between the pictures.",
    (
        "Which veins would you look at first, and how?",
        "What has to be known before compression begins?",
        "The margin has changed: what does it say?",
    ),
)
CASE_PICTURES: Final = ("kofi/30021000/overview/91", "kofi/30021000/overview/28")


def fill_the_library() -> None:
    """All of it, or nothing: what is agreed to gets its words, and the case its pictures."""
    if Collection.objects.exists():
        return
    theo = asker_named("theo")
    allowed = teachable(theo)
    with transaction.atomic():
        for item in DESCRIPTIONS:
            for photograph in _known(*(f"{item.patient}/{key}" for key in item.pictures)):
                if photograph in allowed:
                    describe(theo, photograph, item.words)
        _make_the_case(theo, [item for item in _known(*CASE_PICTURES) if item in allowed])


def _known(*keys: str) -> list[UUID]:
    cases = known_cases()
    found = (cases[key.partition("/")[0]].photograph(key) for key in keys)
    return [photograph for photograph in found if photograph is not None]


def _make_the_case(theo: Asker, pictures: list[UUID]) -> None:
    case = make_collection(theo, CASE)
    write_collection(theo, case, CASE, is_open=True)
    for photograph in pictures:
        collect(theo, case, photograph)
