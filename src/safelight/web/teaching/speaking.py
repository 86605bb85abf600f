"""The speaker's own view: this slide, the next one, notes, time, screens; and turning the slides."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.teaching.errors import TeachingError
from safelight.teaching.selectors.decks import SlideView
from safelight.teaching.selectors.lectures import (
    deck_before_audience,
    lecture_view,
    speaker_now,
    speaker_picture,
)
from safelight.teaching.services.lectures import blank, turn_to
from safelight.web.clinic.forms import as_uuid
from safelight.web.display.lease_path import written
from safelight.web.display.pictures import picture_response
from safelight.web.doors import teacher
from safelight.web.presence import is_navigation
from safelight.web.teaching.showing import audience_words


@require_safe
@teacher
def speak(request: HttpRequest, asker: Asker, lecture: UUID) -> HttpResponse:
    view = lecture_view(asker, lecture)
    if not view.is_live:
        return redirect("teaching:lecture", lecture)
    context = {"lecture": view, "audience": audience_words(view.use)}
    return render(request, "teaching/speak.html", context)


@require_GET
@teacher
def slides(request: HttpRequest, asker: Asker) -> HttpResponse:
    """The words and notes of every slide. PHI: all of it."""
    deck = deck_before_audience(asker, _lecture(request))
    told = [_words(item, len(deck.slides)) for item in deck.slides]
    return JsonResponse({"version": deck.version, "slides": told})


def _lecture(request: HttpRequest) -> UUID:
    found = as_uuid(request.GET.get("lecture", ""))
    if found is None:
        raise AccessRefusedError
    return found


def _words(slide: SlideView, of: int) -> dict[str, Any]:
    return {
        "slide": str(slide.id),
        "title": slide.words.title,
        "text": [{"list": block.is_list, "lines": block.lines} for block in slide.text],
        "notes": slide.words.notes,
        "pictures": [
            {"id": str(item.photograph), "caption": item.caption} for item in slide.pictures
        ],
        "number": slide.number,
        "of": of,
    }


@require_GET
@teacher
def now(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Where the lecture stands. Asked all the time, so it keeps no session awake."""
    lecture = _lecture(request)
    found, view = speaker_now(asker, lecture), lecture_view(asker, lecture)
    left = (view.ends_at - timezone.now()).total_seconds()
    return JsonResponse(
        {
            **written(found.lease),
            "screens": [{"name": item.name, "there": item.is_there} for item in found.screens],
            "left": max(0, int(left * 1000)),
            "begun": view.is_on,
        }
    )


@require_POST
@teacher
def turn(request: HttpRequest, asker: Asker, lecture: UUID) -> HttpResponse:
    """To another slide, or to nothing and back."""
    slide, dark = as_uuid(request.POST.get("slide", "")), request.POST.get("blank", "")
    try:
        if slide is not None:
            turn_to(asker, lecture, slide)
        elif dark:
            blank(asker, lecture, is_blank=dark == "yes")
    except TeachingError as error:
        if is_navigation(request):
            return redirect("teaching:lecture", lecture)
        return JsonResponse({"sentence": _(error.sentence)}, status=HTTPStatus.CONFLICT)
    if is_navigation(request):
        return redirect("teaching:speak", lecture)
    return JsonResponse({})


@require_GET
@teacher
def picture(request: HttpRequest, asker: Asker, lecture: UUID, photograph: UUID) -> HttpResponse:
    """A picture on the speaker's own screen."""
    is_small = "small" in request.GET
    return picture_response(lambda: speaker_picture(asker, lecture, photograph, small=is_small))
