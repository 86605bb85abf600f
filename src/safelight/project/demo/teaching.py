"""Theo's deck and today's lecture, by the verbs that a teacher uses. Pictures come by reference."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.people.asker import Asker
from safelight.project.demo.taking_in import Case, asker_named, known_cases
from safelight.teaching.rules import Plan, Words
from safelight.teaching.selectors.decks import deck_view, decks_of
from safelight.teaching.services.decks import make_deck
from safelight.teaching.services.lectures import plan_lecture
from safelight.teaching.services.slides import add_slide, refer_to, write_slide
from safelight.vocabulary.purposes import Purpose

TITLE: Final = "How skin heals"
PLACE: Final = "Large lecture hall"
LASTS: Final = timedelta(hours=4)


@dataclass(frozen=True)
class DemoSlide:
    """`pictures` are keys of shots with their patient's, each with its caption."""

    words: Words
    pictures: tuple[tuple[str, str], ...] = ()


SLIDES: Final = (
    DemoSlide(
        Words(
            "Look at three things",
            "- The margin: does new skin grow in from it?\n"
            "- The bed: what colour is it, and does it bleed when it is touched?\n"
            "- The skin around: is it warm, hard, wet?",
            "Let them look at the first picture for a whole minute before you say a word.",
        )
    ),
    DemoSlide(
        Words(
            "By first intention",
            "",
            "Closed by staples, out on day 12.\nAsk: what would have worried you on day 7?",
        ),
        (
            ("ines/818981001/overview/30", "Day 1"),
            ("ines/818981001/overview/24", "Day 7"),
            ("ines/818981001/overview/3", "Day 28"),
        ),
    ),
    DemoSlide(
        Words(
            "By second intention",
            "A venous ulcer under compression.\n\n- Margin flat and pale\n- Bed red and clean\n"
            "- Half its size in nine weeks",
            "Compression heals, the dressing only covers.\nAsk: which of the three things changed "
            "first?",
        ),
        (
            ("kofi/30021000/overview/91", "First week"),
            ("kofi/30021000/overview/28", "Ninth week"),
        ),
    ),
    DemoSlide(
        Words(
            "When the skin around speaks",
            "Cellulitis. The margin was drawn on admission: it shows by the hour whether "
            "the drug works.",
            "The pen line is the finding.",
        ),
        (("samuel/30021000/overview/8", "On admission"),),
    ),
    DemoSlide(
        Words(
            "A fall on gravel",
            "",
            "Petra agreed to small groups only: before a hall this stays dark. Tell it in words.",
        ),
        (("petra/14975008/overview/42", "Day 0"), ("petra/14975008/overview/28", "Day 14")),
    ),
    DemoSlide(Words("What will you look at first?", "", "Ten minutes for questions.")),
)


def plan_to_teach() -> None:
    """Once: the deck, and a lecture that is on from now."""
    theo = asker_named("theo")
    if decks_of(theo):
        return
    cases = known_cases()
    with transaction.atomic():
        deck = _deck(theo, cases)
        now = timezone.now()
        plan_lecture(theo, deck, Plan(Purpose.LECTURE, None, now, now + LASTS, PLACE))


def _deck(theo: Asker, cases: dict[str, Case]) -> UUID:
    deck = make_deck(theo, TITLE, Purpose.LECTURE)
    first = deck_view(theo, deck).slides[0].id
    write_slide(theo, deck, first, Words(TITLE, "", "Wait until the back row has found a seat."))
    for item in SLIDES:
        slide = add_slide(theo, deck, item.words)
        for key, caption in item.pictures:
            photograph = cases[key.partition("/")[0]].photograph(key)
            if photograph is not None:  # a small demo has fewer pictures than slides speak of
                refer_to(theo, deck, slide, photograph, caption)
    return deck
