"""Decks, lectures and their pictures as the pages around them show them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from safelight.institution.selectors import current_policy
from safelight.release.facts import Use
from safelight.teaching.selectors.decks import DeckView, SlidePictureView, SlideView
from safelight.teaching.selectors.lectures import LectureView
from safelight.vocabulary.purposes import TAUGHT, Purpose
from safelight.web.clinic.asking import key_of

ALONE = 1


def audience_choices(chosen: str, people: str = "") -> dict[str, Any]:
    """The four audiences of teaching, to choose from."""
    return {
        "uses": [{"code": item.value, "name": _(item.display)} for item in TAUGHT],
        "chosen": chosen,
        "people": people,
        "group": Purpose.SMALL_GROUP_TEACHING.value,
        "most_people": current_policy().small_group_people,
    }


def audience_words(use: Use) -> str:
    """Before whom, in a few words."""
    said = _(use.audience.display)
    if use.people is None or use.people == ALONE:
        return said
    return _("%(audience)s, at most %(people)s") % {"audience": said, "people": use.people}


def deck_context(deck: DeckView, slide: UUID | None) -> dict[str, Any]:
    shown = deck.slide(slide)
    return {
        "deck": deck,
        "audience": audience_words(deck.use),
        "slide": shown,
        "pictures": [picture_context(deck, item) for item in shown.pictures],
        "rail": [rail_item(item, shown) for item in deck.slides],
        "is_first": shown.place == 0,
        "is_last": shown.number == len(deck.slides),
    }


def rail_item(item: SlideView, shown: SlideView) -> dict[str, Any]:
    return {
        "id": item.id,
        "number": item.number,
        "title": item.words.title,
        "pictures": len(item.pictures),
        "is_blocked": item.is_blocked,
        "is_current": item.id == shown.id,
    }


def picture_context(deck: DeckView, item: SlidePictureView) -> dict[str, Any]:
    """One reference, with where its picture is if it may be seen, or why not and what to do."""
    source = reverse("teaching:deck_picture", args=[deck.id, item.photograph])
    return {
        "id": item.id,
        "photograph": item.photograph,
        "caption": item.caption,
        "reason": item.reason,
        "is_allowed": item.allowed.is_allowed,
        "url": source if item.allowed.is_allowed else "",
        "needs_reason": item.allowed.needs_reason,
        **blocked_words(deck.use, item),
    }


def blocked_words(use: Use, item: SlidePictureView) -> dict[str, Any]:
    """Why a picture stays dark before this audience, and whom to ask."""
    return {
        "sentence": _(item.allowed.sentence) if item.allowed.sentence else "",
        "mend": _(item.allowed.mend) if item.allowed.mend else "",
        "ask_url": ask_url(use, item) if item.allowed.can_be_asked and item.patient else "",
        "ask_whom": item.ask if item.allowed.can_be_asked else "",
    }


def ask_url(use: Use, item: SlidePictureView) -> str:
    """Where the patient is asked about this very picture for this very use."""
    words = {"photograph": str(item.photograph), "use": key_of(use.purpose, use.audience)}
    return f"{reverse('clinic:ask', args=[item.patient])}?{urlencode(words)}"


def lecture_line(lecture: LectureView) -> dict[str, Any]:
    return {"lecture": lecture, "audience": audience_words(lecture.use)}


def usual_times(now: datetime) -> dict[str, str]:
    """What a form for a lecture says at first: from this quarter of an hour on, for one hour."""
    local = timezone.localtime(now)
    begins = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
    ends = begins + timedelta(hours=1)
    if ends.date() != begins.date():
        ends = begins.replace(hour=23, minute=59)
    return {
        "day": begins.date().isoformat(),
        "begins": begins.strftime("%H:%M"),
        "ends": ends.strftime("%H:%M"),
    }
