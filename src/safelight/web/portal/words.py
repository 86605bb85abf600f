"""Coded words as a patient is told them. Whole sentences, so that they can be translated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from safelight.consent.rules.form import Contact
from safelight.consent.selectors.deciding import DecisionView
from safelight.consent.selectors.mine import Standing
from safelight.photos.selectors import PhotographView
from safelight.release.own_record import Visitor
from safelight.release.patient_words import site_words
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import BREAK_GLASS_ACT_REASON, Purpose
from safelight.vocabulary.recall import CustodyGround

WORDS_A_MINUTE: Final = 100
SECONDS_A_PICTURE: Final = 20
MINUTES_A_STEP: Final = 5

STANDINGS: Final = {
    Standing.IN_FORCE: gettext_lazy("You said yes"),
    Standing.REFUSED: gettext_lazy("You said no"),
    Standing.TAKEN_BACK: gettext_lazy("You took your yes back"),
    Standing.OVER: gettext_lazy("The time is over"),
    Standing.REPLACED: gettext_lazy("A newer answer of yours counts"),
    Standing.NOT_ANSWERED: gettext_lazy("Closed without an answer"),
    Standing.PAUSED: gettext_lazy("Stopped until the patient is asked"),
    Standing.MISTAKE: gettext_lazy("Written down by mistake, and does not count"),
}

VISITORS: Final = {
    Visitor.READER: gettext_lazy("You"),
    Visitor.PATIENT: gettext_lazy("The patient"),
    Visitor.DECIDER: gettext_lazy("Who decides for you"),
    Visitor.OTHER_DECIDER: gettext_lazy("Somebody else who decides for the patient"),
    Visitor.UNKNOWN: gettext_lazy("Nobody whom we know by name"),
}

# Purposes as they stand in the record: HL7 v3 ActReason codes, and our own where HL7 has none.
WHY: Final = {
    "TREAT": gettext_lazy("For your care"),
    BREAK_GLASS_ACT_REASON: gettext_lazy("In an emergency"),
    "TRAIN": gettext_lazy("For teaching"),
    "HRESCH": gettext_lazy("For research"),
    "HQUALIMP": gettext_lazy("To make care better"),
    "HCOMPL": gettext_lazy("To check that the rules are kept"),
    "PATRQT": gettext_lazy("Because you asked to see them"),
}

# Two persons opened a picture that the patient had taken back and the law makes us keep.
CUSTODY_GROUNDS: Final = {
    CustodyGround.COURT_ORDER: gettext_lazy(
        "A court ordered us to open a picture that you took back and that the law makes us keep."
    ),
    CustodyGround.AUTHORITY: gettext_lazy(
        "An authority demanded a picture that you took back and that the law makes us keep."
    ),
    CustodyGround.PATIENT_CLAIM: gettext_lazy(
        "For your claim we opened a picture that you took back and that the law makes us keep."
    ),
    CustodyGround.DEFENCE: gettext_lazy(
        "To answer a claim we opened a picture that you took back and that the law makes us keep."
    ),
}

ANSWERS: Final = {
    Answer.YES: pgettext_lazy("picture", "Use it"),
    Answer.NO: pgettext_lazy("picture", "Leave it out"),
}

ASSENTS: Final = {
    Assent.YES: gettext_lazy("The child says yes"),
    Assent.NO: gettext_lazy("The child says no"),
    Assent.NOT_ABLE: gettext_lazy("The child cannot be asked"),
}


@dataclass(frozen=True)
class PictureCard:
    """A picture as the portal's pages show it. PHI."""

    id: UUID
    label: str
    taken_at: datetime
    is_covered: bool
    width: int
    height: int


def picture_card(view: PhotographView, shown: tuple[int, int] | None = None) -> PictureCard:
    """`shown` is the size of what the page shows, where it shows one picture large."""
    width, height = shown or (view.width, view.height)
    return PictureCard(
        id=view.id,
        label=picture_label(view),
        taken_at=view.taken_at,
        is_covered=view.sensitivity is not Sensitivity.ORDINARY,
        width=width,
        height=height,
    )


def picture_cards(views: Iterable[PhotographView]) -> list[PictureCard]:
    return [picture_card(view) for view in views]


def picture_label(view: PhotographView) -> str:
    """What it shows, in words; a picture nobody has labelled is just a picture."""
    if view.is_layout:
        return _("How the page will look")
    return site_words(view) or _("Picture")


def minutes_needed(view: DecisionView) -> int:
    """How long an older reader takes to read, look and choose, in steps that promise too much time."""
    said = [paragraph for _, paragraph in view.wording.statements]
    texts = [view.wording.introduction, *(f"{item.heading} {item.text}" for item in said)]
    texts += [f"{item.heading} {item.text}" for item in view.choices]
    reading = sum(len(text.split()) for text in texts) / WORDS_A_MINUTE
    looking = len(view.pictures) * SECONDS_A_PICTURE / 60
    return max(1, ceil((reading + looking) / MINUTES_A_STEP)) * MINUTES_A_STEP


def why(purpose: str) -> str:
    """A purpose out of the record, in plain words."""
    if purpose in WHY:
        return str(WHY[purpose])
    return _(Purpose(purpose).display) if purpose in set(Purpose) else ""


def why_custody(ground: CustodyGround, second: str) -> str:
    """Why what was taken back was opened, and who confirmed it beside whoever looked."""
    confirmed = _("Confirmed by a second person: %(name)s.") % {"name": second} if second else ""
    return f"{CUSTODY_GROUNDS[ground]} {confirmed}".strip()


def phone_address(contact: Contact) -> str:
    """What a telephone dials; "" if there is no number in it."""
    digits = "".join(letter for letter in contact.phone if letter in "+0123456789")
    return f"tel:{digits}" if digits.strip("+") else ""
