"""Lectures: planned, looked through, screens let in, ended."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.teaching.errors import ScreenUnknownError, TeachingError
from safelight.teaching.selectors.decks import DeckView, deck_view
from safelight.teaching.selectors.lectures import (
    deck_before_audience,
    lecture_view,
    speaker_now,
)
from safelight.teaching.services.lectures import end_lecture, plan_lecture
from safelight.teaching.services.screens import WaitingScreen, find_screen, let_in, send_away
from safelight.web.clinic.forms import as_uuid, refusal
from safelight.web.doors import teacher
from safelight.web.limits import RateLimitedError, allow_pairing, too_many
from safelight.web.teaching import reading
from safelight.web.teaching.showing import (
    audience_choices,
    audience_words,
    blocked_words,
    usual_times,
)

_UNCLEAR = HTTPStatus.UNPROCESSABLE_ENTITY
_TYPED = ("day", "begins", "ends", "place")


@require_http_methods(["GET", "HEAD", "POST"])
@teacher
def plan(request: HttpRequest, asker: Asker, deck: UUID) -> HttpResponse:
    """For whom, when and where a deck will be shown."""
    view = deck_view(asker, deck)
    if request.method != "POST":
        typed = {**usual_times(timezone.now()), "place": ""}
        people = str(view.use.people or "")
        return _plan_page(request, view, typed, audience_choices(view.use.purpose.value, people))
    try:
        made = plan_lecture(asker, deck, reading.plan(request.POST.dict()))
    except TeachingError as error:
        typed = {name: request.POST.get(name, "") for name in _TYPED}
        chosen = audience_choices(request.POST.get("use", ""), request.POST.get("people", ""))
        return _plan_page(request, view, typed, chosen, _(error.sentence))
    return redirect("teaching:lecture", made)


def _plan_page(
    request: HttpRequest,
    deck: DeckView,
    typed: dict[str, str],
    chosen: dict[str, Any],
    wrong: str = "",
) -> HttpResponse:
    context = {
        "deck": deck,
        "typed": typed,
        "hours": current_policy().lecture_hours,
        **chosen,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "teaching/plan.html", context, status=_UNCLEAR if wrong else 200)


@require_safe
@teacher
def lecture(request: HttpRequest, asker: Asker, lecture: UUID) -> HttpResponse:
    """What its audience may see, and which screens show it."""
    return _page(request, asker, lecture)


def _page(
    request: HttpRequest,
    asker: Asker,
    lecture: UUID,
    *,
    wrong: str = "",
    found: WaitingScreen | None = None,
    code: str = "",
) -> HttpResponse:
    view, deck = lecture_view(asker, lecture), deck_before_audience(asker, lecture)
    now = speaker_now(asker, lecture)
    context = {
        "lecture": view,
        "audience": audience_words(view.use),
        "deck": deck,
        "slides": [_slide(deck, number) for number in range(len(deck.slides))],
        "screens": now.screens,
        "places_left": now.places_left,
        "is_counted": view.use.people is not None,
        "found": found,
        "code": code,
        "screen_url": request.build_absolute_uri("/screen/").partition("://")[2],
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "teaching/lecture.html", context, status=_UNCLEAR if wrong else 200)


def _slide(deck: DeckView, place: int) -> dict[str, Any]:
    slide = deck.slides[place]
    blocked = [
        {"caption": item.caption, **blocked_words(deck.use, item)}
        for item in slide.pictures
        if not item.allowed.is_allowed
    ]
    return {
        "id": slide.id,
        "number": slide.number,
        "title": slide.words.title,
        "pictures": len(slide.pictures),
        "blocked": blocked,
    }


@require_POST
@teacher
def find(request: HttpRequest, asker: Asker, lecture: UUID) -> HttpResponse:
    """Which screen shows the code that was typed; it is not let in yet."""
    code = request.POST.get("code", "")
    try:
        allow_pairing(asker)
        found = find_screen(asker, lecture, code)
    except RateLimitedError as error:
        return too_many(request, error)
    except TeachingError as error:
        return _page(request, asker, lecture, wrong=_(error.sentence))
    return _page(request, asker, lecture, found=found, code=code)


@require_POST
@teacher
def admit(request: HttpRequest, asker: Asker, lecture: UUID) -> HttpResponse:
    """It is the right screen: let it in."""
    screen = as_uuid(request.POST.get("screen", ""))
    try:
        allow_pairing(asker)
        if screen is None:
            raise ScreenUnknownError
        let_in(asker, lecture, screen, request.POST.get("code", ""))
    except RateLimitedError as error:
        return too_many(request, error)
    except TeachingError as error:
        return _page(request, asker, lecture, wrong=_(error.sentence))
    return redirect("teaching:lecture", lecture)


@require_POST
@teacher
def dismiss(request: HttpRequest, asker: Asker, lecture: UUID, screen: UUID) -> HttpResponse:
    send_away(asker, lecture, screen)
    return redirect("teaching:lecture", lecture)


@require_POST
@teacher
def end(request: HttpRequest, asker: Asker, lecture: UUID) -> HttpResponse:
    """Over, for every screen."""
    end_lecture(asker, lecture)
    return redirect("teaching:decks")
