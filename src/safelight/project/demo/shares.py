"""The demo's share: Rhea, who works elsewhere, was asked about a patient and has answered."""

from typing import Final

from django.urls import reverse

from safelight.project.demo.taking_in import known_cases
from safelight.sharing.guests import find_guest, link_letters
from safelight.sharing.looks import show
from safelight.sharing.selectors import offers, shares_of
from safelight.sharing.services.answering import answer
from safelight.sharing.services.entering import enter
from safelight.sharing.services.giving import NewShare, give
from safelight.sharing.services.notifying import notify

PATIENT: Final = "kofi"
ADDRESS: Final = "rhea.lindqvist@faraway.example"
QUESTION: Final = (
    "The edge has not moved for four weeks. Would you debride again, or change the dressing?"
)
ANSWER: Final = "I would debride once more, then look after a week. The left edge is undermined."


def share_with_rhea() -> None:
    """Once: link, code and all. Whoever wants to see her page gives her a new code."""
    case = known_cases()[PATIENT]
    offered = offers(case.asker, case.patient)
    if shares_of(case.asker, case.patient) or not offered:
        return
    new = NewShare(
        agreement=offered[0].agreement,
        photographs=[item.id for item in offered[0].photographs],
        address=ADDRESS,
        question=QUESTION,
        days=7,
        openings=20,
    )
    given = give(case.asker, case.patient, new)
    letters = link_letters(given.share)
    notify(case.asker, given.share, reverse("shared:door", args=[letters]))
    guest = find_guest(enter(letters, given.code))
    if guest is not None:
        for photograph in new.photographs:
            show(guest, photograph)
        answer(guest, ANSWER)
